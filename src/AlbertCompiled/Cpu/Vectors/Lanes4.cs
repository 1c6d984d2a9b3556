using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlbertCompiled.Cpu;

/// <summary>Four lanes: 128 bits.</summary>
/// <param name="value">The lanes.</param>
public readonly unsafe struct Lanes4(Vector128<float> value) : ILanes<Lanes4>
{
    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>The lanes.</summary>
    public readonly Vector128<float> Value = value;

    /// <inheritdoc/>
    public static int Count => 4;

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 Load(float* source) => new(Vector128.Load(source));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public void Store(float* destination) => Value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static implicit operator Lanes4(float value) => new(Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 operator +(Lanes4 a, Lanes4 b) => new(a.Value + b.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 operator -(Lanes4 a, Lanes4 b) => new(a.Value - b.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 operator *(Lanes4 a, Lanes4 b) => new(a.Value * b.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 operator /(Lanes4 a, Lanes4 b) => new(a.Value / b.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 operator -(Lanes4 a) => new(-a.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 MultiplyAdd(Lanes4 a, Lanes4 b, Lanes4 c) => new(Vector128.MultiplyAddEstimate(a.Value, b.Value, c.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 Max(Lanes4 a, Lanes4 b) => new(Vector128.Max(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 Min(Lanes4 a, Lanes4 b) => new(Vector128.Min(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 MaxNative(Lanes4 a, Lanes4 b) => new(Vector128.MaxNative(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 MinNative(Lanes4 a, Lanes4 b) => new(Vector128.MinNative(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 Sqrt(Lanes4 a) => new(Vector128.Sqrt(a.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 Rsqrt(Lanes4 a) => new(Vector128<float>.One / Vector128.Sqrt(a.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 Exp(Lanes4 a) => VectorFunctions.Exp(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 Log(Lanes4 a) => VectorFunctions.Log(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 Sigmoid(Lanes4 a) => VectorFunctions.Sigmoid(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 Tanh(Lanes4 a) => VectorFunctions.Tanh(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes4 Erf(Lanes4 a) => VectorFunctions.Erf(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lanes4 GreaterOrEqual(Lanes4 a, Lanes4 b) =>
        new(Vector128.ConditionalSelect(Vector128.GreaterThanOrEqual(a.Value, b.Value), Vector128<float>.One, Vector128<float>.Zero));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lanes4 Equal(Lanes4 a, Lanes4 b) =>
        new(Vector128.ConditionalSelect(Vector128.Equals(a.Value, b.Value), Vector128<float>.One, Vector128<float>.Zero));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lanes4 OneHot(int column, int index) =>
        new(Vector128.ConditionalSelect(Vector128.Equals(Vector128<int>.Indices, Vector128.Create(index - column)).AsSingle(), Vector128<float>.One, Vector128<float>.Zero));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lanes4 KeepMask(uint rowKey, int column, uint threshold, float scale)
    {
        var x = Vector128.Create(rowKey + (uint)column * CounterRandom.Golden) + Vector128<uint>.Indices * CounterRandom.Golden;
        x = (x ^ (x >>> 16)) * CounterRandom.Multiplier1;
        x = (x ^ (x >>> 15)) * CounterRandom.Multiplier2;
        x ^= x >>> 16;
        return new(Vector128.ConditionalSelect(Vector128.GreaterThanOrEqual(x, Vector128.Create(threshold)).AsSingle(), Vector128.Create(scale), Vector128<float>.Zero));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public float Sum()
    {
        var pairs = Value + Vector128.Shuffle(Value, Vector128.Create(2, 3, 0, 1));
        return (pairs + Vector128.Shuffle(pairs, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public float Maximum()
    {
        var pairs = Vector128.Max(Value, Vector128.Shuffle(Value, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Max(pairs, Vector128.Shuffle(pairs, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(Inline)] static Lanes4 ILanes<Lanes4>.Round(Lanes4 a) => new(Vector128.Round(a.Value));

    [MethodImpl(Inline)] static Lanes4 ILanes<Lanes4>.Abs(Lanes4 a) => new(Vector128.Abs(a.Value));

    [MethodImpl(Inline)] static Lanes4 ILanes<Lanes4>.CopySign(Lanes4 magnitude, Lanes4 sign) => new(Vector128.CopySign(magnitude.Value, sign.Value));

    [MethodImpl(Inline)]
    static Lanes4 ILanes<Lanes4>.SelectLess(Lanes4 a, Lanes4 b, Lanes4 yes, Lanes4 no) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(a.Value, b.Value), yes.Value, no.Value));

    [MethodImpl(Inline)]
    static Lanes4 ILanes<Lanes4>.Scale(Lanes4 a, Lanes4 n)
    {
        // Two factors, for 2ⁿ itself may lie outside the floats where a · 2ⁿ does not.
        var exponent = Vector128.ConvertToInt32(n.Value);
        var half = exponent >> 1;
        var bias = Vector128.Create(127);
        return new(a.Value * ((half + bias) << 23).AsSingle() * ((exponent - half + bias) << 23).AsSingle());
    }

    [MethodImpl(Inline)]
    static Lanes4 ILanes<Lanes4>.Exponent(Lanes4 a) =>
        new(Vector128.ConvertToSingle((a.Value.AsInt32() - Vector128.Create(VectorFunctions.RootHalfBits)) >> 23));
}
