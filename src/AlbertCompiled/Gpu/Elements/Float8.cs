using System.Runtime.InteropServices;
using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>Eight neighbouring columns.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Float8 : IPack<Float8>
{
    /// <summary>The columns in order.</summary>
    public float A, B, C, D, E, F, G, H;

    /// <summary>A pack of eight values.</summary>
    public Float8(float a, float b, float c, float d, float e, float f, float g, float h) =>
        (A, B, C, D, E, F, G, H) = (a, b, c, d, e, f, g, h);

    /// <inheritdoc/>
    public static int Count => 8;

    /// <inheritdoc/>
    public static implicit operator Float8(float value) => new(value, value, value, value, value, value, value, value);

    /// <inheritdoc/>
    public static Float8 Load<T>(ArrayView<T> view, int index) where T : unmanaged, IElement<T> => T.Load(view, index);

    /// <inheritdoc/>
    public static void Store<T>(ArrayView<T> view, int index, Float8 value) where T : unmanaged, IElement<T> => T.Store(view, index, value);

    /// <inheritdoc/>
    public static Float8 Load(ArrayView<float> view, int index)
    {
        var fours = view.Cast<Float4>();
        Float4 x = fours[index / 4], y = fours[index / 4 + 1];
        return new(x.X, x.Y, x.Z, x.W, y.X, y.Y, y.Z, y.W);
    }

    /// <inheritdoc/>
    public static void Store(ArrayView<float> view, int index, Float8 value)
    {
        var fours = view.Cast<Float4>();
        fours[index / 4] = Float4.Of(value.A, value.B, value.C, value.D);
        fours[index / 4 + 1] = Float4.Of(value.E, value.F, value.G, value.H);
    }

    /// <inheritdoc/>
    public static Float8 operator +(Float8 a, Float8 b) =>
        new(a.A + b.A, a.B + b.B, a.C + b.C, a.D + b.D, a.E + b.E, a.F + b.F, a.G + b.G, a.H + b.H);

    /// <inheritdoc/>
    public static Float8 operator -(Float8 a, Float8 b) =>
        new(a.A - b.A, a.B - b.B, a.C - b.C, a.D - b.D, a.E - b.E, a.F - b.F, a.G - b.G, a.H - b.H);

    /// <inheritdoc/>
    public static Float8 operator *(Float8 a, Float8 b) =>
        new(a.A * b.A, a.B * b.B, a.C * b.C, a.D * b.D, a.E * b.E, a.F * b.F, a.G * b.G, a.H * b.H);

    /// <inheritdoc/>
    public static Float8 operator /(Float8 a, Float8 b) =>
        new(GpuMath.Divide(a.A, b.A), GpuMath.Divide(a.B, b.B), GpuMath.Divide(a.C, b.C), GpuMath.Divide(a.D, b.D), GpuMath.Divide(a.E, b.E), GpuMath.Divide(a.F, b.F), GpuMath.Divide(a.G, b.G), GpuMath.Divide(a.H, b.H));

    /// <inheritdoc/>
    public static Float8 operator -(Float8 a) => new(-a.A, -a.B, -a.C, -a.D, -a.E, -a.F, -a.G, -a.H);

    /// <inheritdoc/>
    public static Float8 Max(Float8 a, Float8 b) => new(
        GpuMath.Max(a.A, b.A), GpuMath.Max(a.B, b.B), GpuMath.Max(a.C, b.C), GpuMath.Max(a.D, b.D),
        GpuMath.Max(a.E, b.E), GpuMath.Max(a.F, b.F), GpuMath.Max(a.G, b.G), GpuMath.Max(a.H, b.H));

    /// <inheritdoc/>
    public static Float8 Min(Float8 a, Float8 b) => new(
        GpuMath.Min(a.A, b.A), GpuMath.Min(a.B, b.B), GpuMath.Min(a.C, b.C), GpuMath.Min(a.D, b.D),
        GpuMath.Min(a.E, b.E), GpuMath.Min(a.F, b.F), GpuMath.Min(a.G, b.G), GpuMath.Min(a.H, b.H));

    /// <inheritdoc/>
    public static Float8 GreaterOrEqual(Float8 a, Float8 b) => new(
        GpuMath.GreaterOrEqual(a.A, b.A), GpuMath.GreaterOrEqual(a.B, b.B), GpuMath.GreaterOrEqual(a.C, b.C), GpuMath.GreaterOrEqual(a.D, b.D),
        GpuMath.GreaterOrEqual(a.E, b.E), GpuMath.GreaterOrEqual(a.F, b.F), GpuMath.GreaterOrEqual(a.G, b.G), GpuMath.GreaterOrEqual(a.H, b.H));

    /// <inheritdoc/>
    public static Float8 Equal(Float8 a, Float8 b) => new(
        GpuMath.Equal(a.A, b.A), GpuMath.Equal(a.B, b.B), GpuMath.Equal(a.C, b.C), GpuMath.Equal(a.D, b.D),
        GpuMath.Equal(a.E, b.E), GpuMath.Equal(a.F, b.F), GpuMath.Equal(a.G, b.G), GpuMath.Equal(a.H, b.H));

    /// <inheritdoc/>
    public static Float8 Sqrt(Float8 a) => new(
        GpuMath.Sqrt(a.A), GpuMath.Sqrt(a.B), GpuMath.Sqrt(a.C), GpuMath.Sqrt(a.D),
        GpuMath.Sqrt(a.E), GpuMath.Sqrt(a.F), GpuMath.Sqrt(a.G), GpuMath.Sqrt(a.H));

    /// <inheritdoc/>
    public static Float8 Rsqrt(Float8 a) => new(
        GpuMath.Rsqrt(a.A), GpuMath.Rsqrt(a.B), GpuMath.Rsqrt(a.C), GpuMath.Rsqrt(a.D),
        GpuMath.Rsqrt(a.E), GpuMath.Rsqrt(a.F), GpuMath.Rsqrt(a.G), GpuMath.Rsqrt(a.H));

    /// <inheritdoc/>
    public static Float8 Exp(Float8 a) => new(
        GpuMath.Exp(a.A), GpuMath.Exp(a.B), GpuMath.Exp(a.C), GpuMath.Exp(a.D),
        GpuMath.Exp(a.E), GpuMath.Exp(a.F), GpuMath.Exp(a.G), GpuMath.Exp(a.H));

    /// <inheritdoc/>
    public static Float8 Log(Float8 a) => new(
        GpuMath.Log(a.A), GpuMath.Log(a.B), GpuMath.Log(a.C), GpuMath.Log(a.D),
        GpuMath.Log(a.E), GpuMath.Log(a.F), GpuMath.Log(a.G), GpuMath.Log(a.H));

    /// <inheritdoc/>
    public static Float8 Sigmoid(Float8 a) => new(
        GpuMath.Sigmoid(a.A), GpuMath.Sigmoid(a.B), GpuMath.Sigmoid(a.C), GpuMath.Sigmoid(a.D),
        GpuMath.Sigmoid(a.E), GpuMath.Sigmoid(a.F), GpuMath.Sigmoid(a.G), GpuMath.Sigmoid(a.H));

    /// <inheritdoc/>
    public static Float8 Tanh(Float8 a) => new(
        GpuMath.Tanh(a.A), GpuMath.Tanh(a.B), GpuMath.Tanh(a.C), GpuMath.Tanh(a.D),
        GpuMath.Tanh(a.E), GpuMath.Tanh(a.F), GpuMath.Tanh(a.G), GpuMath.Tanh(a.H));

    /// <inheritdoc/>
    public static Float8 Erf(Float8 a) => new(
        GpuMath.Erf(a.A), GpuMath.Erf(a.B), GpuMath.Erf(a.C), GpuMath.Erf(a.D),
        GpuMath.Erf(a.E), GpuMath.Erf(a.F), GpuMath.Erf(a.G), GpuMath.Erf(a.H));

    /// <inheritdoc/>
    public static Float8 OneHot(int column, int index) => new(
        index == column ? 1f : 0f, index == column + 1 ? 1f : 0f, index == column + 2 ? 1f : 0f, index == column + 3 ? 1f : 0f,
        index == column + 4 ? 1f : 0f, index == column + 5 ? 1f : 0f, index == column + 6 ? 1f : 0f, index == column + 7 ? 1f : 0f);

    /// <inheritdoc/>
    public static Float8 KeepMask(uint rowKey, int column, uint threshold, float scale) => new(
        GpuMath.KeepMask(rowKey, column, threshold, scale), GpuMath.KeepMask(rowKey, column + 1, threshold, scale),
        GpuMath.KeepMask(rowKey, column + 2, threshold, scale), GpuMath.KeepMask(rowKey, column + 3, threshold, scale),
        GpuMath.KeepMask(rowKey, column + 4, threshold, scale), GpuMath.KeepMask(rowKey, column + 5, threshold, scale),
        GpuMath.KeepMask(rowKey, column + 6, threshold, scale), GpuMath.KeepMask(rowKey, column + 7, threshold, scale));

    /// <inheritdoc/>
    public static float Sum(Float8 a) => ((a.A + a.B) + (a.C + a.D)) + ((a.E + a.F) + (a.G + a.H));

    /// <inheritdoc/>
    public static float Maximum(Float8 a) => GpuMath.Max(
        GpuMath.Max(GpuMath.Max(a.A, a.B), GpuMath.Max(a.C, a.D)), GpuMath.Max(GpuMath.Max(a.E, a.F), GpuMath.Max(a.G, a.H)));
}
