using ILGPU;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>What happens to neighbouring columns of a product before they are stored.</summary>
internal interface ITensorEpilogue
{
    /// <summary>Consumes finished columns from <paramref name="column"/> on; each comes once, in no order.</summary>
    void Apply<V>(V product, int row, int column) where V : struct, IPack<V>;
}

/// <summary>C = product, rounded to the element.</summary>
/// <param name="target">C, row-major.</param>
/// <param name="stride">Elements from one row of C to the next: a multiple of 8.</param>
internal readonly struct TensorStore<T>(ArrayView<T> target, int stride) : ITensorEpilogue where T : unmanaged, IElement<T>
{
    readonly ArrayView<T> target = target;
    readonly int stride = stride;

    /// <inheritdoc/>
    public void Apply<V>(V product, int row, int column) where V : struct, IPack<V> => V.Store(target, row * stride + column, product);
}

/// <summary>C += product in float32: a weight's gradient.</summary>
/// <param name="target">C, row-major.</param>
/// <param name="stride">Floats from one row of C to the next: a multiple of 4.</param>
internal readonly struct TensorAccumulate(ArrayView<float> target, int stride) : ITensorEpilogue
{
    readonly ArrayView<float> target = target;
    readonly int stride = stride;

    /// <inheritdoc/>
    public void Apply<V>(V product, int row, int column) where V : struct, IPack<V> =>
        V.Store(target, row * stride + column, V.Load(target, row * stride + column) + product);
}

/// <summary>Keeps the products of a part of the contraction: [parts, rows, stride].</summary>
internal struct PartialTensorProduct : ITensorEpilogue
{
    public ArrayView<float> Products;
    public int Rows, Stride;

    /// <inheritdoc/>
    public readonly void Apply<V>(V product, int row, int column) where V : struct, IPack<V> => V.Store(Products, (Grid.IdxZ * Rows + row) * Stride + column, product);
}
