using System.Diagnostics;
using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>Trains one seed or several, tells how it goes, and writes what came out.</summary>
sealed class FineTuneSession(CommandContext context, FineTuningConfiguration settings, StartingPoint start, TaskData reader, TaskSet training, TaskSet development, TimeSpan betweenCheckpoints, Func<long, bool> keeps)
{
    // read before training, so that a bad one is told at once
    readonly IReadOnlyList<(string Name, TaskSet Set)> tests = [.. Tests(settings, reader)];

    readonly TimeSpan betweenCheckpoints = betweenCheckpoints;
    readonly StatusLine status = new(context.Out, context.IsTerminal, context.BetweenLines);

    bool replaces;
    IOException? unwritten;     // what training goes on without

    /// <summary>Trains, or goes on.</summary>
    /// <param name="device">Where.</param>
    /// <param name="folder">The model's folder, or that of all seeds.</param>
    /// <param name="seeds">How many.</param>
    /// <param name="anew">Models that are there go, once the device has room for the first new one.</param>
    /// <param name="cancellation">Ends it after the update in progress.</param>
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
                var result = Train(device, folder, new(FineTunedFolder.OfSeed(folder, seed)), settings with { Seed = seed }, cancellation);
                if (result.IsComplete) results.Add((seed, result));
            }
            catch (OperationCanceledException) when (results.Count > 0)
            {
                break; // the seeds before are whole
            }
        }

        if (results.Count > 0) Summarize(folder, results);
        else Line($"models: {folder}");
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
        if (!result.IsComplete) Line($"interrupted {Reached(result.Epochs, result.Steps)} of {configuration.Recipe.Epochs}: the same command goes on, with --run {SelfCommand.Quote(run)}");
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
            else if (folder.Checkpoints.Latest() is null) Line($"interrupted before the first update: the same command begins again, with --run {SelfCommand.Quote(run)}");
            else Line($"interrupted {Reached(folder)} of {configuration.Recipe.Epochs}: the same command goes on, with --run {SelfCommand.Quote(run)}");
            throw;
        }
        finally
        {
            Status(null);
        }
    }

    FineTuningResult Train(CompiledModel model, FineTunedFolder folder, FineTuningConfiguration configuration, CancellationToken cancellation)
    {
        bool begun = FineTunedFolder.Exists(folder.Folder);
        var progress = begun ? folder.Resume(model) : null;
        if (progress is null)
        {
            if (begun) Line($"nothing had been saved in {folder.Folder}: begun again");
            Line($"weights: {start.Initialize(model, training.Labels)}");
            folder.Create(configuration, start.Vocabulary);
        }
        else
        {
            Line($"resumed {Reached(progress.Epochs, progress.Steps)} of {configuration.Recipe.Epochs}, after {Plural.Of(progress.Steps.Count, "update")}");
        }

        using var metrics = new FineTuningMetrics(folder.Metrics, model.Step, progress?.Epochs.Count ?? 0);
        var observer = new Observer(this, metrics, folder, configuration, model, progress);
        var result = new FineTuningLoop(model, configuration.Recipe, training, development, observer, progress).Run(cancellation);
        FineTuningReport.Write(folder, configuration, development, result);
        development.Write(Path.Combine(folder.Folder, $"dev{PredictionFiles.Extension(development)}"), result.Answers);
        if (development.BestThreshold(result.Answers) is { } threshold) folder.Update(configuration with { NullOddsThreshold = threshold });
        if (!result.IsComplete) return result;
        foreach (var (name, test) in tests) test.Write(Path.Combine(folder.Folder, name + PredictionFiles.Extension(test)), Predictor.Run(model, test, cancellation, items => Status(() => $"{name}: {items:#,0} of {test.Count:#,0} answered")));
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
            Line($"{ensemble[i].Metric}: median {Figure(spread.Median)} of {Plural.Of(results.Count, "seed")}, from {Figure(spread.Lowest)} to {Figure(spread.Highest)}, deviation {Figure(spread.Deviation)}; all together (predictions averaged) {ensemble[i].Text()}");

            string Figure(double value) => new MetricValue(ensemble[metric].Metric, value).Text();
        }

        string report = Path.Combine(folder, "report.html");
        FineTuningReport.Write(report, settings, results, ensemble);
        Line($"models: {folder}");
    }

    string Constant() => development.Constant is { } constant ? $"; {constant.Rule} of the development data: {constant.Value.Metric} {constant.Value.Text()}" : "";

    static string Reached(FineTunedFolder folder) => FineTuningMetrics.Read(folder.Metrics) is var (steps, epochs) ? Reached(epochs, steps) : "";

    static string Reached(IReadOnlyList<EpochResult> epochs, IReadOnlyList<FineTuningStep> steps) =>
        epochs.Count > 0 && epochs[^1].Step == steps[^1].Step ? $"after epoch {epochs.Count}" : $"in epoch {epochs.Count + 1}";

    static string Metrics(IReadOnlyList<MetricValue> values) => string.Join(", ", values.Select(v => $"{v.Metric} {v.Text()}"));

    void Line(FormattableString text)
    {
        try
        {
            status.Clear();
            context.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        }
        catch (OutputException e)
        {
            unwritten ??= e;
        }
    }

    // null: nothing more to tell
    void Status(Func<FormattableString>? text)
    {
        try
        {
            if (text is null) status.Clear();
            else status.Show(() => text().ToString(CultureInfo.InvariantCulture));
        }
        catch (OutputException e)
        {
            unwritten ??= e;
        }
    }

    sealed class Observer(FineTuneSession session, FineTuningMetrics metrics, FineTunedFolder folder, FineTuningConfiguration configuration, CompiledModel model, FineTuningProgress? resumed) : IFineTuningObserver
    {
        readonly long first = model.Step - (resumed?.Steps.Count ?? 0);
        readonly RecentSpeed speed = new();
        double seconds = resumed?.Seconds ?? 0;
        long tokens = resumed?.Steps.Sum(s => (long)s.Tokens) ?? 0, saved = model.Step, savedAt = Stopwatch.GetTimestamp();
        int epochs = resumed?.Epochs.Count ?? 0;

        public void OnStep(in FineTuningStep step, long steps)
        {
            metrics.Step(step);
            seconds += step.Seconds;
            tokens += step.Tokens;
            speed.Add(step.Loss, step.Tokens, step.Seconds);
            long done = step.Step - first;
            session.Status(() => $"epoch {epochs + 1} of {configuration.Recipe.Epochs}: update {done:#,0} of {steps:#,0}  loss {speed.Loss:0.000}  {speed.TokensPerSecond:#,0} tokens/s  {TimeLeft.Of((steps - done) * speed.Seconds)} left");
            if (Stopwatch.GetElapsedTime(savedAt) >= session.betweenCheckpoints) Save();
        }

        public void OnAnswered(int items, int of) => session.Status(() => $"epoch {Math.Min(epochs + 1, configuration.Recipe.Epochs)} of {configuration.Recipe.Epochs}: development data, {items:#,0} of {of:#,0} answered");

        public void OnStopped()
        {
            if (model.Step > saved) Save();
        }

        public void OnEpoch(EpochResult epoch)
        {
            metrics.Epoch(epoch);
            if (epoch.NullOddsThreshold is { } threshold) folder.Update(configuration with { NullOddsThreshold = threshold });
            folder.SaveEpoch(model, epoch, seconds, tokens);
            (saved, savedAt, epochs) = (model.Step, Stopwatch.GetTimestamp(), epoch.Epoch);
            session.Line($"epoch {epoch.Epoch}: loss {epoch.TrainingLoss:0.0000}, {Metrics(epoch.Metrics)}{(epoch.IsBest ? " (best)" : "")}");
        }

        void Save()
        {
            metrics.Flush();
            folder.SaveWithin(model, seconds, tokens);
            (saved, savedAt) = (model.Step, Stopwatch.GetTimestamp());
        }
    }
}
