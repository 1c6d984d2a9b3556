using System.CommandLine;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary><c>albert finetune</c>: from a pretrained model and the data of a task to a model for it, with its report and predictions.</summary>
static class FineTuneCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new FineTuneOptions();
        var place = new PretrainOptions();
        var command = new Command("finetune", "Fine-tunes a model on a task; keeps the best epoch by the task's metric.") { options.Task, place.Precision, place.Device, place.Threads };
        foreach (var option in options.All) command.Options.Add(option);
        command.SetAction(parsed => Run(parsed, options, place, context));
        return command.WithExamples(
            "finetune classification --data train.csv dev.csv --text review --label stars --from runs/pretrained --run runs/stars",
            "finetune MNLI --data glue_data/MNLI --from albert-base-v2 --run runs/mnli",
            "finetune RTE --data glue_data/RTE --from runs/mnli --seeds 5 --run runs/rte",
            "finetune SQuAD --data train-v2.0.json dev-v2.0.json --from albert-base-v2 --sequence 384 --stride 128");
    }

    static int Run(ParseResult parsed, FineTuneOptions options, PretrainOptions place, CommandContext context)
    {
        string task = options.TaskOf(parsed);
        var head = TaskHead.Of(task);
        string? from = parsed.GetValue(options.From);
        if (from is not null && (parsed.GetValue(options.Model) is not null || parsed.GetValue(options.Vocabulary) is not null))
            throw new TrainingException("--from says which model and vocabulary: leave --model and --vocabulary out");
        string[] data = [.. parsed.GetValue(options.Data.Data)!.Select(Path.GetFullPath)];
        var columns = options.Data.Columns(parsed);
        var labels = TaskData.LabelsOf(task, columns, TaskData.Split(task, data).Training, options.Data.BadRows(parsed));
        var models = context.Models;
        var start = from is null
            ? StartingPoint.Scratch(parsed.GetValue(options.Model) is { } named ? models.WithHead(models.Find(named), head, labels?.Count) : models.First(head, labels?.Count), VocabularyFile.LoadOrDefault(parsed.GetValue(options.Vocabulary)))
            : StartingPoint.Open(from, head, labels?.Count, models);
        var description = start.Model.Description;
        var configuration = new FineTuningConfiguration(
            task, description.Name, labels?.Names, columns, data, parsed.GetValue(options.Sequence), parsed.GetValue(options.Stride), options.Recipe(parsed, place, description, labels?.Names),
            parsed.GetValue(options.Seed), parsed.GetValue(options.BatchTokens), from is null ? null : Path.GetFullPath(from),
            SkipBadRows: parsed.GetValue(options.Data.SkipBadRows));
        int seeds = parsed.GetValue(options.Seeds);
        bool anew = parsed.GetValue(options.New);
        Check(configuration, start, seeds);
        using var target = RunPlace.Of(parsed.GetValue(options.Run), task);
        string folder = target.Folder;
        string[] places = seeds == 1 ? [folder] : [.. Enumerable.Range(0, seeds).Select(i => FineTunedFolder.OfSeed(folder, configuration.Seed + (ulong)i))];
        FineTunedFolder.CheckPlace(folder, places, start.Vocabulary, anew);
        target.KeepData(TaskData.Files(task, data));
        if (anew) target.KeepSource(from);
        else CheckUnfinished(folder, places);
        var reader = new TaskData(task, columns, labels, new(new VocabularyTokenizer(start.Vocabulary), configuration.Sequence, configuration.Stride), options.Data.BadRows(parsed)).Standardised(data);
        var (training, development) = reader.ForTraining(data);
        FineTuningLoop.Check(configuration.Recipe, training);
        using var device = PretrainSettings.OpenDevice(parsed, place, context);
        using var interruption = context.Interruption();
        var session = new FineTuneSession(context, configuration with { Device = device.Name, DataKey = TaskSet.Key(training, development), Scores = reader.Scores }, start, reader, training, development,
            TimeSpan.FromMinutes(parsed.GetValue(options.CheckpointMinutes)), target.Keeps);
        target.Lock();
        return session.Run(device, folder, seeds, anew, interruption.Token);
    }

    static void Check(FineTuningConfiguration c, StartingPoint start, int seeds)
    {
        var model = start.Model.Description;
        if (start.Vocabulary.Size > model.Vocabulary())
            throw new TrainingException($"the vocabulary has {start.Vocabulary.Size} pieces, {model.Name} was compiled for {model.Vocabulary()}: choose a smaller one with --vocabulary");
        if (c.Sequence > model.Positions()) throw new TrainingException($"a sequence of {c.Sequence} tokens is longer than the {model.Positions()} positions of {model.Name}: choose a shorter --sequence");
        if (c.Seed > ulong.MaxValue - (ulong)(seeds - 1)) throw new TrainingException($"{seeds} seeds from {c.Seed} on: there is no seed above {ulong.MaxValue}; choose a smaller --seed");
        if (c.Labels is { } labels && UnusedClasses.Compiled(model) is { } most && labels.Count > most)
            throw new TrainingException($"the task has {labels.Count} labels, {model.Name} was compiled for {most}: declare a model of your own with [{start.Model.Head!.Attribute}(labels: {labels.Count})]");
    }

    // a model that is there is replaced on demand only; an unfinished one goes on
    static void CheckUnfinished(string folder, IReadOnlyList<string> models)
    {
        bool one = FineTunedFolder.Exists(folder);
        if (one ? models.Count > 1 : models.Count == 1 && FineTunedFolder.SeedsIn(folder).Count > 0)
            throw new TrainingException($"{folder} holds {(one ? "one model, not several seeds" : "several seeds")}: choose another --run, or replace what is there with --new");
        if (models.All(m => new FineTunedFolder(m).IsComplete)) throw new TrainingException($"{folder} holds a fine-tuned model already: choose another --run, or replace it with --new");
    }
}
