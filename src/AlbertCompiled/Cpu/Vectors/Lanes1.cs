using System.Runtime.CompilerServices;

namespace AlbertCompiled.Cpu;

/// <summary>One lane: the tail of a row, with the same bits that a wider vector computes for the element.</summary>
/// <param name="value">The lane.</param>
public readonly unsafe struct Lanes1(float value) : ILanes<Lanes1>
{
    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>The lane.</summary>
    public readonly float Value = value;

    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 Load(float* source) => new(*source);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public void Store(float* destination) => *destination = Value;

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static implicit operator Lanes1(float value) => new(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 operator +(Lanes1 a, Lanes1 b) => new(a.Value + b.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 operator -(Lanes1 a, Lanes1 b) => new(a.Value - b.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 operator *(Lanes1 a, Lanes1 b) => new(a.Value * b.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 operator /(Lanes1 a, Lanes1 b) => new(a.Value / b.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 operator -(Lanes1 a) => new(-a.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 MultiplyAdd(Lanes1 a, Lanes1 b, Lanes1 c) => new(float.MultiplyAddEstimate(a.Value, b.Value, c.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 Max(Lanes1 a, Lanes1 b) => new(MathF.Max(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 Min(Lanes1 a, Lanes1 b) => new(MathF.Min(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 MaxNative(Lanes1 a, Lanes1 b) => new(float.MaxNative(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 MinNative(Lanes1 a, Lanes1 b) => new(float.MinNative(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 Sqrt(Lanes1 a) => new(MathF.Sqrt(a.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 Rsqrt(Lanes1 a) => new(1 / MathF.Sqrt(a.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 Exp(Lanes1 a) => VectorFunctions.Exp(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 Log(Lanes1 a) => VectorFunctions.Log(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 Sigmoid(Lanes1 a) => VectorFunctions.Sigmoid(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 Tanh(Lanes1 a) => VectorFunctions.Tanh(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 Erf(Lanes1 a) => VectorFunctions.Erf(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 GreaterOrEqual(Lanes1 a, Lanes1 b) => new(a.Value >= b.Value ? 1 : 0);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 Equal(Lanes1 a, Lanes1 b) => new(a.Value == b.Value ? 1 : 0);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes1 OneHot(int column, int index) => new(column == index ? 1 : 0);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lanes1 KeepMask(uint rowKey, int column, uint threshold, float scale) => new(CounterRandom.Bits(rowKey, column) >= threshold ? scale : 0);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public float Sum() => Value;

    /// <inheritdoc/>
    [MethodImpl(Inline)] public float Maximum() => Value;

    [MethodImpl(Inline)] static Lanes1 ILanes<Lanes1>.Round(Lanes1 a) => new(MathF.Round(a.Value));

    [MethodImpl(Inline)] static Lanes1 ILanes<Lanes1>.Abs(Lanes1 a) => new(MathF.Abs(a.Value));

    [MethodImpl(Inline)] static Lanes1 ILanes<Lanes1>.CopySign(Lanes1 magnitude, Lanes1 sign) => new(MathF.CopySign(magnitude.Value, sign.Value));

    [MethodImpl(Inline)] static Lanes1 ILanes<Lanes1>.SelectLess(Lanes1 a, Lanes1 b, Lanes1 yes, Lanes1 no) => a.Value < b.Value ? yes : no;

    [MethodImpl(Inline)]
    static Lanes1 ILanes<Lanes1>.Scale(Lanes1 a, Lanes1 n)
    {
        // Two factors, for 2ⁿ itself may lie outside the floats where a · 2ⁿ does not.
        int exponent = (int)n.Value, half = exponent >> 1;
        return new(a.Value * BitConverter.Int32BitsToSingle((half + 127) << 23) * BitConverter.Int32BitsToSingle((exponent - half + 127) << 23));
    }

    [MethodImpl(Inline)]
    static Lanes1 ILanes<Lanes1>.Exponent(Lanes1 a) => new((BitConverter.SingleToInt32Bits(a.Value) - VectorFunctions.RootHalfBits) >> 23);
}
