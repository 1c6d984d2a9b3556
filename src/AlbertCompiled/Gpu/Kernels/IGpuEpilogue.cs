using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>What happens to elements of a matrix product before they are stored: bias, activation, residual, accumulation. Part of the kernel's argument.</summary>
public interface IGpuEpilogue
{
    /// <summary>
    /// Consumes finished elements of a row, from <paramref name="column"/> on. Neighbouring lanes hold neighbouring columns; each element comes once, in no order.
    /// Packs of eight come only where the product has a multiple of 8 columns; strides of rows must be one then as well.
    /// </summary>
    void Apply<V>(V product, int row, int column) where V : struct, IPack<V>;

    /// <summary>Arithmetic operations for an element, a function counted as ten: where there are many, the product takes tiles whose epilogues others' products hide.</summary>
    static virtual int Operations => 0;
}

/// <summary>C = product.</summary>
/// <typeparam name="T">Element of C.</typeparam>
/// <param name="target">C, row-major.</param>
/// <param name="stride">Elements from one row of C to the next.</param>
public readonly struct Store<T>(ArrayView<T> target, int stride) : IGpuEpilogue where T : unmanaged, IElement<T>
{
    readonly ArrayView<T> target = target;
    readonly int stride = stride;

    /// <inheritdoc/>
    public void Apply<V>(V product, int row, int column) where V : struct, IPack<V> => V.Store(target, row * stride + column, product);
}

/// <summary>C += product, for gradients of weights: float32 in every precision.</summary>
/// <param name="target">C, row-major.</param>
/// <param name="stride">Floats from one row of C to the next.</param>
public readonly struct Accumulate(ArrayView<float> target, int stride) : IGpuEpilogue
{
    readonly ArrayView<float> target = target;
    readonly int stride = stride;

    /// <inheritdoc/>
    public void Apply<V>(V product, int row, int column) where V : struct, IPack<V>
    {
        int at = row * stride + column;
        V.Store(target, at, V.Load(target, at) + product);
    }
}
