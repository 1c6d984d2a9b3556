namespace AlbertCompiled.Cpu;

/// <summary>
/// A vector of float lanes. Kernels are written once over it and compiled by the JIT for the machine's width;
/// <see cref="Count"/> is a constant there. A single lane is a vector too: it runs the tail of a row.
/// </summary>
/// <typeparam name="V">The vector itself.</typeparam>
public unsafe interface ISimd<V> where V : struct, ISimd<V>
{
    /// <summary>Lanes.</summary>
    static abstract int Count { get; }

    /// <summary>Loads from an address of any alignment.</summary>
    static abstract V Load(float* source);

    /// <summary>Stores to an address of any alignment.</summary>
    void Store(float* destination);

    /// <summary>The value in every lane.</summary>
    static abstract implicit operator V(float value);

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

    /// <summary>a · b + c, rounded once where the machine can.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>The larger of each pair.</summary>
    static abstract V Max(V a, V b);

    /// <summary>The smaller of each pair.</summary>
    static abstract V Min(V a, V b);

    /// <summary>The larger of each pair in one instruction, where <see cref="Max"/> takes three on x86: NaN if b is; if only a is, as the machine has it.</summary>
    static abstract V MaxNative(V a, V b);

    /// <summary>The smaller of each pair, like <see cref="MaxNative"/>.</summary>
    static abstract V MinNative(V a, V b);

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

    /// <summary>1 in the lane that is column <paramref name="index"/> when the first lane is <paramref name="column"/>, else 0.</summary>
    static abstract V OneHot(int column, int index);

    /// <summary>The dropout mask of columns <paramref name="column"/> and following: <paramref name="scale"/> where <see cref="CounterRandom.Bits"/> reaches the threshold, else 0.</summary>
    static abstract V KeepMask(uint rowKey, int column, uint threshold, float scale);

    /// <summary>The sum of the lanes, in a fixed order.</summary>
    float Sum();

    /// <summary>The largest lane.</summary>
    float Maximum();
}
