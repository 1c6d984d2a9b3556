namespace AlbertCompiled.Training;

/// <summary>A source of training batches that are a pure function of the step.</summary>
public interface IBatchSource
{
    /// <summary>Fills <paramref name="batch"/> with what step <paramref name="step"/> trains on. Steps may come in any order; ascending is fast.</summary>
    void Fill(long step, TokenBatch batch);
}
