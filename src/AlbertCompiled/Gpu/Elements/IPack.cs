using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// Neighbouring columns that one lane works on at once. Kernels are written once over it: <see cref="Float8"/> moves 16 bytes of
/// bfloat16 with each access, <see cref="Float1"/> takes rows of any width. Where a warp has a row to itself, the pack is the whole row, of which each lane holds a share.
/// </summary>
/// <typeparam name="V">The pack itself.</typeparam>
public interface IPack<V> where V : struct, IPack<V>
{
    /// <summary>Columns.</summary>
    static abstract int Count { get; }

    /// <summary>The value in every column.</summary>
    static abstract implicit operator V(float value);

    /// <summary>Loads; <paramref name="index"/> is a multiple of what a lane moves with one access.</summary>
    static abstract V Load<T>(ArrayView<T> view, int index) where T : unmanaged, IElement<T>;

    /// <summary>Stores; <paramref name="index"/> likewise.</summary>
    static abstract void Store<T>(ArrayView<T> view, int index, V value) where T : unmanaged, IElement<T>;

    /// <summary>Loads float32.</summary>
    static abstract V Load(ArrayView<float> view, int index);

    /// <summary>Stores float32.</summary>
    static abstract void Store(ArrayView<float> view, int index, V value);

    /// <summary>a + b.</summary>
    static abstract V operator +(V a, V b);

    /// <summary>a − b.</summary>
    static abstract V operator -(V a, V b);

    /// <summary>a · b.</summary>
    static abstract V operator *(V a, V b);

    /// <summary>a / b.</summary>
    static abstract V operator /(V a, V b);

    /// <summary>−a.</summary>
    static abstract V operator -(V a);

    /// <summary>The larger of each pair.</summary>
    static abstract V Max(V a, V b);

    /// <summary>The smaller of each pair.</summary>
    static abstract V Min(V a, V b);

    /// <summary>√a.</summary>
    static abstract V Sqrt(V a);

    /// <summary>1/√a.</summary>
    static abstract V Rsqrt(V a);

    /// <summary>eᵃ.</summary>
    static abstract V Exp(V a);

    /// <summary>ln a.</summary>
    static abstract V Log(V a);

    /// <summary>1/(1 + e⁻ᵃ).</summary>
    static abstract V Sigmoid(V a);

    /// <summary>tanh a.</summary>
    static abstract V Tanh(V a);

    /// <summary>The error function.</summary>
    static abstract V Erf(V a);

    /// <summary>1 where a ≥ b, else 0.</summary>
    static abstract V GreaterOrEqual(V a, V b);

    /// <summary>1 where a = b, else 0.</summary>
    static abstract V Equal(V a, V b);

    /// <summary>1 in column <paramref name="index"/> when the first is <paramref name="column"/>, else 0.</summary>
    static abstract V OneHot(int column, int index);

    /// <summary>The dropout mask of columns <paramref name="column"/> and following.</summary>
    static abstract V KeepMask(uint rowKey, int column, uint threshold, float scale);

    /// <summary>The sum of the lane's columns, in a fixed order.</summary>
    static abstract float Sum(V a);

    /// <summary>The largest of the lane's columns.</summary>
    static abstract float Maximum(V a);
}
