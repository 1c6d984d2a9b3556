using System.CommandLine;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary><c>albert pretrain</c>: masked tokens and sentence order, from text to a checkpoint and a report.</summary>
static class PretrainCommand
{
    const int EvaluationSequences = 2048;

    public static Command Create(CommandContext context)
    {
        var options = new PretrainOptions();
        var command = new Command("pretrain", "Pretrains a model on text: masked tokens and sentence order.");
        foreach (var option in options.All) command.Options.Add(option);
        command.SetAction(parsed => Run(parsed, options, context));
        return command.WithExamples(
            "pretrain",
            "pretrain --model AlbertSmall --text books/ --steps 20000 --device cuda",
            "pretrain --data books.dataset --objective nsp",
            "pretrain --precision bf16",
            "pretrain --from albert-base-v2 --text books/ --learning-rate 0.0001",
            "pretrain --optimizer lamb --learning-rate 0.003 --accumulate 8 --run runs/lamb",
            "pretrain --run runs/lamb");
    }

    static int Run(ParseResult parsed, PretrainOptions options, CommandContext context)
    {
        string? run = parsed.GetValue(options.Run), resume = parsed.GetValue(options.Resume);
        bool anew = parsed.GetValue(options.New);
        if (resume is not null && (run is not null || anew)) throw new TrainingException("--resume goes on with a run: leave --run and --new out");
        if (anew && run is null) throw new TrainingException("--new begins anew in the folder of a run: say which with --run");
        if (parsed.GetValue(options.Data) is not null && parsed.GetValue(options.Texts.Text) is { Length: > 0 }) throw new TrainingException("--text and --data: a run reads one of the two");
        if (resume is not null) return Resume(parsed, options, resume, context, mustHaveCheckpoint: true);
        return run is not null && !anew && RunFolder.Exists(run) ? Resume(parsed, options, run, context, mustHaveCheckpoint: false) : Start(parsed, options, context);
    }

    static int Start(ParseResult parsed, PretrainOptions options, CommandContext context)
    {
        var initial = parsed.GetValue(options.From) is { } from ? ModelSource.Open(from, context.Models, "train") : null;
        string? named = parsed.GetValue(options.Model);
        var model = Trainable(initial?.Model ?? (named is null ? context.Models.Default : context.Models.Find(named)));
        PretrainingLoop.Check(model.Description);
        if (initial is not null && named is not null && !model.Name.Equals(named, StringComparison.OrdinalIgnoreCase))
            throw new TrainingException($"{parsed.GetValue(options.From)} is loaded into {model.Description.Name}: leave out --model");
        string[] text = PretrainSettings.FullPaths(parsed, options);
        string? data = PretrainSettings.FullPath(parsed, options.Data);
        var vocabulary = PretrainSettings.VocabularyOf(parsed, options, initial, data);
        bool anew = parsed.GetValue(options.New);
        var configuration = new RunConfiguration(
            model.Description.Name, model.Description.Configuration.ToDictionary(p => p.Name, p => p.Value), PretrainSettings.Recipe(parsed, options, model.Description),
            parsed.GetValue(options.Seed), text, "", "", EvaluationSequences, "",
            PretrainSettings.FullPath(parsed, options.From), data, options.Texts.Format(parsed), PretrainSettings.Given(parsed, options, LoopOptions.Default));
        if (data is null) configuration = configuration with { TextDescription = PretrainSettings.Text(configuration).Description };
        configuration.Check(model.Description, vocabulary);
        using var place = RunPlace.Of(parsed.GetValue(options.Run), model.Description.Name);
        RunFolder.CheckNew(place.Folder, vocabulary, anew);
        place.KeepData([.. text, .. data is null ? (string[])[] : [data]]);
        if (anew) place.KeepSource(parsed.GetValue(options.From));
        using var device = PretrainSettings.OpenDevice(parsed, options, context);
        using var interruption = context.Interruption();
        using var session = PretrainSession.Prepare(context, configuration with { Device = device.Name }, vocabulary, parsed.GetValue(options.Threads), interruption.Token);
        using var instance = model.Create(device, configuration.Capacity(), configuration.Seed, configuration.Recipe.Precision);
        _ = instance.ArenaBytes; // allocated now: too little memory is told before there is a folder
        if (initial is not null) context.Out.WriteLine($"weights: {parsed.GetValue(options.From)}, {initial.Load(instance)}");
        place.Lock();
        var run = RunFolder.Create(place.Folder, session.Configuration, vocabulary, anew);
        // at once: the source may be another by the time that the run goes on
        if (initial is not null) run.Checkpoints.Save(instance, new(model.Description.Name, instance.Step, instance.Seed, 0, 0));
        return session.Train(instance, run, resumed: null, step => place.Keeps(step) ? ResumeCommand(parsed, options, place.Folder) : null, interruption.Token);
    }

    static int Resume(ParseResult parsed, PretrainOptions options, string folder, CommandContext context, bool mustHaveCheckpoint)
    {
        RunFolder.CheckKind(folder);
        var (run, configuration) = RunFolder.Open(folder);
        PretrainSettings.CheckUnchanged(parsed, options, folder, configuration, context);
        using var only = RunFolder.Lock(folder);
        var recorded = configuration;
        configuration = PretrainSettings.Moved(parsed, options, folder, recorded) with { Loop = PretrainSettings.Given(parsed, options, recorded.Loop ?? LoopOptions.Default) };
        var model = Trainable(context.Models.Trained(folder, configuration.Model, weights: null));
        var vocabulary = Vocabulary.Load(run.Vocabulary);
        configuration.Check(model.Description, vocabulary);
        using var device = PretrainSettings.OpenDevice(parsed, options, context);
        using var instance = model.Create(device, configuration.Capacity(), configuration.Seed, configuration.Recipe.Precision);
        // a run that ended before its first checkpoint begins again
        var state = mustHaveCheckpoint || run.Checkpoints.Latest() is not null ? run.Checkpoints.Load(instance) : null;
        using var interruption = context.Interruption();
        using var session = PretrainSession.Prepare(context, configuration, vocabulary, parsed.GetValue(options.Threads), interruption.Token);
        if (configuration.Data != recorded.Data || !configuration.Text.SequenceEqual(recorded.Text))
            run.Update(recorded with { Text = configuration.Text, Data = configuration.Data, TextDescription = session.Configuration.TextDescription });
        context.Out.WriteLine(state is null ? $"no checkpoint in {folder}: begun again" : FormattableString.Invariant($"resumed after step {state.Step:#,0} of {configuration.Recipe.Steps:#,0}"));
        if (state is null && configuration.From is { } from) context.Out.WriteLine($"weights: {from}, {FirstWeights(from, folder, context).Load(instance)}");
        return session.Train(instance, run, state, _ => ResumeCommand(parsed, options, folder), interruption.Token);
    }

    static ModelSource FirstWeights(string from, string folder, CommandContext context)
    {
        try
        {
            return ModelSource.Open(from, context.Models, "train");
        }
        catch (TrainingException e)
        {
            throw new TrainingException($"{folder} has no checkpoint, and what it started from cannot be read again: {e.Message}; begin anew with --new", e);
        }
    }

    static RegisteredModel Trainable(RegisteredModel model) =>
        model.Head is { } head ? throw new TrainingException($"{model.Name} is compiled for a task and cannot be pretrained: albert finetune {head.Task} trains it; choose another --model (albert models lists them)")
        : model.Description.Trains ? model
        : throw new TrainingException($"{model.Name} cannot be trained: it is compiled for inference alone; choose another --model (albert models lists them) or add [Pretraining] to its declaration");

    static string ResumeCommand(ParseResult parsed, PretrainOptions options, string folder)
    {
        string command = $"{SelfCommand.Prefix} pretrain --run {SelfCommand.Quote(folder)}";
        foreach (Option option in (Option[])[options.Device, options.Threads])
            if (parsed.GetResult(option) is { Implicit: false } result) command += $" {option.Name} {SelfCommand.Quote(result.Tokens[0].Value)}";
        return command;
    }
}
