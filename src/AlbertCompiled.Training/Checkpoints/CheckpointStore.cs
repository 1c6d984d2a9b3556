namespace AlbertCompiled.Training;

/// <summary>What a checkpoint holds beside the arenas.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Step">Updates applied. The data of later steps follows from the run's seed and the step alone.</param>
/// <param name="Seed">Seed of the model.</param>
/// <param name="TrainingSeconds">Time spent in training steps so far.</param>
/// <param name="Tokens">Tokens trained on so far.</param>
public sealed record CheckpointState(string Model, long Step, ulong Seed, double TrainingSeconds, long Tokens);

/// <summary>
/// The checkpoints of a run folder, one at a time: a new one is written beside the last under a temporary name, flushed to disk,
/// listed in a manifest with checksums, renamed, and only then is the last one removed.
/// </summary>
public sealed class CheckpointStore(string runFolder)
{
    const string Prefix = "checkpoint-", Temporary = ".tmp";
    const string Weights = "model.safetensors", Moments = "optimizer.safetensors", State = "state.json";

    static readonly ParameterState[] MomentStates = [ParameterState.FirstMoment, ParameterState.SecondMoment];

    /// <summary>The newest complete checkpoint; null if there is none.</summary>
    public string? Latest() => Complete().LastOrDefault();

    /// <summary>Writes a checkpoint.</summary>
    /// <returns>Its folder.</returns>
    /// <exception cref="TrainingException">The folder cannot be written; the last checkpoint is intact.</exception>
    /// <exception cref="DeviceException">The device failed; the last checkpoint is intact.</exception>
    public string Save(CompiledModel model, CheckpointState state)
    {
        string folder = Path.Combine(runFolder, $"{Prefix}{state.Step:D8}"), temporary = folder + Temporary;
        try
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            Directory.CreateDirectory(temporary);
            ModelWeights.Save(model, Path.Combine(temporary, Weights));
            ModelWeights.Save(model, Path.Combine(temporary, Moments), MomentStates);
            JsonFiles.Write(Path.Combine(temporary, State), state);
            Manifest.Write(temporary, Weights, Moments, State);
            if (Directory.Exists(folder)) Directory.Move(folder, Aside(folder));
            Directory.Move(temporary, folder);
            RemoveOthers(folder);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            string last = Latest() is { } intact ? $"the last good one is {intact}" : "there is no earlier one";
            throw new TrainingException($"cannot write the checkpoint {folder}: {e.Message}; {last}", e);
        }
        catch (DeviceException)
        {
            TryDelete(temporary);
            throw;
        }
    }

    /// <summary>Restores the newest checkpoint with moments and step, to go on training.</summary>
    /// <exception cref="TrainingException">There is none, it is damaged, or it belongs to another configuration.</exception>
    public CheckpointState Load(CompiledModel model)
    {
        var state = LoadWeights(model);
        ModelWeights.Load(model, Path.Combine(Latest()!, Moments), MomentStates);
        model.Step = state.Step;
        return state;
    }

    /// <summary>Restores the weights only.</summary>
    /// <exception cref="TrainingException">There is no checkpoint, it is damaged, or it belongs to another configuration.</exception>
    public CheckpointState LoadWeights(CompiledModel model)
    {
        string folder = Verified();
        var state = JsonFiles.Read<CheckpointState>(Path.Combine(folder, State));
        ModelWeights.Load(model, Path.Combine(folder, Weights));
        return state;
    }

    /// <summary>Takes the weights that another model shares with the one that was trained, by name; tells which it did not find.</summary>
    /// <exception cref="TrainingException">There is no checkpoint, it is damaged, a weight has another shape there, or there is none of the model's.</exception>
    public WeightMatch LoadMatchingWeights(CompiledModel model) => ModelWeights.LoadMatching(model, Path.Combine(Verified(), Weights));

    string Verified()
    {
        string folder = Latest() ?? throw new TrainingException($"no checkpoint in {runFolder}");
        Manifest.Verify(folder);
        return folder;
    }

    IEnumerable<string> Complete() =>
        !Directory.Exists(runFolder) ? []
        : Directory.GetDirectories(runFolder, Prefix + "*").Where(d => !d.EndsWith(Temporary, StringComparison.Ordinal) && Manifest.Exists(d)).Order(StringComparer.Ordinal);

    void RemoveOthers(string newest)
    {
        foreach (string folder in Directory.GetDirectories(runFolder, Prefix + "*"))
            if (folder != newest) TryDelete(folder);
    }

    // a checkpoint of the same step: out of the way, still whole, until the new one is in place
    static string Aside(string folder)
    {
        string aside = folder + ".old" + Temporary;
        if (Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
        return aside;
    }

    static void TryDelete(string folder)
    {
        try
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // what cannot be removed takes room, no more
        }
    }
}
