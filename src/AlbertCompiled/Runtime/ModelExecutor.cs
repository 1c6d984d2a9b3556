namespace AlbertCompiled;

/// <summary>The generated programs of one model bound to one device and its memory.</summary>
public abstract class ModelExecutor(CompiledModel model) : IDisposable
{
    /// <summary>Capacity of the arena.</summary>
    protected Capacity Capacity { get; } = model.Capacity;

    /// <summary>What the compiler knows about the model.</summary>
    protected ModelDescription Description { get; } = model.Description;

    /// <summary>Bytes of the arena, as allocated.</summary>
    public abstract long ArenaBytes { get; }

    /// <summary>Forward and backward; gradients are overwritten.</summary>
    public abstract void Train(TokenBatch batch, ulong seed, long step);

    /// <summary>Forward with losses, dropout off.</summary>
    public abstract void Evaluate(TokenBatch batch);

    /// <summary>Inference.</summary>
    public abstract void Predict(TokenBatch batch);

    /// <summary>The scalar outputs of the last run of <paramref name="program"/>.</summary>
    public abstract ScalarOutputs Scalars(string program);

    /// <summary>Copies an output of the last run to the host, rows × columns without padding; returns the rows.</summary>
    public abstract int ReadOutput(string program, string name, Span<float> destination);

    /// <summary>Throws a <see cref="BatchException"/> if the batch does not fit or an index lies outside its table. Generated: tables and their sizes are the model's.</summary>
    public abstract void Check(TokenBatch batch);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>One table's check.</summary>
    protected static void CheckRange(Indices indices, int rows, string what)
    {
        var span = indices.Span;
        for (int i = 0; i < span.Length; i++)
            if ((uint)span[i] >= (uint)rows) throw new BatchException($"{what} {i} is {span[i]}, outside 0..{rows - 1}");
    }

    /// <summary>The sizes' check.</summary>
    protected void CheckCapacity(TokenBatch batch)
    {
        if (batch.First.Count == 0) throw new BatchException("the batch is empty");
        foreach (var d in (ReadOnlySpan<Dimension>)[Dimension.Tokens, Dimension.Sequences, Dimension.Predictions])
            if (batch.Count(d) > Capacity[d])
                throw new BatchException($"the batch has {batch.Count(d)} {d.ToString().ToLowerInvariant()}, the model was created for {Capacity[d]}");
    }
}
