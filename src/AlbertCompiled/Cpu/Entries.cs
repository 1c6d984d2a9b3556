namespace AlbertCompiled.Cpu;

/// <summary>A slot with several entries, such as one for each layer.</summary>
/// <param name="start">The first entry.</param>
/// <param name="floats">From one entry to the next.</param>
public readonly unsafe struct Entries(float* start, long floats)
{
    /// <summary>Where an entry begins.</summary>
    public float* this[int entry] => start + entry * floats;
}
