namespace AlbertCompiled.Training;

/// <summary>What a checkpoint holds beside the arenas.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Step">Updates applied. The data of later steps follows from the run's seed and the step alone.</param>
/// <param name="Seed">Seed of the model.</param>
/// <param name="TrainingSeconds">Time spent in training steps so far.</param>
/// <param name="Tokens">Tokens trained on so far.</param>
public sealed record CheckpointState(string Model, long Step, ulong Seed, double TrainingSeconds, long Tokens)
{
    const string FileName = "state.json";

    /// <summary>Checks that it is what a checkpoint of a model can hold.</summary>
    /// <exception cref="TrainingException">It is another step's than the model's, or a count is none.</exception>
    internal void Check(CompiledModel model)
    {
        if (Step < 0) throw new TrainingException($"cannot write a checkpoint of step {Step}: steps count from 0");
        if (Step != model.Step) throw new TrainingException($"cannot write a checkpoint of step {Step}, for the model has done {model.Step}: give the state the model's Step");
        if (!(TrainingSeconds >= 0 && double.IsFinite(TrainingSeconds)) || Tokens < 0)
            throw new TrainingException(FormattableString.Invariant($"cannot write a checkpoint of {TrainingSeconds} seconds and {Tokens} tokens: both count from 0"));
    }

    /// <summary>Writes it into a checkpoint.</summary>
    internal string Write(string folder)
    {
        JsonFiles.Write(Path.Combine(folder, FileName), this);
        return FileName;
    }

    /// <summary>Reads it from a checkpoint.</summary>
    /// <exception cref="TrainingException">It is missing or damaged.</exception>
    internal static CheckpointState Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        return JsonFiles.Read<CheckpointState>(path) is { Step: >= 0, Tokens: >= 0, TrainingSeconds: >= 0 } state ? state : throw new TrainingException($"{path} is corrupted: its counts are negative");
    }
}
