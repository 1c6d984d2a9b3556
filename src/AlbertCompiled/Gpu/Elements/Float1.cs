using System.Runtime.InteropServices;
using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>One column.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Float1 : IPack<Float1>
{
    /// <summary>The column.</summary>
    public float A;

    /// <summary>A pack of one value.</summary>
    public Float1(float a) => A = a;

    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    public static implicit operator Float1(float value) => new(value);

    /// <inheritdoc/>
    public static Float1 Load<T>(ArrayView<T> view, int index) where T : unmanaged, IElement<T> => new(T.Read(view[index]));

    /// <inheritdoc/>
    public static void Store<T>(ArrayView<T> view, int index, Float1 value) where T : unmanaged, IElement<T> => view[index] = T.Of(value.A);

    /// <inheritdoc/>
    public static Float1 Load(ArrayView<float> view, int index) => new(view[index]);

    /// <inheritdoc/>
    public static void Store(ArrayView<float> view, int index, Float1 value) => view[index] = value.A;

    /// <inheritdoc/>
    public static Float1 operator +(Float1 a, Float1 b) => new(a.A + b.A);

    /// <inheritdoc/>
    public static Float1 operator -(Float1 a, Float1 b) => new(a.A - b.A);

    /// <inheritdoc/>
    public static Float1 operator *(Float1 a, Float1 b) => new(a.A * b.A);

    /// <inheritdoc/>
    public static Float1 operator /(Float1 a, Float1 b) => new(GpuMath.Divide(a.A, b.A));

    /// <inheritdoc/>
    public static Float1 operator -(Float1 a) => new(-a.A);

    /// <inheritdoc/>
    public static Float1 Max(Float1 a, Float1 b) => new(GpuMath.Max(a.A, b.A));

    /// <inheritdoc/>
    public static Float1 Min(Float1 a, Float1 b) => new(GpuMath.Min(a.A, b.A));

    /// <inheritdoc/>
    public static Float1 GreaterOrEqual(Float1 a, Float1 b) => new(GpuMath.GreaterOrEqual(a.A, b.A));

    /// <inheritdoc/>
    public static Float1 Equal(Float1 a, Float1 b) => new(GpuMath.Equal(a.A, b.A));

    /// <inheritdoc/>
    public static Float1 Sqrt(Float1 a) => new(GpuMath.Sqrt(a.A));

    /// <inheritdoc/>
    public static Float1 Rsqrt(Float1 a) => new(GpuMath.Rsqrt(a.A));

    /// <inheritdoc/>
    public static Float1 Exp(Float1 a) => new(GpuMath.Exp(a.A));

    /// <inheritdoc/>
    public static Float1 Log(Float1 a) => new(GpuMath.Log(a.A));

    /// <inheritdoc/>
    public static Float1 Sigmoid(Float1 a) => new(GpuMath.Sigmoid(a.A));

    /// <inheritdoc/>
    public static Float1 Tanh(Float1 a) => new(GpuMath.Tanh(a.A));

    /// <inheritdoc/>
    public static Float1 Erf(Float1 a) => new(GpuMath.Erf(a.A));

    /// <inheritdoc/>
    public static Float1 OneHot(int column, int index) => new(index == column ? 1f : 0f);

    /// <inheritdoc/>
    public static Float1 KeepMask(uint rowKey, int column, uint threshold, float scale) => new(GpuMath.KeepMask(rowKey, column, threshold, scale));

    /// <inheritdoc/>
    public static float Sum(Float1 a) => a.A;

    /// <inheritdoc/>
    public static float Maximum(Float1 a) => a.A;
}
