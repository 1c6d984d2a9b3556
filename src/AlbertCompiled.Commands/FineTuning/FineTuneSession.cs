using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>Trains one seed or several, tells how it goes, and writes what came out.</summary>
sealed class FineTuneSession(CommandContext context, FineTuningConfiguration settings, StartingPoint start, TaskData reader, TaskSet training, TaskSet development, Func<long, bool> keeps)
{
    // read before training, so that a bad one is told at once
    readonly IReadOnlyList<(string Name, TaskSet Set)> tests = [.. Tests(settings, reader)];

    bool replaces;
    IOException? unwritten;     // what training goes on without

    /// <summary>Trains, or goes on.</summary>
    /// <param name="device">Where.</param>
    /// <param name="folder">The model's folder, or that of all seeds.</param>
    /// <param name="seeds">How many.</param>
    /// <param name="anew">Models that are there go, once the device has room for the first new one.</param>
    /// <param name="cancellation">Ends it after the epoch in progress.</param>
    public int Run(Device device, string folder, int seeds, bool anew, CancellationToken cancellation)
    {
        replaces = anew;
        // training that cannot tell its beginning does not begin
        context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{settings.Task}: {training.Count:#,0} to learn from, {development.Count:#,0} to judge by; {settings.Model} on {device.Name}, at most {Plural.Of(settings.Recipe.Epochs, "epoch")}, learning rate {settings.Recipe.LearningRate}"));
        string option = settings.From is null ? "--vocabulary" : "--vocabulary of albert pretrain";
        context.Warn("training data", training, start.Vocabulary, option);
        context.Warn("development data", development, start.Vocabulary, option);
        if (seeds == 1)
        {
            Train(device, folder, new(folder), settings, cancellation);
            Line($"model: {folder}");
            return End(cancellation);
        }

        var results = new List<(ulong Seed, FineTuningResult Result)>();
        for (int i = 0; i < seeds && !cancellation.IsCancellationRequested; i++)
        {
            ulong seed = settings.Seed + (ulong)i;
            Line($"seed {seed}:");
            try
            {
                results.Add((seed, Train(device, folder, new(FineTunedFolder.OfSeed(folder, seed)), settings with { Seed = seed }, cancellation)));
            }
            catch (OperationCanceledException) when (results.Count > 0)
            {
                break; // the seeds before are whole
            }
        }

        Summarize(folder, results);
        return End(cancellation);
    }

    int End(CancellationToken cancellation) => unwritten is not null ? throw unwritten : cancellation.IsCancellationRequested ? Failures.Interrupted : 0;

    FineTuningResult Train(Device device, string run, FineTunedFolder folder, FineTuningConfiguration configuration, CancellationToken cancellation)
    {
        if (!replaces && FineTunedFolder.Exists(folder.Folder)) FineTuneSettings.GoOn(folder, configuration);
        var capacity = TaskSet.Capacity(Math.Max(configuration.BatchTokens, configuration.Sequence), training, development);
        using var model = start.Model.Create(device, capacity, configuration.Seed, configuration.Recipe.Precision);
        if (replaces) FineTunedFolder.Remove(run);
        replaces = false;
        var result = folder.IsComplete ? folder.ReadResult(model, development) : TrainOrSayHowToGoOn(model, run, folder, configuration, cancellation);
        Line($"best: epoch {result.Best.Epoch}, {Metrics(result.Best.Metrics)}; {result.Seconds:0.0} s of training{Constant()}");
        if (!result.IsComplete) Line($"interrupted after epoch {result.Epochs.Count} of {configuration.Recipe.Epochs}: the same command goes on, with --run {SelfCommand.Quote(run)}");
        return result;
    }

    FineTuningResult TrainOrSayHowToGoOn(CompiledModel model, string run, FineTunedFolder folder, FineTuningConfiguration configuration, CancellationToken cancellation)
    {
        try
        {
            return Train(model, folder, configuration, cancellation);
        }
        catch (OperationCanceledException)
        {
            bool isKept = keeps(model.Step) || FineTunedFolder.SeedsIn(run).Any(seed => seed.IsComplete);
            if (!isKept) Line($"interrupted before the first update: nothing was kept");
            else if (folder.Checkpoints.Latest() is null) Line($"interrupted before the first epoch ended: the same command begins again, with --run {SelfCommand.Quote(run)}");
            else Line($"interrupted: the same command goes on, with --run {SelfCommand.Quote(run)}");
            throw;
        }
    }

    FineTuningResult Train(CompiledModel model, FineTunedFolder folder, FineTuningConfiguration configuration, CancellationToken cancellation)
    {
        bool begun = FineTunedFolder.Exists(folder.Folder);
        var progress = begun ? folder.Resume(model) : null;
        if (progress is null)
        {
            if (begun) Line($"no epoch had ended in {folder.Folder}: begun again");
            Line($"weights: {start.Initialize(model, training.Labels)}");
            folder.Create(configuration, start.Vocabulary);
        }
        else
        {
            Line($"resumed after epoch {progress.Epochs.Count} of {configuration.Recipe.Epochs}");
        }

        using var metrics = new FineTuningMetrics(folder.Metrics, model.Step);
        var observer = new Observer(this, metrics, folder, configuration, model, progress);
        var result = new FineTuningLoop(model, configuration.Recipe, training, development, observer, progress).Run(cancellation);
        FineTuningReport.Write(folder, configuration, development, result);
        development.Write(Path.Combine(folder.Folder, $"dev{PredictionFiles.Extension(development)}"), result.Answers);
        if (development.BestThreshold(result.Answers) is { } threshold) folder.Update(configuration with { NullOddsThreshold = threshold });
        if (!result.IsComplete) return result;
        foreach (var (name, test) in tests) test.Write(Path.Combine(folder.Folder, name + PredictionFiles.Extension(test)), Predictor.Run(model, test, cancellation));
        folder.Complete();
        return result;
    }

    // GLUE's sets without labels, those that are there
    static IEnumerable<(string Name, TaskSet Set)> Tests(FineTuningConfiguration settings, TaskData reader)
    {
        if (GlueTasks.Find(settings.Task) is not { } glue) yield break;
        foreach (var set in glue.Tests)
            if (File.Exists(Path.Combine(settings.Data[0], set.File))) yield return (set.Name, reader.Read(settings.Data[0], set.Name, labelled: false));
    }

    void Summarize(string folder, List<(ulong Seed, FineTuningResult Result)> results)
    {
        var ensemble = development.Judge(Predictor.Average([.. results.Select(r => r.Result.Answers)]));
        for (int i = 0; i < ensemble.Count; i++)
        {
            int metric = i;
            var spread = SeedSpread.Of(results.Select(r => r.Result.Best.Metrics[metric].Value));
            Line($"{ensemble[i].Metric}: median {Figure(spread.Median)} of {results.Count} seeds, from {Figure(spread.Lowest)} to {Figure(spread.Highest)}, deviation {Figure(spread.Deviation)}; all together (predictions averaged) {ensemble[i].Text()}");

            string Figure(double value) => new MetricValue(ensemble[metric].Metric, value).Text();
        }

        string report = Path.Combine(folder, "report.html");
        FineTuningReport.Write(report, settings, results, ensemble);
        Line($"models: {folder}");
    }

    string Constant() => development.Constant is { } constant ? $"; {constant.Rule} of the development data: {constant.Value.Metric} {constant.Value.Text()}" : "";

    static string Metrics(IReadOnlyList<MetricValue> values) => string.Join(", ", values.Select(v => $"{v.Metric} {v.Text()}"));

    void Line(FormattableString text)
    {
        try
        {
            context.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        }
        catch (OutputException e)
        {
            unwritten ??= e;
        }
    }

    sealed class Observer(FineTuneSession session, FineTuningMetrics metrics, FineTunedFolder folder, FineTuningConfiguration configuration, CompiledModel model, FineTuningProgress? resumed) : IFineTuningObserver
    {
        double seconds = resumed?.Seconds ?? 0;
        long tokens = resumed?.Steps.Sum(s => (long)s.Tokens) ?? 0;

        public void OnStep(in FineTuningStep step, long steps)
        {
            metrics.Step(step);
            seconds += step.Seconds;
            tokens += step.Tokens;
        }

        public void OnEpoch(EpochResult epoch)
        {
            metrics.Epoch(epoch);
            if (epoch.NullOddsThreshold is { } threshold) folder.Update(configuration with { NullOddsThreshold = threshold });
            folder.Save(model, epoch, seconds, tokens);
            session.Line($"epoch {epoch.Epoch}: loss {epoch.TrainingLoss:0.0000}, {Metrics(epoch.Metrics)}{(epoch.IsBest ? " (best)" : "")}");
        }
    }
}
