using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>What the loop tells of its steps, and what it makes of evaluations.</summary>
public sealed partial class LoopTests
{
    static readonly string[] Measurements = ["loss", "mlm_loss", "sop_loss", "mlm_accuracy", "sop_accuracy"];

    [Fact]
    public void A_step_is_told_and_written_as_it_was_measured()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        var recipe = Recipe with { Steps = 6, Warmup = 0.4 };
        var told = new Recorded();
        Run(corpus, folder["run"], null, CancellationToken.None, recipe: recipe, observer: told);
        var lines = Written(folder["run"], "step");
        Assert.Equal((6, 6), (lines.Count, told.Steps.Count));

        using var twin = FakeModel.Create(Model, Configuration().Capacity());
        var source = Source(corpus, recipe);
        var batch = new TokenBatch(twin.Capacity);
        long tokens = 0;
        foreach (var (line, report) in lines.Zip(told.Steps))
        {
            source.Fill(twin.Step, batch);
            float rate = recipe.Schedule().At(twin.Step);
            var result = twin.TrainStep(batch, recipe.Update(rate));
            float[] measured = new float[Measurements.Length];
            for (int i = 0; i < measured.Length; i++) measured[i] = result.Outputs[Measurements[i]];
            Assert.Equal(5, measured.Distinct().Count()); // none can be taken for another
            Assert.Equal(measured, Measurements.Select(m => line.GetProperty(m).GetSingle()));
            Assert.Equal(measured, (float[])[report.Loss, report.MlmLoss, report.SopLoss, report.MlmAccuracy, report.SopAccuracy]);
            Assert.Equal((twin.Step, rate, result.GradientNorm), (report.Step, report.LearningRate, report.GradientNorm));
            Assert.Equal((rate, result.GradientNorm), (line.GetProperty("learning_rate").GetSingle(), line.GetProperty("gradient_norm").GetSingle()));
            tokens += batch.Tokens.Count;
            Assert.Equal((batch.Tokens.Count, tokens), (report.Tokens, report.TotalTokens));
            Assert.Equal((batch.Tokens.Count, twin.Step <= 3 ? 32 : 64), (line.GetProperty("tokens").GetInt32(), line.GetProperty("sequence").GetInt32()));
        }
    }

    [Fact]
    public void Time_is_that_of_steps_and_of_waiting_for_their_batches()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        var recipe = Recipe with { Steps = 5 };
        var told = new Recorded();
        var result = Run(corpus, folder["run"], null, CancellationToken.None, _ => Thread.Sleep(5), recipe: recipe, observer: told, source: new Slow(Source(corpus, recipe), milliseconds: 60));
        Assert.All(told.Steps, s => Assert.InRange(s.Seconds - s.Wait, 0.0045, 60));
        Assert.True(told.Steps.Sum(s => s.Wait) > 0.06, $"{told.Steps.Sum(s => s.Wait)}");
        double total = 0;
        foreach (var (report, line) in told.Steps.Zip(Written(folder["run"], "step")))
        {
            total += report.Seconds;
            Assert.Equal(total, report.TotalSeconds, 1e-9);
            Assert.Equal(Math.Round(report.Wait, 6), line.GetProperty("wait").GetDouble());
            Assert.Equal(Math.Round(report.Tokens / report.Seconds), line.GetProperty("tokens_per_s").GetDouble());
        }

        Assert.Equal(total, result.State.TrainingSeconds, 1e-9);
    }

    [Fact]
    public void Only_a_better_loss_than_any_before_is_saved_out_of_turn()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        var recipe = Recipe with { Steps = 3, LearningRate = 5, Warmup = 0.4 }; // the first update has a rate of 0, the others ruin the weights
        var told = new Recorded();
        Run(corpus, folder["run"], null, CancellationToken.None, options: new(0, 16, null, EvaluateEvery: 1), recipe: recipe, observer: told);
        var losses = Written(folder["run"], "evaluation").Select(e => e.GetProperty("loss").GetDouble()).ToList();
        Assert.True(losses.Count == 2 && losses[0] < losses[1], string.Join(" ", losses));
        Assert.Equal([1L, 3], told.Checkpoints);
        Assert.Equal(losses[0], new CheckpointStore(folder["run"]).Best()!.Value.HeldOutLoss);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(40)]
    public void Evaluations_on_the_way_read_as_many_sequences_as_they_are_told_to(int sequences)
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        var told = new Recorded();
        Run(corpus, folder["run"], null, CancellationToken.None, options: new(2, sequences, null), recipe: Recipe with { Steps = 4 }, observer: told);
        Assert.Equal(["evaluation 2", "final 4"], Lines().Select(e => $"{e.GetProperty("kind")} {e.GetProperty("step")}"));
        Assert.Equal(told.Evaluations.Select(e => e.Loss), Lines().Select(e => e.GetProperty("loss").GetDouble()));
        int[] read = [.. Lines().Select(e => e.GetProperty("sequences").GetInt32())];
        Assert.InRange(read[0], sequences, sequences + 12); // batches are read as a whole
        Assert.Equal(64, read[1]);

        IEnumerable<System.Text.Json.JsonElement> Lines() => Written(folder["run"], "evaluation").Concat(Written(folder["run"], "final"));
    }

    static List<System.Text.Json.JsonElement> Written(string folder, string kind) =>
        [.. File.ReadLines(Path.Combine(folder, "metrics.jsonl")).Select(l => MetricsLog.Parse(l)!.Value).Where(e => e.GetProperty("kind").GetString() == kind)];

    sealed class Slow(IBatchSource source, int milliseconds) : IBatchSource
    {
        public void Fill(long step, TokenBatch batch)
        {
            Thread.Sleep(milliseconds);
            source.Fill(step, batch);
        }
    }

    sealed class Recorded : IPretrainingObserver
    {
        public List<StepReport> Steps { get; } = [];

        public List<EvaluationResult> Evaluations { get; } = [];

        public List<long> Checkpoints { get; } = [];

        public void OnStep(in StepReport report) => Steps.Add(report);

        public void OnEvaluation(long step, EvaluationResult result) => Evaluations.Add(result);

        public void OnCheckpoint(long step, string folder) => Checkpoints.Add(step);
    }
}
