namespace AlbertCompiled.Cpu;

/// <summary>Rows of a left operand as an inner kernel reads them: packed, or in the matrix that they are a part of.</summary>
/// <param name="data">The first row's first word.</param>
/// <param name="row">Floats from one row to the next.</param>
/// <param name="word">Floats from one word of the inner dimension to the next.</param>
public readonly unsafe struct Strip(float* data, long row, long word)
{
    /// <summary>The first row's first word.</summary>
    public float* Data { get; } = data;

    /// <summary>Floats from one row to the next.</summary>
    public long Row { get; } = row;

    /// <summary>Floats from one word of the inner dimension to the next.</summary>
    public long Word { get; } = word;

    /// <summary>Eight packed rows: [words, 8].</summary>
    internal static Strip Packed(float* data) => new(data, 1, MicroKernel.Rows);

    /// <summary>Rows of op(a), of which a word must be an element.</summary>
    internal static Strip InPlace(Matrix a) => a.Transposed ? new(a.Data, 1, a.Stride) : new(a.Data, a.Stride, 1);

    /// <summary>The rows from <paramref name="first"/> on.</summary>
    internal Strip From(int first) => new(Data + first * Row, Row, Word);
}
