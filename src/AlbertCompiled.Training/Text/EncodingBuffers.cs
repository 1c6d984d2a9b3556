namespace AlbertCompiled.Training;

/// <summary>What encoding writes while it works: the memory of one thread, used again by its next text.</summary>
sealed class EncodingBuffers
{
    const int LargestKept = 1 << 20; // bytes of text; what a longer one needed is not kept

    [ThreadStatic]
    static EncodingBuffers? current;

    Cell[] cells = [];
    PieceEnd[] pieces = [];

    /// <summary>The text in ALBERT's normalisation.</summary>
    public MappedText Plain { get; } = new();

    /// <summary>The text in the model's.</summary>
    public MappedText Normal { get; } = new();

    /// <summary>The ids so far.</summary>
    public List<int> Ids { get; } = [];

    /// <summary>Their parts of the original, if wanted.</summary>
    public List<TextSpan> Offsets { get; } = [];

    /// <summary>The calling thread's, without ids.</summary>
    public static EncodingBuffers Take()
    {
        var buffers = current ?? new();
        current = null; // nobody else's until it is given back
        buffers.Ids.Clear();
        buffers.Offsets.Clear();
        return buffers;
    }

    /// <summary>Keeps the memory for the next text.</summary>
    public void GiveBack()
    {
        if (Plain.Capacity <= LargestKept && Normal.Capacity <= LargestKept) current = this;
    }

    public Span<Cell> Cells(int count) => Some(ref cells, count);

    public Span<PieceEnd> Pieces(int count) => Some(ref pieces, count);

    static Span<T> Some<T>(ref T[] array, int count)
    {
        if (array.Length < count) array = new T[Math.Max(count, 2 * array.Length)];
        return array.AsSpan(0, count);
    }
}
