namespace AlbertCompiled.Cpu;

/// <summary>Where a product finds the panels of its right operand: packed, in the matrix itself, or in scratch that each part packs them into.</summary>
readonly unsafe struct PanelSource
{
    readonly float* packed;

    PanelSource(Matrix matrix, float* packed, bool inPlace)
    {
        (Matrix, AreInPlace) = (matrix, inPlace);
        this.packed = packed;
    }

    /// <summary>The operand, unless it is packed.</summary>
    public Matrix Matrix { get; }

    /// <summary>True if the operand is read where it lies.</summary>
    public bool AreInPlace { get; }

    /// <summary>True if each part packs the panels that it reads.</summary>
    public bool ByParts => packed == null && !AreInPlace;

    /// <summary>Panels that are packed already.</summary>
    public static PanelSource Packed(float* packed) => new(default, packed, false);

    /// <summary>Panels that lie in a matrix.</summary>
    public static PanelSource InPlace(Matrix b) => new(b, null, true);

    /// <summary>Panels that the parts pack.</summary>
    public static PanelSource OfParts(Matrix b) => new(b, null, false);

    /// <summary>True if reading the operand, [words, columns], in place is as fast as reading it packed: whole vectors on cache lines, rows that the cache can hold together.</summary>
    public static bool CanStay(Matrix b, int columns, int words, int lanes) =>
        !b.Transposed && columns >= 2 * lanes && columns % lanes == 0 && b.Stride % Simd.LineFloats == 0 && (nint)b.Data % (Simd.LineFloats * sizeof(float)) == 0 && CacheSets.Hold(b.Stride, words);

    /// <summary>A panel from the first word of an inner block on.</summary>
    public float* At(in ProductPlan plan, int panel, int inner) => AreInPlace
        ? Matrix.From(plan.FirstInner(inner), plan.Panels.First(panel)).Data
        : packed + (long)plan.Panels.First(panel) * plan.Words + plan.FirstInner(inner) * plan.Panels.Width(panel);

    /// <summary>Floats from one word of a panel to the next.</summary>
    public long Stride(in ProductPlan plan, int panel) => AreInPlace ? Matrix.Stride : plan.Panels.Width(panel);
}
