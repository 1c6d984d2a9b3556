namespace AlbertCompiled.Cpu;

/// <summary>A row-major matrix in native memory, or its transpose.</summary>
/// <param name="data">Its first element.</param>
/// <param name="stride">Floats from one stored row to the next.</param>
/// <param name="transposed">True if the transpose of what is stored is meant.</param>
public readonly unsafe struct Matrix(float* data, long stride, bool transposed = false)
{
    /// <summary>The first element.</summary>
    public float* Data { get; } = data;

    /// <summary>Floats from one stored row to the next.</summary>
    public long Stride { get; } = stride;

    /// <summary>True if the transpose of what is stored is meant.</summary>
    public bool Transposed { get; } = transposed;

    /// <summary>The transpose.</summary>
    internal Matrix Transpose => new(Data, Stride, !Transposed);

    /// <summary>The matrix without the rows before <paramref name="row"/> and the columns before <paramref name="column"/>.</summary>
    public Matrix From(long row, long column) =>
        new(Data + (Transposed ? column * Stride + row : row * Stride + column), Stride, Transposed);
}
