namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>A predicate operand.</summary>
readonly record struct PredicateOperand(int Index, bool Negated)
{
    /// <summary>Lanes for which it holds.</summary>
    public uint Lanes(Warp warp) => Negated ? ~warp.Predicates[Index] : warp.Predicates[Index];
}

/// <summary>An address: a register or constant, and a constant offset.</summary>
readonly record struct AddressOperand(int Slot, ulong Offset);

/// <summary>One statement being decoded: hands out its operands as numbers and keeps account of what it reads and writes.</summary>
sealed class Decoding(Decoder decoder, PtxStatement statement)
{
    public PtxStatement Statement => statement;

    public HashSet<int> Reads { get; } = [];

    public HashSet<int> Writes { get; } = [];

    public HashSet<int> PredicateReads { get; } = [];

    public HashSet<int> PredicateWrites { get; } = [];

    public int Operands => statement.Operands.Length;

    public PtxOperand this[int index] => index < statement.Operands.Length ? statement.Operands[index] : throw Error("an operand is missing");

    /// <summary>An error of this statement.</summary>
    public PtxException Error(string message) => new(statement.Line, message);

    /// <summary>Checks the number of operands.</summary>
    public void Expect(int least, int most)
    {
        if (Operands < least || Operands > most) throw Error($"{Operands} operands where {least}{(most > least ? $" to {most}" : "")} are expected");
    }

    /// <summary>The last type among the modifiers, or the n-th.</summary>
    public PtxType Type(int index = -1)
    {
        var types = statement.Opcode.Skip(1).Select(m => PtxType.TryParse(m, out var type) ? type : default).Where(t => t != default).ToList();
        if (types.Count == 0 || index >= types.Count) throw Error("a type is missing");
        return index < 0 ? types[^1] : types[index];
    }

    /// <summary>Slot of a source: a register, a constant, a special register, an address.</summary>
    public int Source(PtxOperand operand, PtxType type, bool relaxed = false)
    {
        if (operand.Kind == 'n') return decoder.Constant(Truncate(operand, type));
        if (operand.Kind != 'w') throw Error("a register or constant is expected");
        switch (statement.Scope.Find(operand.Word))
        {
            case PtxRegister register:
                if (!register.Type.Fits(type, relaxed)) throw Error($"register {register.Name} of type {register.Type} where {type} is expected");
                int slot = decoder.Slot(register);
                Reads.Add(slot);
                return slot;
            case PtxVariable variable when decoder.Parameter(variable) is null:
                return decoder.Address(variable, operand.Bits);
            case null when operand.Word == "WARP_SZ":
                return decoder.Constant(Warp.Size);
            case null when operand.Word[0] == '%':
                return decoder.Special(operand.Word);
            default:
                throw Error($"{operand.Word} is not declared");
        }
    }

    /// <summary>Slot of a target register; <c>_</c> is a place that nobody reads.</summary>
    public int Target(PtxOperand operand, PtxType type, bool relaxed = false)
    {
        if (operand.Kind == 'w' && operand.Word == "_") return decoder.Sink;
        if (operand.Kind != 'w' || statement.Scope.Find(operand.Word) is not PtxRegister register) throw Error($"{(operand.Word.Length > 0 ? operand.Word : "the target")} is no declared register");
        if (!register.Type.Fits(type, relaxed)) throw Error($"register {register.Name} of type {register.Type} where {type} is expected");
        int slot = decoder.Slot(register);
        Writes.Add(slot);
        return slot;
    }

    /// <summary>Slots of a vector of sources.</summary>
    public int[] Sources(PtxOperand operand, PtxType type, int count, bool relaxed = false) =>
        [.. Vector(operand, count).Select(p => Source(p, type, relaxed))];

    /// <summary>Slots of a vector of targets.</summary>
    public int[] Targets(PtxOperand operand, PtxType type, int count, bool relaxed = false) =>
        [.. Vector(operand, count).Select(p => Target(p, type, relaxed))];

    PtxOperand[] Vector(PtxOperand operand, int count)
    {
        var parts = operand.Kind == 'v' ? operand.Parts : count == 1 ? [operand] : throw Error($"a vector of {count} is expected");
        return parts.Length == count ? parts : throw Error($"a vector of {parts.Length} where {count} are expected");
    }

    /// <summary>A predicate that is read.</summary>
    public PredicateOperand Predicate(PtxOperand operand)
    {
        if (operand.Kind != 'w' || statement.Scope.Find(operand.Word) is not PtxRegister { Type.Kind: 'p' } register) throw Error($"{operand.Word} is no declared predicate");
        int index = decoder.Slot(register);
        PredicateReads.Add(index);
        return new(index, operand.Negated);
    }

    /// <summary>A predicate that is written; <c>_</c> is a place that nobody reads.</summary>
    public int PredicateTarget(PtxOperand operand)
    {
        if (operand.Kind == 'w' && operand.Word == "_") return decoder.PredicateSink;
        if (operand.Kind != 'w' || statement.Scope.Find(operand.Word) is not PtxRegister { Type.Kind: 'p' } register) throw Error($"{operand.Word} is no declared predicate");
        int index = decoder.Slot(register);
        PredicateWrites.Add(index);
        return index;
    }

    /// <summary>An address in brackets.</summary>
    public AddressOperand Address(PtxOperand operand)
    {
        if (operand.Kind != 'm') throw Error("an address in brackets is expected");
        if (operand.Word.Length == 0) return new(decoder.Constant(0), operand.Bits);
        switch (statement.Scope.Find(operand.Word))
        {
            case PtxRegister register:
                if (register.Type.IsFloat || register.Type.Bytes < 4) throw Error($"register {register.Name} of type {register.Type} cannot hold an address");
                int slot = decoder.Slot(register);
                Reads.Add(slot);
                return new(slot, operand.Bits);
            case PtxVariable variable:
                return new(decoder.Address(variable, operand.Bits), 0);
            default:
                throw Error($"{operand.Word} is not declared");
        }
    }

    /// <summary>The offset of a parameter in brackets.</summary>
    public (int Offset, int Bytes) Parameter(PtxOperand operand)
    {
        if (operand.Kind == 'm' && statement.Scope.Find(operand.Word) is PtxVariable variable && decoder.Parameter(variable) is { } offset)
            return (offset + (int)operand.Bits, variable.Bytes - (int)operand.Bits);
        throw Error($"{operand.Word} is no parameter");
    }

    /// <summary>The place of a label.</summary>
    public int Label(string name) => statement.Scope.Find(name) is PtxLabel { Statement: >= 0 } label ? label.Statement : throw Error($"label {name} is not declared");

    /// <summary>The places of a list of labels.</summary>
    public int[] Labels(string name) =>
        statement.Scope.Find(name) is PtxLabel { Targets: { } targets } ? [.. targets.Select(Label)] : throw Error($"{name} is no list of branch targets");

    /// <summary>A constant integer.</summary>
    public int Constant(PtxOperand operand) => operand.Kind == 'n' ? (int)operand.Bits : throw Error("a constant is expected");

    /// <summary>A constant integer's slot.</summary>
    public int ConstantSlot(ulong bits) => decoder.Constant(bits);

    /// <summary>The register or memory type of an operand, for instructions that take what comes.</summary>
    public PtxType? RegisterType(PtxOperand operand) => operand.Kind == 'w' && statement.Scope.Find(operand.Word) is PtxRegister register ? register.Type : null;

    ulong Truncate(PtxOperand operand, PtxType type)
    {
        bool single = operand.Word.StartsWith("0f", StringComparison.OrdinalIgnoreCase), real = single || operand.Word.StartsWith("0d", StringComparison.OrdinalIgnoreCase) || operand.Word.Contains('.');
        if (type.IsFloat && !real) throw Error($"constant {operand.Word} where {type} is expected");
        if (!type.IsFloat && real && type.Kind != 'b') throw Error($"constant {operand.Word} where {type} is expected");
        ulong bits = operand.Bits;
        if (real && !single && type.Bytes == 4) bits = BitConverter.SingleToUInt32Bits((float)BitConverter.UInt64BitsToDouble(bits));
        if (single && type is { IsFloat: true, Bytes: 8 }) bits = BitConverter.DoubleToUInt64Bits(BitConverter.UInt32BitsToSingle((uint)bits));
        return type.Bytes >= 8 || type.Bytes == 0 ? bits : bits & (1UL << 8 * type.Bytes) - 1;
    }
}
