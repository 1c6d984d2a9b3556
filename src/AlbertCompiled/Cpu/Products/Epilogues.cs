using System.Runtime.CompilerServices;

namespace AlbertCompiled.Cpu;

/// <summary>c = product.</summary>
/// <param name="c">First element.</param>
/// <param name="stride">Floats from one row to the next.</param>
public readonly unsafe struct StoreEpilogue(float* c, long stride) : IEpilogue
{
    readonly float* c = c;
    readonly long stride = stride;

    internal PlainTiles Tiles => new(c, stride, TileEffect.Set);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(V product, int row, int column) where V : struct, ISimd<V> => product.Store(c + row * stride + column);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int row, int column) => Simd.Prefetch(c + row * stride + column);
}

/// <summary>c += product.</summary>
/// <param name="c">First element.</param>
/// <param name="stride">Floats from one row to the next.</param>
public readonly unsafe struct AccumulateEpilogue(float* c, long stride) : IEpilogue
{
    readonly float* c = c;
    readonly long stride = stride;

    internal PlainTiles Tiles => new(c, stride, TileEffect.Add);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(V product, int row, int column) where V : struct, ISimd<V>
    {
        float* element = c + row * stride + column;
        (V.Load(element) + product).Store(element);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int row, int column) => Simd.Prefetch(c + row * stride + column);
}
