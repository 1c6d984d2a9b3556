namespace AlbertCompiled;

/// <summary>A number for each sequence. Valid as long as the logits.</summary>
/// <param name="logits">[sequences, 1].</param>
public readonly ref struct Ratings(OutputRows logits)
{
    readonly OutputRows logits = logits;

    /// <summary>Sequences.</summary>
    public int Count => logits.Count;

    /// <summary>The number of a sequence.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public float this[int sequence] => logits[sequence][0];
}
