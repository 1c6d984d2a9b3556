namespace AlbertCompiled.Cpu;

/// <summary>What <see cref="VectorFunctions"/> needs beyond arithmetic: the parts of a float and a choice by comparison.</summary>
interface ILanes<V> : ISimd<V> where V : struct, ILanes<V>
{
    /// <summary>The nearest integer, ties to even.</summary>
    static abstract V Round(V a);

    /// <summary>|a|.</summary>
    static abstract V Abs(V a);

    /// <summary>|magnitude| with the sign of <paramref name="sign"/>.</summary>
    static abstract V CopySign(V magnitude, V sign);

    /// <summary>a &lt; b ? yes : no.</summary>
    static abstract V SelectLess(V a, V b, V yes, V no);

    /// <summary>a · 2ⁿ, rounded once, for integral n in [−252, 252].</summary>
    static abstract V Scale(V a, V n);

    /// <summary>For normal positive a: the n that brings a · 2⁻ⁿ into [√½, √2), as a float.</summary>
    static abstract V Exponent(V a);
}
