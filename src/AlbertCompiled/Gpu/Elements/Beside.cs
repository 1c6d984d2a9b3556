using System.Runtime.InteropServices;
using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>Two packs as one: the second begins where the first ends.</summary>
/// <typeparam name="A">The first.</typeparam>
/// <typeparam name="B">The second.</typeparam>
[StructLayout(LayoutKind.Sequential)]
internal struct Beside<A, B> : IPack<Beside<A, B>>
    where A : struct, IPack<A>
    where B : struct, IPack<B>
{
    A first;
    B second;

    static Beside<A, B> Of(A first, B second)
    {
        Beside<A, B> pack = default;
        pack.first = first;
        pack.second = second;
        return pack;
    }

    /// <inheritdoc/>
    public static int Count => A.Count + B.Count;

    /// <inheritdoc/>
    public static implicit operator Beside<A, B>(float value) => Of(value, value);

    /// <inheritdoc/>
    public static Beside<A, B> Load<T>(ArrayView<T> view, int index) where T : unmanaged, IElement<T> => Of(A.Load(view, index), B.Load(view, index + A.Count));

    /// <inheritdoc/>
    public static void Store<T>(ArrayView<T> view, int index, Beside<A, B> value) where T : unmanaged, IElement<T>
    {
        A.Store(view, index, value.first);
        B.Store(view, index + A.Count, value.second);
    }

    /// <inheritdoc/>
    public static Beside<A, B> Load(ArrayView<float> view, int index) => Of(A.Load(view, index), B.Load(view, index + A.Count));

    /// <inheritdoc/>
    public static void Store(ArrayView<float> view, int index, Beside<A, B> value)
    {
        A.Store(view, index, value.first);
        B.Store(view, index + A.Count, value.second);
    }

    /// <inheritdoc/>
    public static Beside<A, B> operator +(Beside<A, B> a, Beside<A, B> b) => Of(a.first + b.first, a.second + b.second);

    /// <inheritdoc/>
    public static Beside<A, B> operator -(Beside<A, B> a, Beside<A, B> b) => Of(a.first - b.first, a.second - b.second);

    /// <inheritdoc/>
    public static Beside<A, B> operator *(Beside<A, B> a, Beside<A, B> b) => Of(a.first * b.first, a.second * b.second);

    /// <inheritdoc/>
    public static Beside<A, B> operator /(Beside<A, B> a, Beside<A, B> b) => Of(a.first / b.first, a.second / b.second);

    /// <inheritdoc/>
    public static Beside<A, B> operator -(Beside<A, B> a) => Of(-a.first, -a.second);

    /// <inheritdoc/>
    public static Beside<A, B> Max(Beside<A, B> a, Beside<A, B> b) => Of(A.Max(a.first, b.first), B.Max(a.second, b.second));

    /// <inheritdoc/>
    public static Beside<A, B> Min(Beside<A, B> a, Beside<A, B> b) => Of(A.Min(a.first, b.first), B.Min(a.second, b.second));

    /// <inheritdoc/>
    public static Beside<A, B> Sqrt(Beside<A, B> a) => Of(A.Sqrt(a.first), B.Sqrt(a.second));

    /// <inheritdoc/>
    public static Beside<A, B> Rsqrt(Beside<A, B> a) => Of(A.Rsqrt(a.first), B.Rsqrt(a.second));

    /// <inheritdoc/>
    public static Beside<A, B> Exp(Beside<A, B> a) => Of(A.Exp(a.first), B.Exp(a.second));

    /// <inheritdoc/>
    public static Beside<A, B> Log(Beside<A, B> a) => Of(A.Log(a.first), B.Log(a.second));

    /// <inheritdoc/>
    public static Beside<A, B> Sigmoid(Beside<A, B> a) => Of(A.Sigmoid(a.first), B.Sigmoid(a.second));

    /// <inheritdoc/>
    public static Beside<A, B> Tanh(Beside<A, B> a) => Of(A.Tanh(a.first), B.Tanh(a.second));

    /// <inheritdoc/>
    public static Beside<A, B> Erf(Beside<A, B> a) => Of(A.Erf(a.first), B.Erf(a.second));

    /// <inheritdoc/>
    public static Beside<A, B> GreaterOrEqual(Beside<A, B> a, Beside<A, B> b) => Of(A.GreaterOrEqual(a.first, b.first), B.GreaterOrEqual(a.second, b.second));

    /// <inheritdoc/>
    public static Beside<A, B> Equal(Beside<A, B> a, Beside<A, B> b) => Of(A.Equal(a.first, b.first), B.Equal(a.second, b.second));

    /// <inheritdoc/>
    public static Beside<A, B> OneHot(int column, int index) => Of(A.OneHot(column, index), B.OneHot(column + A.Count, index));

    /// <inheritdoc/>
    public static Beside<A, B> KeepMask(uint rowKey, int column, uint threshold, float scale) =>
        Of(A.KeepMask(rowKey, column, threshold, scale), B.KeepMask(rowKey, column + A.Count, threshold, scale));

    /// <inheritdoc/>
    public static float Sum(Beside<A, B> a) => A.Sum(a.first) + B.Sum(a.second);

    /// <inheritdoc/>
    public static float Maximum(Beside<A, B> a) => GpuMath.Max(A.Maximum(a.first), B.Maximum(a.second));
}
