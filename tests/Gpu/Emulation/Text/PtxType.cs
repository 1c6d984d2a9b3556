namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>A fundamental type: kind 'b' bits, 'u', 's', 'f', 'p' predicate; bytes in memory.</summary>
readonly record struct PtxType(char Kind, int Bytes)
{
    public static readonly PtxType Predicate = new('p', 0), B16 = new('b', 2), B32 = new('b', 4), U32 = new('u', 4), S32 = new('s', 4), F32 = new('f', 4), B64 = new('b', 8), U64 = new('u', 8);

    static readonly Dictionary<string, PtxType> Names = new()
    {
        ["pred"] = Predicate,
        ["b8"] = new('b', 1),
        ["b16"] = B16,
        ["b32"] = B32,
        ["b64"] = B64,
        ["b128"] = new('b', 16),
        ["u8"] = new('u', 1),
        ["u16"] = new('u', 2),
        ["u32"] = U32,
        ["u64"] = U64,
        ["s8"] = new('s', 1),
        ["s16"] = new('s', 2),
        ["s32"] = S32,
        ["s64"] = new('s', 8),
        ["f16"] = new('f', 2),
        ["f32"] = F32,
        ["f64"] = new('f', 8),
        ["f16x2"] = B32,
        ["bf16x2"] = B32,
        ["bf16"] = B16,
    };

    public bool IsFloat => Kind == 'f';

    public bool IsSigned => Kind == 's';

    /// <summary>The type a modifier names, without its point.</summary>
    public static bool TryParse(string name, out PtxType type) => Names.TryGetValue(name, out type);

    /// <summary>
    /// Whether a register of this type may stand where an instruction of type <paramref name="wanted"/> has an operand: same size, and bits go with everything,
    /// signed with unsigned. Loads, stores and conversions also take wider registers (PTX ISA, "Operand size exceeding instruction-type size").
    /// </summary>
    public bool Fits(PtxType wanted, bool relaxed)
    {
        if ((Kind == 'p') != (wanted.Kind == 'p')) return false;
        if (Bytes != wanted.Bytes && !(relaxed && Bytes > wanted.Bytes)) return false;
        return Kind == 'b' || wanted.Kind == 'b' || IsFloat == wanted.IsFloat;
    }

    public override string ToString() => Kind == 'p' ? "pred" : $"{Kind}{8 * Bytes}";
}
