using System.Xml.Linq;
using AlbertCompiled.Cpu;
using AlbertCompiled.Experiments;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests.Experiments;

/// <summary>Experiments really run, on the smallest configuration and for two steps; what they leave on the disk; the page.</summary>
public sealed class RunnerTests : IDisposable
{
    static readonly Quantity[] Columns = [Quantities.MlmLoss, Quantities.Sop];

    static readonly Experiment Small = new("small", "A small table", Measurement.Training,
        [new("first", nameof(SharedE8), [54.9]), new("second", nameof(SharedE8), [52.4], Objective.None), new("third", nameof(OwnE8), [], TimeOf: "first")],
        Columns, [new("paper: MLM", "0.0")], [new("MLM loss", Quantities.MlmLoss), new("The paper's", null, 0), new("Order", Quantities.Sop)],
        [ContrastClaim.Better("the first does better (Table 0)", Quantities.MlmLoss, "first", "second")])
    {
        PaperMeasured = "something else",
    };

    readonly TemporaryFolder folder = new();
    readonly Lazy<Device> device = new(() => new CpuDevice(2));
    readonly Lazy<HeldOutTasks> tasks;
    readonly List<string> lines = [];

    public RunnerTests() => tasks = new(() => new(TestText.Corpus(folder), TestText.Vocabulary, sequences: 48, probeBatches: 3));

    public void Dispose()
    {
        if (tasks.IsValueCreated) tasks.Value.Corpus.Dispose();
        if (device.IsValueCreated) device.Value.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void An_interrupted_experiment_goes_on_to_the_same_results()
    {
        using var interruption = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Run("broken", line =>
        {
            lines.Add(line);
            if (lines.Count == 2) interruption.Cancel();
        }, interruption.Token));
        Assert.Equal(2, File.ReadAllLines(folder["broken/results.jsonl"]).Length);
        File.AppendAllText(folder["broken/results.jsonl"], "{\"key\":{\"config"); // killed while it wrote
        var results = Run("broken", lines.Add);
        Assert.Equal(7, lines.Count); // two seeds of three rows, and a ratio of steps
        Run("broken", _ => Assert.Fail("nothing is measured twice"));

        var whole = Run("whole", _ => { });
        foreach (string row in (string[])["first", "second"])
            for (int seed = 0; seed < 2; seed++)
                foreach (var (name, value) in whole[row][seed].Values)
                    if (name is not (Measured.Seconds or Measured.TokensPerSecond)) Assert.Equal(value, results[row][seed].Values[name]);
        Assert.Equal([1ul, 2ul], results.SeedsOf(["first", "second"]));
        Assert.Equal(Shape.Layers, results["first"][0].Distances.Count);
        Assert.NotEqual(results["first"][0].Values[Measured.MlmLoss], results["first"][1].Values[Measured.MlmLoss]);
        Assert.All(results["first"], r => Assert.Equal(r.Values[Measured.MlmAccuracy], r.Values[Measured.OwnMlmAccuracy]));
    }

    [Fact]
    public void Another_budget_is_another_result()
    {
        foreach (int steps in (int[])[1, 2]) Run("folder", lines.Add, budget: new(steps, 1));
        Assert.Equal(4, lines.Count(l => !l.Contains("third", StringComparison.Ordinal))); // the third row's steps follow from a time
        Assert.Single(lines, l => l.StartsWith("third: ", StringComparison.Ordinal)); // the ratio of steps is kept
    }

    [Fact]
    public void What_was_trained_does_not_depend_on_threads()
    {
        RunKey trained = new("tiny", Objective.None, 1, 10, "text", "a processor, 1 thread, 512-bit vectors"), timed = trained with { Steps = 0 };
        using (var results = new ResultFile(folder["threads"]))
            foreach (var key in (RunKey[])[trained, timed]) results.Add(RunResult.Of(key, new Dictionary<string, double> { [Measured.Seconds] = 1 }));
        File.AppendAllText(folder["threads/results.jsonl"], "\n{\"key\": \"ä");
        for (int opened = 0; opened < 2; opened++)
        {
            using var file = new ResultFile(folder["threads"]);
            Assert.NotNull(file.Find(trained with { Device = "a processor, 2 threads, 512-bit vectors" }));
            Assert.NotNull(file.Find(timed));
            Assert.Null(file.Find(timed with { Device = "a processor, 2 threads, 512-bit vectors" }));
            Assert.Null(file.Find(trained with { Device = "another, 1 thread, 512-bit vectors" }));
        }

        Assert.Equal(3, File.ReadAllText(folder["threads/results.jsonl"]).Count(c => c == '\n'));
    }

    [Fact]
    public void One_process_measures_at_a_time()
    {
        using (new ResultFile(folder["shared"]))
            Assert.Contains("another process is measuring", Assert.Throws<TrainingException>(() => new ResultFile(folder["shared"])).Message);
        new ResultFile(folder["shared"]).Dispose();
        Assert.Empty(Directory.EnumerateFiles(folder["shared"]));
    }

    [Fact]
    public void Times_are_those_of_the_threads_that_are_asked_for()
    {
        var scores = Small with { Rows = [Small.Rows[0]] };
        var times = scores with { Columns = [Quantities.TokensPerSecond] };
        Assert.True(Small.ShowsTimes); // a row is given the time of another
        foreach (var (experiment, again) in (IEnumerable<(Experiment, int)>)[(scores, 0), (times, 1)])
        {
            Assert.Equal(again == 1, experiment.ShowsTimes);
            using var one = new CpuDevice(1);
            using var two = new CpuDevice(2);
            string name = $"times-{again}";
            var measured = new List<string>();
            foreach (var used in (Device[])[two, one, one])
            {
                using var file = new ResultFile(folder[name]);
                new Runner(new(1, 1), file, new Lazy<Device>(used), tasks, measured.Add).Run(experiment, default);
            }

            Assert.Equal(1 + again, measured.Count);
        }
    }

    [Fact]
    public void A_damaged_line_is_named()
    {
        folder.Write("damaged/results.jsonl", "{\"key\":null}\n");
        var failure = Assert.Throws<TrainingException>(() => new ResultFile(folder["damaged"]));
        Assert.Contains("line 1 is damaged", failure.Message);
        Assert.Contains("line 1 is damaged", Assert.Throws<TrainingException>(() => new ResultFile(folder["damaged"])).Message); // and nothing is locked
        folder.Write("file", "");
        Assert.Contains("choose another --out", Assert.Throws<TrainingException>(() => new ResultFile(folder["file"])).Message);
    }

    [Fact]
    public void The_page_shows_both_sides_and_needs_nothing_else()
    {
        var results = Run("page", _ => { });
        var levels = PageFacts.RuleLevels(tasks.Value);
        Assert.Equal(0.5, levels[Measured.SopAccuracy][0].Y);
        var page = ExperimentPage.Draw(Small with { DrawsLayers = true, Rows = [.. Small.Rows.Take(2)] }, results, new("albert experiment small", "a machine", "a text", new(2, 2), levels));
        PageFile.Write(folder["page.html"], page);
        string text = File.ReadAllText(folder["page.html"]);
        foreach (string part in (string[])["A small table", "albert experiment small", "a machine", "a text", "54.9", "something else", "arXiv 1909.11942v6", "the first does better (Table 0)", "a rule that sees the first tokens", "seeds"])
            Assert.Contains(part, text);
        Assert.DoesNotContain("<script", text);
        Assert.DoesNotContain("src=", text);
        Assert.DoesNotContain("href=", text);
        XNamespace svg = "http://www.w3.org/2000/svg";
        Assert.Equal(5, page.Descendants(svg + "svg").Count()); // three plots, and layers' distance and angle
        Assert.Equal(2 * 2 * 2, page.Descendants(svg + "svg").Take(3).SelectMany(s => s.Descendants(svg + "circle")).Count(c => (string?)c.Attribute("class") == "mark train")); // a dot for each row and seed of two plots
        Assert.Contains(ExperimentPage.Judge(Small, results), v => text.Contains(v.Sentence, StringComparison.Ordinal));
        Assert.Equal(["", "MLM loss, nats", "SOP", "paper: MLM"], ExperimentTable.Of(Small, results).Header);
        Assert.StartsWith("|  | MLM loss, nats | SOP | paper: MLM |\n| --- | ---: | ---: | ---: |\n| first | ", ExperimentTable.Of(Small, results).Markdown());
    }

    [Fact]
    public void The_command_lists_counts_and_refuses()
    {
        Assert.Contains("table5   Table 5", CliRun.Of("experiment").Succeeds().Output);
        string output = CliRun.Of("experiment", "table1", "--out", folder["out"]).Succeeds().Output;
        Assert.Contains("| ALBERT base | 11,092,992 | 11,683,584 | 11,813,810 | 12 |", output);
        Assert.Contains("As in the paper: ALBERT large has 18M parameters", output);
        Assert.Contains("Contradicts the paper: ALBERT xxlarge has 235M parameters", output);
        Assert.Contains("albert experiment table1 --out", File.ReadAllText(folder["out/table1.html"]));
        CliRun.Of("experiment", "table9", "--out", folder["out"]).Fails("no experiment is called table9", "table5");
        CliRun.Of("experiment", "table5", "--steps", "0", "--out", folder["out"]).Fails("--steps");
        CliRun.Of("experiment", "table5", "--seeds", "0", "--out", folder["out"]).Fails("--seeds");
        CliRun.Of("experiment", "table5", "--data", "a", "--text", "b", "--out", folder["out"]).Fails("--text and --data");
        CliRun.Of("experiment", "table5", "--data", folder["none"], "--out", folder["out"]).Fails(folder["none"]);
    }

    [Fact]
    public void Throughput_is_measured_and_kept()
    {
        var speed = new Experiment("speed", "Speed", Measurement.Speed, [new("a", nameof(SharedE8), []), new("b", nameof(OwnE8), [])], [Quantities.TokensPerSecond with { RelativeTo = "a", NumberFormat = "0.0" }], [], [], []) { PaperMeasured = "nothing" };
        using var file = new ResultFile(folder["speed"]);
        var results = new Runner(new(1, 2), file, device, tasks, lines.Add).Run(speed, default);
        Assert.All((string[])["a", "b"], row => Assert.Equal(2, results[row].Count));
        Assert.All([.. results["a"], .. results["b"]], r => Assert.Equal(SpeedRun.Tokens, r.Values[Measured.TokensPerSecond] * r.Values[Measured.Seconds], 1e-6));
        Assert.Equal(results["b"].Zip(results["a"], (b, a) => a.Values[Measured.Seconds] / b.Values[Measured.Seconds]), results.Values("b", speed.Columns[0]), (x, y) => Math.Abs(x - y) < 1e-9 * x);
        Assert.Equal(2, lines.Count);
        new Runner(new(1, 2), file, device, tasks, _ => Assert.Fail("nothing is measured twice")).Run(speed, default);
        Assert.False(tasks.IsValueCreated); // no text is read for it
    }

    ResultSet Run(string name, Action<string> progress, CancellationToken cancellation = default, Budget? budget = null)
    {
        using var file = new ResultFile(folder[name]);
        return new Runner(budget ?? new(2, 2), file, device, tasks, progress).Run(Small, cancellation);
    }
}
