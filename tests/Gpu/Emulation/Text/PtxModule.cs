namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>A parsed PTX text.</summary>
sealed class PtxModule
{
    /// <summary>The language's version, such as 8.8.</summary>
    public string Version { get; set; } = "";

    /// <summary>The target, such as sm_80 or sm_90a.</summary>
    public string Target { get; set; } = "";

    /// <summary>Variables of the module, <c>.extern .shared</c> among them.</summary>
    public List<PtxVariable> Variables { get; } = [];

    /// <summary>Functions that are declared and not defined: a driver could not link them.</summary>
    public List<string> Externals { get; } = [];

    public List<PtxEntry> Entries { get; } = [];

    /// <summary>Parses a text.</summary>
    /// <exception cref="PtxException">An assembler would refuse it.</exception>
    public static PtxModule Parse(string text) => new PtxParser(PtxToken.Read(text)).Module();

    /// <summary>The entry of a name, or the only one.</summary>
    public PtxEntry Entry(string? name = null) => name is null ? Entries.Single() : Entries.Single(e => e.Name == name);
}

/// <summary>A variable in memory.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Space">shared, global, const, local.</param>
/// <param name="Align">Alignment in bytes.</param>
/// <param name="Bytes">Size; 0 for an array without one, as dynamic shared memory has.</param>
/// <param name="IsExternal">Declared <c>.extern</c>.</param>
/// <param name="Content">Initial bytes, if any.</param>
sealed record PtxVariable(string Name, string Space, int Align, int Bytes, bool IsExternal, byte[]? Content);

/// <summary>A kernel.</summary>
sealed class PtxEntry(string name, PtxScope body)
{
    public string Name => name;

    /// <summary>Parameters with their offsets in the parameter block.</summary>
    public List<(PtxVariable Variable, int Offset)> Parameters { get; } = [];

    /// <summary>Bytes of all parameters.</summary>
    public int ParameterBytes { get; set; }

    /// <summary>Values of directives such as <c>.maxntid</c>.</summary>
    public Dictionary<string, int[]> Directives { get; } = [];

    /// <summary>The outermost scope.</summary>
    public PtxScope Body => body;

    public List<PtxStatement> Statements { get; } = [];

    /// <summary>Shared and local variables of the body.</summary>
    public List<PtxVariable> Variables { get; } = [];
}

/// <summary>Names between two braces: registers, variables, labels.</summary>
sealed class PtxScope(PtxScope? outer)
{
    readonly Dictionary<string, object> names = [];

    public PtxScope? Outer => outer;

    public void Declare(string name, object what, int line)
    {
        if (!names.TryAdd(name, what)) throw new PtxException(line, $"{name} is declared twice");
    }

    /// <summary>What a name means here: a <see cref="PtxRegister"/>, a <see cref="PtxVariable"/>, a <see cref="PtxLabel"/> or nothing.</summary>
    public object? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
            if (scope.names.TryGetValue(name, out var found)) return found;
        return null;
    }
}

/// <summary>A register: its number among those of the entry.</summary>
sealed record PtxRegister(string Name, PtxType Type, int Number);

/// <summary>A label: the statement that follows it, or a list of labels for an indexed branch.</summary>
sealed class PtxLabel(string name)
{
    public string Name => name;

    public int Statement { get; set; } = -1;

    public List<string>? Targets { get; set; }
}

/// <summary>An instruction of the text.</summary>
/// <param name="Guard">Predicate that must hold, or null.</param>
/// <param name="Negated">The predicate must not hold.</param>
/// <param name="Opcode">Name and modifiers, split at the points.</param>
/// <param name="Operands">Operands in order.</param>
/// <param name="Scope">Where its names are looked up.</param>
/// <param name="Line">Line in the text.</param>
/// <param name="Text">The instruction as written.</param>
sealed record PtxStatement(string? Guard, bool Negated, string[] Opcode, PtxOperand[] Operands, PtxScope Scope, int Line, string Text)
{
    public string Name => Opcode[0];

    public bool Has(string modifier) => Array.IndexOf(Opcode, modifier, 1) >= 0;
}

/// <summary>An operand.</summary>
/// <param name="Kind">'w' word, 'n' number, 'm' memory in brackets, 'v' vector in braces, '|' a pair, '(' a list.</param>
/// <param name="Word">Name, or base of an address.</param>
/// <param name="Bits">Number, or offset of an address.</param>
/// <param name="Negated">A predicate with an exclamation mark.</param>
/// <param name="Parts">Elements of a vector, pair or list; coordinates and the rest of a bracket with several parts.</param>
sealed record PtxOperand(char Kind, string Word = "", ulong Bits = 0, bool Negated = false, PtxOperand[]? Parts = null)
{
    public PtxOperand[] Parts { get; init; } = Parts ?? [];
}
