using System.Globalization;

namespace AlbertCompiled.Training;

/// <summary>
/// The checkpoints of a run folder, in <c>checkpoints/step-00000123</c>: the newest ones and the best on held-out text. A new one is written
/// beside the others under a temporary name, flushed to disk, listed in a manifest with checksums, renamed, and only then are old ones removed.
/// </summary>
/// <param name="runFolder">The run's folder.</param>
/// <param name="keep">How many of the newest stay, at least 1; the best stays besides.</param>
/// <exception cref="ArgumentOutOfRangeException">None would stay.</exception>
public sealed class CheckpointStore(string runFolder, int keep = 1)
{
    const string Prefix = "step-", Temporary = ".tmp", Replaced = ".old";
    const string Weights = RunFiles.Weights, Moments = "optimizer.safetensors";
    const int Looks = 3; // for a checkpoint: one that was listed may be gone before it is looked at

    static readonly ParameterState[] MomentStates = [ParameterState.FirstMoment, ParameterState.SecondMoment];

    readonly int keep = keep >= 1 ? keep : throw new ArgumentOutOfRangeException(nameof(keep), keep, "a checkpoint that is written would be removed at once");
    readonly string root = Path.Combine(runFolder, RunFiles.Checkpoints);

    /// <summary>The newest complete checkpoint; null if there is none.</summary>
    /// <param name="before">Only of fewer steps than these.</param>
    /// <exception cref="TrainingException">The folder cannot be read.</exception>
    public string? Latest(long before = long.MaxValue) => Complete().LastOrDefault(folder => StepOf(folder) < before);

    /// <summary>The weights of the newest checkpoint; null if there is none.</summary>
    /// <exception cref="TrainingException">The folder cannot be read.</exception>
    public string? LatestWeights() => Latest() is { } folder ? Path.Combine(folder, Weights) : null;

    /// <summary>The checkpoint with the lowest loss on held-out text, and that loss; null if none was measured. Those with a damaged manifest do not count.</summary>
    public (string Folder, double HeldOutLoss)? Best()
    {
        (string Folder, double HeldOutLoss)? best = null;
        foreach (string folder in Complete())
            if (Manifest.TryRead(folder)?.HeldOutLoss is { } loss && !(loss >= best?.HeldOutLoss)) best = (folder, loss);
        return best;
    }

    /// <summary>Writes a checkpoint, then removes those that are neither among the newest nor the best. One of the same step is replaced.</summary>
    /// <param name="model">The model.</param>
    /// <param name="state">Where the run stands, after the model's step.</param>
    /// <param name="heldOutLoss">Loss on held-out text, if it was measured after this step.</param>
    /// <returns>Its folder.</returns>
    /// <exception cref="TrainingException">The folder cannot be written or holds a checkpoint of a later step, as of another run; the state is not the model's, or the loss no number. The last checkpoint is intact.</exception>
    /// <exception cref="DeviceException">The device failed; the last checkpoint is intact.</exception>
    public string Save(CompiledModel model, CheckpointState state, double? heldOutLoss = null)
    {
        state.Check(model);
        if (heldOutLoss is { } loss && !double.IsFinite(loss)) throw new TrainingException($"cannot write a checkpoint with a held-out loss of {loss}, by which no best one is found: leave it out, or train anew with a lower learning rate");
        string folder = Path.Combine(root, $"{Prefix}{state.Step:D8}"), temporary = folder + Temporary;
        if (Latest() is { } later && StepOf(later) > state.Step) throw new TrainingException($"cannot write the checkpoint {folder}: {later} is of a later step, as of another run; choose another folder, or remove {root}");
        try
        {
            if (!Directory.Exists(root))
            {
                Directory.CreateDirectory(root);
                DurableFiles.FlushFolder(runFolder);
            }

            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            Directory.CreateDirectory(temporary);
            ModelWeights.Save(model, Path.Combine(temporary, Weights));
            ModelWeights.Save(model, Path.Combine(temporary, Moments), MomentStates);
            Manifest.Write(temporary, state.Step, heldOutLoss, [Weights, Moments, state.Write(temporary)]);
            if (Directory.Exists(folder)) MoveAside(folder);
            DurableFiles.MoveFolder(temporary, folder);
            Prune(folder);
            return folder;
        }
        catch (Exception e)
        {
            TryDelete(temporary);
            if (e is not (IOException or UnauthorizedAccessException)) throw;
            string last = Latest() is { } intact ? $"the last good one is {intact}" : "there is no earlier one";
            throw new TrainingException($"cannot write the checkpoint {folder}: {e.Reason()}; {last}", e);
        }
    }

    /// <summary>Restores the newest checkpoint with moments and step, to go on training.</summary>
    /// <exception cref="TrainingException">There is none, it is damaged, or it belongs to another configuration or seed; nothing was changed.</exception>
    public CheckpointState Load(CompiledModel model)
    {
        string folder = Verified();
        // dropout draws from the seed: with another the run would not be the same
        if (CheckpointState.Read(folder).Seed is var seed && seed != model.Seed) throw new TrainingException($"{folder} is of a run with seed {seed}, the model has seed {model.Seed}: create the model with the run's");
        var state = LoadWeights(model, folder);
        ModelWeights.Load(model, Path.Combine(folder, Moments), MomentStates);
        model.Step = state.Step;
        return state;
    }

    /// <summary>Restores the weights only, also of a run that goes on meanwhile.</summary>
    /// <param name="model">The model.</param>
    /// <param name="best">Of the best checkpoint on held-out text, in place of the newest.</param>
    /// <exception cref="TrainingException">There is no such checkpoint, it is damaged, or it belongs to another configuration.</exception>
    public CheckpointState LoadWeights(CompiledModel model, bool best = false) => Read(best, folder => LoadWeights(model, folder));

    /// <summary>Takes the weights that another model shares with the one that was trained, by name; tells which it did not find.</summary>
    /// <exception cref="TrainingException">There is no checkpoint, it is damaged, a weight has another shape there or was trained with other heads, another activation or epsilon, or there is none of the model's.</exception>
    public WeightMatch LoadMatchingWeights(CompiledModel model) => Read(best: false, folder => ModelWeights.LoadMatching(model, Path.Combine(folder, Weights)));

    /// <summary>Removes all checkpoints, each of which is none before it loses a file: a crash in between leaves whole ones or none. What else lies beside them stays.</summary>
    internal void Clear()
    {
        foreach (string folder in Complete().Reverse()) TryDelete(folder);
        foreach (string folder in Written()) Directory.Delete(folder, recursive: true);
        if (Directory.Exists(root) && !Directory.EnumerateFileSystemEntries(root).Any()) Directory.Delete(root);
    }

    static CheckpointState LoadWeights(CompiledModel model, string folder)
    {
        var state = CheckpointState.Read(folder);
        ModelWeights.Load(model, Path.Combine(folder, Weights));
        return state;
    }

    T Read<T>(bool best, Func<string, T> read) => Read(() => Find(best), folder =>
    {
        if (best) Manifest.Verify(folder, except: Moments);
        else VerifyNewest(folder, except: Moments);
        return read(folder);
    });

    /// <summary>Reads a checkpoint. A run that goes on may remove it meanwhile: then another has taken its place.</summary>
    internal static T Read<T>(Func<string> find, Func<string, T> read)
    {
        while (true)
        {
            string folder = find();
            try
            {
                return read(folder);
            }
            catch (TrainingException) when (find() != folder)
            {
            }
        }
    }

    string Find(bool best)
    {
        for (int look = 0; look < Looks; look++)
            if ((best ? Best()?.Folder : Latest()) is { } folder) return folder;
        throw new TrainingException(best
            ? $"no checkpoint in {runFolder} was measured on held-out text: leave --best out, or train on with --evaluate-every"
            : $"no checkpoint in {runFolder}");
    }

    string Verified()
    {
        string folder = Find(best: false);
        VerifyNewest(folder);
        return folder;
    }

    void VerifyNewest(string folder, string? except = null)
    {
        try
        {
            Manifest.Verify(folder, except);
        }
        catch (TrainingException e) when (Latest() == folder)
        {
            string next = WholeBefore(folder) is { } earlier ? $"{earlier} is whole: delete {folder} to go on from there" : "no earlier checkpoint is whole: train anew, with --new";
            throw new TrainingException($"{e.Message}; {next}", e);
        }
    }

    string? WholeBefore(string damaged) => Complete().TakeWhile(folder => folder != damaged).LastOrDefault(Manifest.IsWhole);

    // ascending; of two of one step, the one that was replaced comes first
    IEnumerable<string> Complete() =>
        FileSearch.Folders(root, Prefix).Where(d => StepOf(d) is not null && Manifest.Exists(d)).OrderBy(StepOf).ThenBy(d => !d.EndsWith(Replaced, StringComparison.Ordinal));

    static long? StepOf(string folder)
    {
        string name = Path.GetFileName(folder);
        int end = name.EndsWith(Replaced, StringComparison.Ordinal) ? name.Length - Replaced.Length : name.Length;
        return long.TryParse(name.AsSpan(Prefix.Length, end - Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long step) ? step : null;
    }

    // the folders that a store writes, unfinished ones with them
    IEnumerable<string> Written() => FileSearch.Folders(root, Prefix).Where(d => StepOf(d.EndsWith(Temporary, StringComparison.Ordinal) ? d[..^Temporary.Length] : d) is not null);

    // a checkpoint of the same step: out of the way, and still one, until the new one is in place
    static void MoveAside(string folder)
    {
        string aside = folder + Replaced;
        if (Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
        DurableFiles.MoveFolder(folder, aside);
    }

    void Prune(string written)
    {
        HashSet<string> kept = [written, .. Complete().Where(d => !d.EndsWith(Replaced, StringComparison.Ordinal)).TakeLast(keep)];
        if (Best() is { } best) kept.Add(best.Folder);
        foreach (string folder in Written())
            if (!kept.Contains(folder)) TryDelete(folder);
    }

    static void TryDelete(string folder)
    {
        DurableFiles.TryDelete(Manifest.Of(folder)); // first, so that what is left by a crash in between is no checkpoint
        DurableFiles.TryDelete(folder);
    }
}
