using System.Runtime.InteropServices;
using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>256 columns that the lanes of a warp hold together, eight neighbours each. Indices and columns are those of the first.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WarpPack : IPack<WarpPack>
{
    /// <summary>Lanes of a warp.</summary>
    public const int Lanes = 32;

    /// <summary>Columns that they hold.</summary>
    public const int Columns = 8 * Lanes;

    Float8 own;

    static WarpPack Of(Float8 own)
    {
        WarpPack pack = default;
        pack.own = own;
        return pack;
    }

    /// <summary>The lane's first column.</summary>
    static int First => Group.IdxX * Float8.Count;

    /// <inheritdoc/>
    public static int Count => Columns;

    /// <inheritdoc/>
    public static implicit operator WarpPack(float value) => Of(value);

    /// <inheritdoc/>
    public static WarpPack Load<T>(ArrayView<T> view, int index) where T : unmanaged, IElement<T> => Of(Float8.Load(view, index + First));

    /// <inheritdoc/>
    public static void Store<T>(ArrayView<T> view, int index, WarpPack value) where T : unmanaged, IElement<T> => Float8.Store(view, index + First, value.own);

    /// <inheritdoc/>
    public static WarpPack Load(ArrayView<float> view, int index) => Of(Float8.Load(view, index + First));

    /// <inheritdoc/>
    public static void Store(ArrayView<float> view, int index, WarpPack value) => Float8.Store(view, index + First, value.own);

    /// <inheritdoc/>
    public static WarpPack operator +(WarpPack a, WarpPack b) => Of(a.own + b.own);

    /// <inheritdoc/>
    public static WarpPack operator -(WarpPack a, WarpPack b) => Of(a.own - b.own);

    /// <inheritdoc/>
    public static WarpPack operator *(WarpPack a, WarpPack b) => Of(a.own * b.own);

    /// <inheritdoc/>
    public static WarpPack operator /(WarpPack a, WarpPack b) => Of(a.own / b.own);

    /// <inheritdoc/>
    public static WarpPack operator -(WarpPack a) => Of(-a.own);

    /// <inheritdoc/>
    public static WarpPack Max(WarpPack a, WarpPack b) => Of(Float8.Max(a.own, b.own));

    /// <inheritdoc/>
    public static WarpPack Min(WarpPack a, WarpPack b) => Of(Float8.Min(a.own, b.own));

    /// <inheritdoc/>
    public static WarpPack Sqrt(WarpPack a) => Of(Float8.Sqrt(a.own));

    /// <inheritdoc/>
    public static WarpPack Rsqrt(WarpPack a) => Of(Float8.Rsqrt(a.own));

    /// <inheritdoc/>
    public static WarpPack Exp(WarpPack a) => Of(Float8.Exp(a.own));

    /// <inheritdoc/>
    public static WarpPack Log(WarpPack a) => Of(Float8.Log(a.own));

    /// <inheritdoc/>
    public static WarpPack Sigmoid(WarpPack a) => Of(Float8.Sigmoid(a.own));

    /// <inheritdoc/>
    public static WarpPack Tanh(WarpPack a) => Of(Float8.Tanh(a.own));

    /// <inheritdoc/>
    public static WarpPack Erf(WarpPack a) => Of(Float8.Erf(a.own));

    /// <inheritdoc/>
    public static WarpPack GreaterOrEqual(WarpPack a, WarpPack b) => Of(Float8.GreaterOrEqual(a.own, b.own));

    /// <inheritdoc/>
    public static WarpPack Equal(WarpPack a, WarpPack b) => Of(Float8.Equal(a.own, b.own));

    /// <inheritdoc/>
    public static WarpPack OneHot(int column, int index) => Of(Float8.OneHot(column + First, index));

    /// <inheritdoc/>
    public static WarpPack KeepMask(uint rowKey, int column, uint threshold, float scale) => Of(Float8.KeepMask(rowKey, column + First, threshold, scale));

    /// <inheritdoc/>
    public static float Sum(WarpPack a) => Float8.Sum(a.own);

    /// <inheritdoc/>
    public static float Maximum(WarpPack a) => Float8.Maximum(a.own);
}
