namespace AlbertCompiled;

/// <summary>The generated programs of one model bound to one device and its memory.</summary>
public abstract class ModelExecutor(CompiledModel model) : IDisposable
{
    readonly ParameterSet parameters = model.Parameters;
    float norm;

    /// <summary>Capacity of the arena.</summary>
    protected Capacity Capacity { get; } = model.Capacity;

    /// <summary>What the compiler knows about the model.</summary>
    protected ModelDescription Description { get; } = model.Description;

    /// <summary>The program that ran last: the outputs of others have been overwritten. Null while one runs, and after disposal.</summary>
    protected string? LastRun
    {
        get;
        set
        {
            field = value;
            Runs++;
        }
    }

    /// <summary>Counts what happens to the memory of outputs.</summary>
    internal int Runs { get; private set; }

    /// <summary>Bytes of the arena, as allocated.</summary>
    public abstract long ArenaBytes { get; }

    /// <summary>Forward and backward. The first part of a batch overwrites gradients and scalar outputs, those that follow add to them.</summary>
    public abstract void Train(in BatchPart part, ulong seed, long step);

    /// <summary>Forward, backward and update.</summary>
    /// <param name="part">What to learn from: a batch, or its last part.</param>
    /// <param name="seed">Seed of dropout.</param>
    /// <param name="step">Updates applied before.</param>
    /// <param name="settings">The update's settings.</param>
    public virtual StepResult Step(scoped in BatchPart part, ulong seed, long step, scoped in OptimizerSettings settings)
    {
        Train(part, seed, step);
        var outputs = Scalars("train");
        norm = parameters.Update(settings, step + 1);
        return new(outputs, new(in norm));
    }

    /// <summary>Forward with losses, dropout off.</summary>
    public abstract void Evaluate(TokenBatch batch);

    /// <summary>Runs an inference program that the model has.</summary>
    public abstract void Infer(string program, TokenBatch batch);

    /// <summary>The scalar outputs of the last run, which was of <paramref name="program"/>.</summary>
    public abstract ScalarOutputs Scalars(string program);

    /// <summary>Returns when the results of the last run are there. A device that works beside the host overrides it.</summary>
    public virtual void Complete()
    {
    }

    /// <summary>Output number <paramref name="output"/> of the last run, which was of <paramref name="program"/>, where it lies in memory that the host can read.</summary>
    public abstract OutputRows Rows(string program, int output);

    /// <summary>Copies an output of the last run to the host, rows × columns without padding; returns the rows.</summary>
    public abstract int ReadOutput(string program, string name, Span<float> destination);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Throws if outputs that were read when <see cref="Runs"/> had a value are there no more.</summary>
    internal void RequireRun(int run)
    {
        if (run != Runs) throw new InvalidOperationException($"{Description.Name} has run again or was disposed of since: what it computed before is gone; read or copy it first");
    }

    /// <summary>Throws unless the last run was of a program.</summary>
    protected void RequireOutputs(string program)
    {
        if (LastRun != program) throw new InvalidOperationException($"{Description.Name} has no outputs of {program}: {(LastRun is null ? "it has not run" : $"{LastRun} has run since")}");
    }
}
