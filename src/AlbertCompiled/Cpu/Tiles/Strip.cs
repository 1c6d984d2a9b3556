namespace AlbertCompiled.Cpu;

/// <summary>Eight rows of a left operand as an inner kernel reads them, or four where an operand ends: packed, or in the matrix that they are a part of.</summary>
/// <param name="data">The first row's first word.</param>
/// <param name="row">Floats from one row to the next.</param>
/// <param name="word">Floats from one word of the inner dimension to the next.</param>
/// <param name="half">True for four rows.</param>
public readonly unsafe struct Strip(float* data, long row, long word, bool half = false)
{
    /// <summary>The first row's first word.</summary>
    public float* Data { get; } = data;

    /// <summary>Floats from one row to the next.</summary>
    public long Row { get; } = row;

    /// <summary>Floats from one word of the inner dimension to the next.</summary>
    public long Word { get; } = word;

    /// <summary>True if only the first four rows are wanted.</summary>
    public bool IsHalf { get; } = half;

    /// <summary>Up to eight rows, packed as [words, 8].</summary>
    internal static Strip Packed(float* data, int rows = MicroKernel.Rows) => new(data, 1, MicroKernel.Rows, IsEnoughOfHalf(rows));

    /// <summary>Rows of op(a), of which a word must be an element: there must be <see cref="RowsFor"/> of them.</summary>
    internal static Strip InPlace(Matrix a, int rows = MicroKernel.Rows) =>
        a.Transposed ? new(a.Data, 1, a.Stride, IsEnoughOfHalf(rows)) : new(a.Data, a.Stride, 1, IsEnoughOfHalf(rows));

    /// <summary>Rows that are computed where so many are wanted: eight or four.</summary>
    internal static int RowsFor(int rows) => IsEnoughOfHalf(rows) ? MicroKernel.Rows / 2 : MicroKernel.Rows;

    static bool IsEnoughOfHalf(int rows) => rows <= MicroKernel.Rows / 2;

    /// <summary>True if reading rows in place is as fast as packing them.</summary>
    internal static bool CanStay(Matrix a, in ProductPlan plan) => !a.Transposed && plan.M >= MicroKernel.Rows && CacheSets.Hold(a.Stride, (long)plan.LargestRun * MicroKernel.Rows);

    /// <summary>The rows from <paramref name="first"/> on.</summary>
    internal Strip From(int first) => new(Data + first * Row, Row, Word);
}
