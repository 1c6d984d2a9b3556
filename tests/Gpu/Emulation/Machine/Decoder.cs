namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>
/// Turns the statements of an entry into instructions: names become numbers, constants become registers that are filled once. It refuses what an assembler
/// would refuse: undeclared names, operands of the wrong type, wrong counts of operands.
/// </summary>
sealed class Decoder(PtxModule module, PtxEntry entry)
{
    readonly Dictionary<PtxRegister, int> slots = [];
    readonly Dictionary<ulong, int> constants = [];
    readonly Dictionary<string, int> specials = [];
    readonly Dictionary<uint, int> dynamicAddresses = [];
    readonly Dictionary<string, uint> shared = [];
    int? sink, predicateSink;

    public List<string> RegisterNames { get; } = [];

    public List<string> PredicateNames { get; } = [];

    /// <summary>Registers, then constants and special registers.</summary>
    public int Slots { get; private set; }

    public int StaticShared { get; private set; }

    /// <summary>Alignment that the text asks for dynamic shared memory.</summary>
    public int DynamicAlign { get; private set; } = 4;

    public IEnumerable<(int Slot, ulong Bits)> Constants => constants.Select(c => (c.Value, c.Key));

    public IEnumerable<(int Slot, string Name)> Specials => specials.Select(c => (c.Value, c.Key));

    public IEnumerable<(int Slot, uint Offset)> DynamicAddresses => dynamicAddresses.Select(c => (c.Value, c.Key));

    /// <summary>Decodes the entry.</summary>
    public Instruction[] Decode()
    {
        // Registers first, in the order in which the statements name them, so that constants can follow.
        foreach (var statement in entry.Statements)
        {
            if (statement.Guard is not null) Register(statement.Scope.Find(statement.Guard));
            foreach (var operand in statement.Operands) Register(statement, operand);
        }

        Slots = RegisterNames.Count;
        LayOutShared();
        return [.. entry.Statements.Select(Decode)];
    }

    void Register(PtxStatement statement, PtxOperand operand)
    {
        if (operand.Word.Length > 0) Register(statement.Scope.Find(operand.Word));
        foreach (var part in operand.Parts) Register(statement, part);
    }

    void Register(object? found)
    {
        if (found is not PtxRegister register || slots.ContainsKey(register)) return;
        var names = register.Type.Kind == 'p' ? PredicateNames : RegisterNames;
        slots[register] = names.Count;
        names.Add(register.Name);
    }

    void LayOutShared()
    {
        foreach (var variable in entry.Variables.Concat(module.Variables).Where(v => v.Space == "shared"))
        {
            if (variable.IsExternal)
            {
                DynamicAlign = Math.Max(DynamicAlign, variable.Align);
                continue;
            }

            StaticShared = (StaticShared + variable.Align - 1) / variable.Align * variable.Align;
            shared[variable.Name] = SharedMemory.Base + (uint)StaticShared;
            StaticShared += variable.Bytes;
        }
    }

    Instruction Decode(PtxStatement statement)
    {
        var decoding = new Decoding(this, statement);
        if (!InstructionSet.Rules.TryGetValue(statement.Name, out var rule)) throw new PtxException(statement.Line, $"instruction {statement.Name} is not known: {statement.Text}");
        Instruction instruction;
        try
        {
            instruction = rule(decoding);
        }
        catch (PtxException e) when (!e.Message.Contains(statement.Text, StringComparison.Ordinal))
        {
            throw new PtxException(statement.Line, $"{e.Message[(e.Message.IndexOf(':') + 2)..]}: {statement.Text}");
        }

        instruction.Statement = statement;
        if (statement.Guard is not null) instruction.Guard = decoding.Predicate(new('w', statement.Guard)).Index;
        instruction.Reads = [.. decoding.Reads.Distinct()];
        instruction.Writes = [.. decoding.Writes.Distinct()];
        instruction.PredicateReads = [.. decoding.PredicateReads.Distinct()];
        instruction.PredicateWrites = [.. decoding.PredicateWrites.Distinct()];
        return instruction;
    }

    /// <summary>Number of a register among those of its kind.</summary>
    public int Slot(PtxRegister register) => slots[register];

    /// <summary>The slot that holds a constant.</summary>
    public int Constant(ulong bits) => constants.TryGetValue(bits, out int slot) ? slot : constants[bits] = Slots++;

    /// <summary>Takes what an instruction produces and the text drops.</summary>
    public int Sink => sink ??= Slots++;

    /// <inheritdoc cref="Sink"/>
    public int PredicateSink
    {
        get
        {
            if (predicateSink is null)
            {
                predicateSink = PredicateNames.Count;
                PredicateNames.Add("_");
            }

            return predicateSink.Value;
        }
    }

    /// <summary>The slot that holds a special register.</summary>
    public int Special(string name) => specials.TryGetValue(name, out int slot) ? slot : specials[name] = Slots++;

    /// <summary>The slot that holds a variable's address.</summary>
    public int Address(PtxVariable variable, ulong offset)
    {
        if (shared.TryGetValue(variable.Name, out uint at)) return Constant(at + offset);
        if (variable is not { Space: "shared", IsExternal: true }) throw new PtxException(0, $"{variable.Space} variable {variable.Name} has no address here");
        return dynamicAddresses.TryGetValue((uint)offset, out int slot) ? slot : dynamicAddresses[(uint)offset] = Slots++;
    }

    /// <summary>A parameter's offset in the parameter block.</summary>
    public int? Parameter(PtxVariable variable) => entry.Parameters.Where(p => p.Variable == variable).Select(p => (int?)p.Offset).FirstOrDefault();
}
