using System.CommandLine;
using System.Globalization;
using AlbertCompiled.Experiments;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary><c>albert experiment</c>: a table of the ALBERT paper with small models, as a page.</summary>
static class ExperimentCommand
{
    const string All = "all";
    const int Seeds = 3, MostSeeds = 1000;

    public static Command Create(CommandContext context)
    {
        var shared = new PretrainOptions();
        var name = new Argument<string?>("name") { Description = $"{string.Join(", ", PaperExperiments.All.Select(e => e.Name))} or {All}. Default: lists them", Arity = ArgumentArity.ZeroOrOne };
        var steps = new Option<long>("--steps", "-n") { Description = "Training steps of each run", HelpName = "number", DefaultValueFactory = _ => ExperimentRecipe.DefaultSteps }.Whole(1);
        var seeds = new Option<int>("--seeds") { Description = "Runs of each row, with seeds 1, 2, …; of throughput, steps that are timed", HelpName = "number", DefaultValueFactory = _ => Seeds }.Whole(1, MostSeeds);
        var folder = new Option<string>("--out", "-o") { Description = "Folder of results and pages; what it holds is not measured again", HelpName = "folder", DefaultValueFactory = _ => "experiments" };
        var command = new Command("experiment", "Repeats a table of the ALBERT paper with small models: mean and spread over seeds, beside the paper's figures, on one page.") { name, steps, seeds, folder, shared.Data, shared.Device, shared.Threads };
        foreach (var option in shared.Texts.All) command.Options.Add(option);
        command.SetAction(parsed => parsed.GetValue(name) is { } wanted
            ? Run(wanted == All ? PaperExperiments.All : [PaperExperiments.Find(wanted)], new(parsed.GetValue(steps), parsed.GetValue(seeds)), parsed.GetValue(folder)!, parsed, shared, context)
            : List(context));
        return command.WithExamples("experiment table5", "experiment table3 --steps 3000 --seeds 5 --out runs/table3", "experiment all --device cuda --steps 20000");
    }

    static int List(CommandContext context)
    {
        foreach (var experiment in PaperExperiments.All) context.Out.WriteLine($"{experiment.Name,-8} {experiment.Title}");
        return 0;
    }

    static int Run(IReadOnlyList<Experiment> experiments, Budget budget, string folder, ParseResult parsed, PretrainOptions shared, CommandContext context)
    {
        budget.Check();
        if (parsed.GetValue(shared.Data) is not null && parsed.GetValue(shared.Texts.Text) is { Length: > 0 }) throw new TrainingException("--text and --data: an experiment reads one of the two");
        using var interruption = context.Interruption();
        using var session = new ExperimentSession(context, parsed, shared, interruption.Token);
        using var file = new ResultFile(folder);
        var runner = new Runner(budget, file, session.Device, session.Tasks, context.Out.WriteLine);
        try
        {
            foreach (var experiment in experiments)
            {
                context.Out.WriteLine($"{experiment.Name}: {experiment.Title}");
                var results = runner.Run(experiment, interruption.Token);
                string page = Path.Combine(folder, $"{experiment.Name}.html");
                PageFile.Write(page, ExperimentPage.Draw(experiment, results, session.Facts(experiment, budget)));
                context.Out.WriteLine();
                context.Out.WriteLine(ExperimentTable.Of(experiment, results).Markdown());
                foreach (var verdict in ExperimentPage.Judge(experiment, results)) context.Out.WriteLine($"- {verdict.Sentence}");
                context.Out.WriteLine($"{page}: open it in a browser");
            }

            return 0;
        }
        catch (OperationCanceledException)
        {
            context.Out.WriteLine($"interrupted; what was measured is in {folder}, and the same command goes on from there");
            return Failures.Interrupted;
        }
    }
}

/// <summary>The device and the text of an experiment, opened when they are first needed: counting parameters needs neither.</summary>
sealed class ExperimentSession : IDisposable
{
    readonly ParseResult parsed;

    public ExperimentSession(CommandContext context, ParseResult parsed, PretrainOptions options, CancellationToken cancellation)
    {
        this.parsed = parsed;
        Device = new(() => PretrainSettings.OpenDevice(parsed, options, context));
        Tasks = new(() =>
        {
            string? data = PretrainSettings.FullPath(parsed, options.Data);
            var vocabulary = data is null ? Vocabulary.Default : Vocabulary.Load(Corpus.VocabularyOf(data));
            if (vocabulary.Size != Pieces) throw new TrainingException($"the vocabulary of {data} has {vocabulary.Size} pieces, the models of the experiments were compiled for {Pieces}: prepare the text without --vocabulary");
            var corpus = data is null ? PretrainSession.Open(context, options.Texts.Source(parsed), vocabulary, parsed.GetValue(options.Threads), cancellation) : Corpus.Open(data);
            return new(corpus, vocabulary);
        });
        levels = new(() => PageFacts.RuleLevels(Tasks.Value));
    }

    readonly Lazy<IReadOnlyDictionary<string, IReadOnlyList<Level>>> levels;

    static int Pieces => SharedE16.Compiled.Vocabulary();

    public Lazy<Device> Device { get; }

    public Lazy<HeldOutTasks> Tasks { get; }

    /// <summary>What the page of an experiment tells besides results.</summary>
    public PageFacts Facts(Experiment experiment, Budget budget)
    {
        bool trains = experiment.Measurement == Measurement.Training;
        string command = $"albert {string.Join(' ', parsed.Tokens.Select(t => SelfCommand.Quote(t.Value)))}";
        return new(command, experiment.Measurement == Measurement.Counting ? "" : Device.Value.Name, trains ? Tasks.Value.Corpus.Manifest.Text : null, budget, trains ? levels.Value : new Dictionary<string, IReadOnlyList<Level>>());
    }

    public void Dispose()
    {
        if (Tasks.IsValueCreated) Tasks.Value.Corpus.Dispose();
        if (Device.IsValueCreated) Device.Value.Dispose();
    }
}
