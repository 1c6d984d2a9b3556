using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AlbertCompiled.Cpu;

/// <summary>Sixteen lanes: 512 bits.</summary>
/// <param name="value">The lanes.</param>
public readonly unsafe struct Lanes16(Vector512<float> value) : ILanes<Lanes16>
{
    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>The lanes.</summary>
    public readonly Vector512<float> Value = value;

    /// <inheritdoc/>
    public static int Count => 16;

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 Load(float* source) => new(Vector512.Load(source));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public void Store(float* destination) => Value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static implicit operator Lanes16(float value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 operator +(Lanes16 a, Lanes16 b) => new(a.Value + b.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 operator -(Lanes16 a, Lanes16 b) => new(a.Value - b.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 operator *(Lanes16 a, Lanes16 b) => new(a.Value * b.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 operator /(Lanes16 a, Lanes16 b) => new(a.Value / b.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 operator -(Lanes16 a) => new(-a.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 MultiplyAdd(Lanes16 a, Lanes16 b, Lanes16 c) => new(Vector512.MultiplyAddEstimate(a.Value, b.Value, c.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 Max(Lanes16 a, Lanes16 b) => new(Vector512.Max(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 Min(Lanes16 a, Lanes16 b) => new(Vector512.Min(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 MaxNative(Lanes16 a, Lanes16 b) => new(Vector512.MaxNative(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 MinNative(Lanes16 a, Lanes16 b) => new(Vector512.MinNative(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 Sqrt(Lanes16 a) => new(Vector512.Sqrt(a.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 Rsqrt(Lanes16 a) => new(Vector512<float>.One / Vector512.Sqrt(a.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 Exp(Lanes16 a) => VectorFunctions.Exp(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 Log(Lanes16 a) => VectorFunctions.Log(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 Sigmoid(Lanes16 a) => VectorFunctions.Sigmoid(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 Tanh(Lanes16 a) => VectorFunctions.Tanh(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes16 Erf(Lanes16 a) => VectorFunctions.Erf(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lanes16 GreaterOrEqual(Lanes16 a, Lanes16 b) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(a.Value, b.Value), Vector512<float>.One, Vector512<float>.Zero));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lanes16 Equal(Lanes16 a, Lanes16 b) =>
        new(Vector512.ConditionalSelect(Vector512.Equals(a.Value, b.Value), Vector512<float>.One, Vector512<float>.Zero));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lanes16 OneHot(int column, int index) =>
        new(Vector512.ConditionalSelect(Vector512.Equals(Vector512<int>.Indices, Vector512.Create(index - column)).AsSingle(), Vector512<float>.One, Vector512<float>.Zero));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lanes16 KeepMask(uint rowKey, int column, uint threshold, float scale)
    {
        var x = Vector512.Create(rowKey + (uint)column * CounterRandom.Golden) + Vector512<uint>.Indices * CounterRandom.Golden;
        x = (x ^ (x >>> 16)) * CounterRandom.Multiplier1;
        x = (x ^ (x >>> 15)) * CounterRandom.Multiplier2;
        x ^= x >>> 16;
        return new(Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(x, Vector512.Create(threshold)).AsSingle(), Vector512.Create(scale), Vector512<float>.Zero));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)] public float Sum() => new Lanes8(Value.GetLower() + Value.GetUpper()).Sum();

    /// <inheritdoc/>
    [MethodImpl(Inline)] public float Maximum() => new Lanes8(Vector256.Max(Value.GetLower(), Value.GetUpper())).Maximum();

    [MethodImpl(Inline)] static Lanes16 ILanes<Lanes16>.Round(Lanes16 a) => new(Vector512.Round(a.Value));

    [MethodImpl(Inline)] static Lanes16 ILanes<Lanes16>.Abs(Lanes16 a) => new(Vector512.Abs(a.Value));

    [MethodImpl(Inline)] static Lanes16 ILanes<Lanes16>.CopySign(Lanes16 magnitude, Lanes16 sign) => new(Vector512.CopySign(magnitude.Value, sign.Value));

    [MethodImpl(Inline)]
    static Lanes16 ILanes<Lanes16>.SelectLess(Lanes16 a, Lanes16 b, Lanes16 yes, Lanes16 no) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a.Value, b.Value), yes.Value, no.Value));

    [MethodImpl(Inline)]
    static Lanes16 ILanes<Lanes16>.Scale(Lanes16 a, Lanes16 n)
    {
        if (Avx512F.IsSupported) return new(Avx512F.Scale(a.Value, n.Value));
        // Two factors, for 2ⁿ itself may lie outside the floats where a · 2ⁿ does not.
        var exponent = Vector512.ConvertToInt32(n.Value);
        var half = exponent >> 1;
        var bias = Vector512.Create(127);
        return new(a.Value * ((half + bias) << 23).AsSingle() * ((exponent - half + bias) << 23).AsSingle());
    }

    [MethodImpl(Inline)]
    static Lanes16 ILanes<Lanes16>.Exponent(Lanes16 a) =>
        new(Vector512.ConvertToSingle((a.Value.AsInt32() - Vector512.Create(VectorFunctions.RootHalfBits)) >> 23));
}
