using System.Runtime.CompilerServices;

namespace AlbertCompiled.Cpu;

/// <summary>
/// The elementary functions, written once for every vector width: an element has the same bits in any lane of any width.
/// Polynomials are minimax fits (Remez exchange) in the variable and weight that the comment beside them names; the error
/// bounds in units in the last place are held by tests.
/// </summary>
/// <remarks>The constraint names ISimd beside ILanes because C# finds a conversion (float → V) only in a constraint named directly.</remarks>
static class VectorFunctions
{
    /// <summary>The bits of √½: the lower end of the interval that <see cref="Log"/> reduces to.</summary>
    public const int RootHalfBits = 0x3F3504F3;

    const float Log2E = 1.44269504f;

    // ln 2 in two parts: the first has 15 significant bits, so that its product with an exponent is exact.
    const float Ln2High = 0.693145752f, Ln2Low = 1.42860677e-6f;

    /// <summary>eᵃ: at most 0.9 ulp (1.1 without fused multiply-add); ∞ above 88.73, gradual underflow to 0 below −87.33.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V>(V a) where V : struct, ILanes<V>, ISimd<V>
    {
        a = V.MinNative(89f, V.MaxNative(-104f, a));
        var n = V.Round(a * Log2E);
        var r = Reduce(a, n);
        return V.Scale(V.MultiplyAdd(r, V.MultiplyAdd(r, ExpTail(r), 1f), 1f), n);
    }

    /// <summary>ln a: at most 0.9 ulp; −∞ at 0, NaN below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<V>(V a) where V : struct, ILanes<V>, ISimd<V>
    {
        const float smallest = 1.17549435e-38f, twoTo23 = 8388608f;
        var normal = V.SelectLess(a, smallest, a * twoTo23, a);
        var n = V.Exponent(normal);
        // ln(1 + f) = 2 atanh(s), s = f / (2 + f), arranged so that the leading f − f²/2 is not rounded away (the form of fdlibm's log).
        var f = V.Scale(normal, -n) - 1f;
        var s = f / (f + 2f);
        var z = s * s;
        var half = f * f * 0.5f;
        n -= V.SelectLess(a, smallest, 23f, 0f);
        var tail = V.MultiplyAdd(n, Ln2Low, s * V.MultiplyAdd(z, AtanhTail(z), half));
        var log = V.MultiplyAdd(n, Ln2High, f - (half - tail));
        log = V.SelectLess(a, float.PositiveInfinity, log, a);
        return V.SelectLess(a, smallest, V.SelectLess(0f, a, log, V.SelectLess(a, 0f, float.NaN, float.NegativeInfinity)), log);
    }

    /// <summary>1/(1 + e⁻ᵃ): at most 2.1 ulp; 0 below −88.73.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V>(V a) where V : struct, ILanes<V>, ISimd<V> => 1f / (Exp(-a) + 1f);

    /// <summary>tanh a: at most 2.6 ulp, also near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<V>(V a) where V : struct, ILanes<V>, ISimd<V>
    {
        // tanh(y/2) = (eʸ − 1) / (eʸ + 1); from y = 20 on the float nearest to it is 1.
        var y = V.MinNative(20f, V.Abs(a) * 2f);
        var n = V.Round(y * Log2E);
        var r = Reduce(y, n);
        var power = V.Scale(1f, n);
        var e = V.MultiplyAdd(power, V.MultiplyAdd(r * r, ExpTail(r), r), power - 1f);
        return V.CopySign(e / (e + 2f), a);
    }

    /// <summary>The error function: at most 1.1 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf<V>(V a) where V : struct, ILanes<V>, ISimd<V>
    {
        // From 4 on the float nearest to erf is 1.
        var t = V.MinNative(4f, V.Abs(a));
        var far = 1f - Exp(LogErfc(t));
        var near = V.MultiplyAdd(t, ErfTail(t * t), t);
        return V.CopySign(V.SelectLess(t, 1f, near, far), a);
    }

    /// <summary>a − n ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Reduce<V>(V a, V n) where V : struct, ILanes<V>, ISimd<V> => V.MultiplyAdd(n, -Ln2Low, V.MultiplyAdd(n, -Ln2High, a));

    /// <summary>(eʳ − 1 − r) / r² for |r| ≤ ½ ln 2, weighted by r².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V ExpTail<V>(V r) where V : struct, ILanes<V>, ISimd<V>
    {
        V p = 0.0013951570631f;
        p = V.MultiplyAdd(p, r, 0.0083695306887f);
        p = V.MultiplyAdd(p, r, 0.041666190301f);
        p = V.MultiplyAdd(p, r, 0.16666513633f);
        return V.MultiplyAdd(p, r, 0.50000000995f);
    }

    /// <summary>(2 atanh(√z) / √z − 2) / z for z up to that of √2, weighted by z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V AtanhTail<V>(V z) where V : struct, ILanes<V>, ISimd<V>
    {
        V p = 0.23596027901f;
        p = V.MultiplyAdd(p, z, 0.28536621574f);
        p = V.MultiplyAdd(p, z, 0.40000345216f);
        return V.MultiplyAdd(p, z, 0.66666665605f);
    }

    /// <summary>erf(√z) / √z − 1 for z up to 1, relative to erf.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V ErfTail<V>(V z) where V : struct, ILanes<V>, ISimd<V>
    {
        V p = 7.8538620898e-5f;
        p = V.MultiplyAdd(p, z, -0.00080101937267f);
        p = V.MultiplyAdd(p, z, 0.0051883276791f);
        p = V.MultiplyAdd(p, z, -0.026853811919f);
        p = V.MultiplyAdd(p, z, 0.11283585148f);
        p = V.MultiplyAdd(p, z, -0.37612625824f);
        return V.MultiplyAdd(p, z, 0.12837916573f);
    }

    /// <summary>ln erfc(t) for t from 0.95 to 4, weighted by erfc / erf.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V LogErfc<V>(V t) where V : struct, ILanes<V>, ISimd<V>
    {
        V p = 0.00019242047424f;
        p = V.MultiplyAdd(p, t, -0.0030084833204f);
        p = V.MultiplyAdd(p, t, 0.022087429719f);
        p = V.MultiplyAdd(p, t, -0.1036398904f);
        p = V.MultiplyAdd(p, t, -0.63751749899f);
        p = V.MultiplyAdd(p, t, -1.1274746978f);
        return V.MultiplyAdd(p, t, -0.00024478257303f);
    }
}
