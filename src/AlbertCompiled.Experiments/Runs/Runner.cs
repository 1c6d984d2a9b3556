using System.Diagnostics;
using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Experiments;

/// <summary>How much an experiment does.</summary>
/// <param name="Steps">Steps of each training run.</param>
/// <param name="Seeds">Seeds, or repetitions of a speed: 1 to this many.</param>
public sealed record Budget(long Steps, int Seeds)
{
    /// <summary>Checks it.</summary>
    /// <exception cref="TrainingException">It is out of range.</exception>
    public void Check()
    {
        if (Steps < 1) throw new TrainingException($"runs of {Steps} steps: --steps must be at least 1");
        if (Seeds < 1) throw new TrainingException($"{Seeds} seeds: --seeds must be at least 1");
    }
}

/// <summary>Measures what an experiment asks for and the file of results lacks.</summary>
/// <param name="budget">How much.</param>
/// <param name="results">Takes what is measured.</param>
/// <param name="device">Where models run.</param>
/// <param name="tasks">The text, drawn when the first model is trained.</param>
/// <param name="progress">Is told a line for each measurement.</param>
public sealed class Runner(Budget budget, ResultFile results, Lazy<Device> device, Lazy<HeldOutTasks> tasks, Action<string> progress)
{
    readonly Lazy<TrainingRun> training = new(() => new(device.Value, tasks.Value));
    readonly Lazy<SpeedRun> speed = new(() => new(device.Value));

    /// <summary>Goes through an experiment.</summary>
    /// <exception cref="OperationCanceledException">It was interrupted; what was measured is in the file.</exception>
    public ResultSet Run(Experiment experiment, CancellationToken cancellation)
    {
        var measured = new Dictionary<string, IReadOnlyList<RunResult>>();
        foreach (var row in experiment.Rows) measured[row.Name] = [];
        // seed after seed, so that an experiment that is stopped early has all rows with fewer seeds
        if (experiment.Measurement == Measurement.Training)
            for (int seed = 1; seed <= budget.Seeds; seed++)
                foreach (var row in experiment.Rows) measured[row.Name] = [.. measured[row.Name], Trained(experiment, row, (ulong)seed, cancellation)];
        else
            foreach (var row in experiment.Rows) measured[row.Name] = experiment.Measurement == Measurement.Speed ? [.. Timed(row, cancellation)] : [Counted(row)];
        return new(measured);
    }

    RunResult Trained(Experiment experiment, ExperimentRow row, ulong seed, CancellationToken cancellation)
    {
        long steps = Steps(experiment, row, cancellation);
        var key = new RunKey(row.Configuration, row.Objective, seed, steps, tasks.Value.Corpus.Key, device.Value.Name, ExperimentRecipe.Checksum(ExperimentRecipe.Of(row.Objective, steps)));
        return Kept(key, experiment.ShowsTimes, () => training.Value.Run(key, cancellation),
            r => string.Create(CultureInfo.InvariantCulture, $"{Place(experiment, row, seed)} {row.Name}, seed {seed}: MLM {r.Values[Measured.MlmAccuracy]:0.0%}, loss {r.Values[Measured.MlmLoss]:0.000}, NSP {r.Values[Measured.NspAccuracy]:0.0%}, SOP {r.Values[Measured.SopAccuracy]:0.0%}"));
    }

    string Place(Experiment experiment, ExperimentRow row, ulong seed) =>
        string.Create(CultureInfo.InvariantCulture, $"{((int)seed - 1) * experiment.Rows.Count + experiment.Rows.TakeWhile(r => r != row).Count() + 1}/{experiment.Rows.Count * budget.Seeds}");

    long Steps(Experiment experiment, ExperimentRow row, CancellationToken cancellation)
    {
        if (row.TimeOf is not { } reference) return budget.Steps;
        string configuration = experiment.Row(reference).Configuration;
        var key = new RunKey($"{row.Configuration} in the time of {configuration}", row.Objective, 0, 0, tasks.Value.Corpus.Key, device.Value.Name);
        var ratio = Kept(key, true, () => RunResult.Of(key, new Dictionary<string, double>
        {
            [Measured.StepRatio] = StepClock.Ratio(device.Value, tasks.Value, ExperimentModel.Find(configuration), ExperimentModel.Find(row.Configuration), cancellation),
        }), r => string.Create(CultureInfo.InvariantCulture, $"{row.Name}: {r.Values[Measured.StepRatio]:0.00} steps in the time of one of {reference}"));
        return Math.Max(1, (long)Math.Round(budget.Steps * ratio.Values[Measured.StepRatio]));
    }

    IEnumerable<RunResult> Timed(ExperimentRow row, CancellationToken cancellation)
    {
        RunKey[] keys = [.. Enumerable.Range(1, budget.Seeds).Select(i => new RunKey(row.Configuration, Objective.None, (ulong)i, 0, "", device.Value.Name))];
        var missing = keys.Where(k => results.Find(k) is null).ToList();
        if (missing.Count > 0)
        {
            foreach (var result in speed.Value.Run(missing, cancellation)) results.Add(result);
            progress(results.Find(missing[0]) is { } first
                ? string.Create(CultureInfo.InvariantCulture, $"{row.Name}: {first.Values[Measured.TokensPerSecond]:#,0} tokens/s")
                : $"{row.Name}: left out, a step would take too long here");
        }

        RunResult[] measured = [.. keys.Select(results.Find).OfType<RunResult>()];
        if (measured.Length > 0) speed.Value.Remember(measured[^1]);
        return measured;
    }

    RunResult Counted(ExperimentRow row) => ParameterCount.Of(new(row.Configuration, Objective.None, 1, 0, "", ""));

    RunResult Kept(RunKey key, bool showsTimes, Func<RunResult> measure, Func<RunResult, string> line)
    {
        if (results.Find(key) is { } found && (found.Key == key || !showsTimes)) return found;
        long start = Stopwatch.GetTimestamp();
        var result = measure();
        results.Add(result);
        progress(string.Create(CultureInfo.InvariantCulture, $"{line(result)} ({Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s)"));
        return result;
    }
}
