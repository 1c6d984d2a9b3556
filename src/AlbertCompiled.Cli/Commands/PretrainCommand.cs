using System.CommandLine;
using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Cli;

/// <summary><c>albert pretrain</c>: masked tokens and sentence order, from text to a checkpoint and a report.</summary>
static class PretrainCommand
{
    const int EvaluationSequences = 2048;

    public static Command Create(CommandContext context)
    {
        var options = new PretrainOptions();
        var command = new Command("pretrain", "Pretrains a model on text: masked tokens and sentence order.");
        foreach (var option in options.All) command.Options.Add(option);
        command.SetAction(parsed => parsed.GetValue(options.Resume) is { } folder ? Resume(parsed, options, folder, context) : Start(parsed, options, context));
        return command.WithExamples(
            "pretrain",
            "pretrain --model AlbertSmall --text books/ --steps 20000 --device cuda",
            "pretrain --data books.dataset --objective nsp",
            "pretrain --precision bf16",
            "pretrain --optimizer lamb --learning-rate 0.003 --out runs/lamb",
            "pretrain --resume runs/lamb");
    }

    static int Start(ParseResult parsed, PretrainOptions options, CommandContext context)
    {
        var model = Trainable(context.Models.Find(parsed.GetValue(options.Model)!));
        // full paths: a run may be resumed from another folder
        string[] text = [.. parsed.GetValue(options.Text)!.Select(Path.GetFullPath)];
        string? data = parsed.GetValue(options.Data) is { } dataset ? Path.GetFullPath(dataset) : null;
        if (data is not null && text.Length > 0) throw new TrainingException("--text and --data: a run reads one of the two");
        var vocabulary = Vocabulary.Load(parsed.GetValue(options.Vocabulary) ?? (data is null ? PretrainSettings.DefaultVocabulary : Corpus.VocabularyOf(data)));
        var configuration = new RunConfiguration(
            model.Description.Name, model.Description.Configuration.ToDictionary(p => p.Name, p => p.Value), PretrainSettings.Recipe(parsed, options, model.Description),
            parsed.GetValue(options.Seed), text, data is null ? PretrainSettings.Text(text).Description : "", "", EvaluationSequences, "", data);
        configuration.Check(model.Description, vocabulary);
        string folder = parsed.GetValue(options.Out) ?? Path.Combine("runs", $"{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{model.Description.Name}");
        RunFolder.CheckNew(folder);
        using var device = PretrainSettings.OpenDevice(parsed, options, context);
        using var interruption = context.Interruption();
        using var session = PretrainSession.Prepare(context, configuration with { Device = device.Name }, vocabulary, parsed.GetValue(options.Threads), interruption.Token);
        using var instance = model.Create(device, configuration.Capacity(), configuration.Seed, configuration.Recipe.Precision);
        _ = instance.ArenaBytes; // allocated now: too little memory is told before there is a folder
        var run = RunFolder.Create(folder, session.Configuration, vocabulary);
        return session.Train(instance, run, resumed: null, ResumeCommand(parsed, options, folder), interruption.Token);
    }

    static int Resume(ParseResult parsed, PretrainOptions options, string folder, CommandContext context)
    {
        if (options.Fixed.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } given)
            throw new TrainingException($"{given.Name} cannot be changed by --resume: a run keeps its settings, see {Path.Combine(folder, "config.json")}");
        var (run, configuration) = RunFolder.Open(folder);
        var model = Trainable(context.Models.Find(configuration.Model));
        var vocabulary = Vocabulary.Load(run.Vocabulary);
        configuration.Check(model.Description, vocabulary);
        using var device = PretrainSettings.OpenDevice(parsed, options, context);
        using var instance = model.Create(device, configuration.Capacity(), configuration.Seed, configuration.Recipe.Precision);
        var state = run.Checkpoints.Load(instance);
        using var interruption = context.Interruption();
        using var session = PretrainSession.Prepare(context, configuration, vocabulary, parsed.GetValue(options.Threads), interruption.Token);
        context.Out.WriteLine($"resumed after step {state.Step} of {configuration.Recipe.Steps}");
        return session.Train(instance, run, state, ResumeCommand(parsed, options, folder), interruption.Token);
    }

    static RegisteredModel Trainable(RegisteredModel model) => model.Description.Trains ? model
        : throw new TrainingException($"{model.Description.Name} cannot be trained: it is compiled for inference alone; choose another --model (albert models lists them) or add [Pretraining] to its declaration");

    static string ResumeCommand(ParseResult parsed, PretrainOptions options, string folder)
    {
        string command = $"{SelfCommand.Prefix} pretrain --resume {SelfCommand.Quote(folder)}";
        foreach (Option option in (Option[])[options.Device, options.Threads])
            if (parsed.GetResult(option) is { Implicit: false } result) command += $" {option.Name} {SelfCommand.Quote(result.Tokens[0].Value)}";
        return command;
    }
}
