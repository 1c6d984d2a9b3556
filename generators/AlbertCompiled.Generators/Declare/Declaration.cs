using AlbertCompiled.Generators.Diagnostics;

namespace AlbertCompiled.Generators.Declare;

/// <summary>What the backward pass recomputes; by the names of the runtime's enum of the same purpose.</summary>
internal enum RecomputeMode { None, Cheap, Layer }

/// <summary>The optimizer that a model declares; by the names of the runtime's enum of the same purpose.</summary>
internal enum OptimizerKind { AdamW, Lamb }

/// <summary>The precision that a model declares; by the names of the runtime's enum of the same purpose.</summary>
internal enum ComputeKind { Float32, BFloat16 }

/// <summary>One explicit argument of the architecture attribute.</summary>
/// <param name="Name">The property.</param>
/// <param name="Expression">Its value as a constant C# expression in canonical form: 128, 0.1, true, Sharing.All, "text".</param>
internal sealed record Argument(string Name, string Expression);

/// <summary>The C# text of one <c>[Definition]</c> class.</summary>
/// <param name="Type">Metadata name of the class.</param>
/// <param name="Text">Static usings, the class, and the records and enums of its file that it mentions, normalised, without comments but for the names that C# may find elsewhere.</param>
/// <param name="IsSource">True if a diagnostic can point into it: the class is part of this compilation.</param>
internal sealed record DefinitionText(string Type, string Text, bool IsSource)
{
    /// <summary>What the name of the file begins with that exports it.</summary>
    public string Hint { get; init; } = "";
}

/// <summary>A limit on the memory of training.</summary>
/// <param name="Text">The limit as written.</param>
/// <param name="Bytes">The limit.</param>
/// <param name="Tokens">Tokens of the batch that it must hold for.</param>
/// <param name="Sequences">Sequences of that batch.</param>
/// <param name="Predictions">Its predictions; 0: as many as the programs take of such a batch.</param>
internal sealed record MemoryBudget(string Text, long Bytes, int Tokens, int Sequences, int Predictions);

/// <summary>
/// A model as declared, by value: everything that the rest of the compiler reads. Two equal declarations compile to equal code,
/// so this record is the key of every later step.
/// </summary>
/// <param name="Namespace">Of the declared class; empty for the global one.</param>
/// <param name="Name">The declared class.</param>
/// <param name="Accessibility">public or internal.</param>
/// <param name="Architecture">Metadata name of the architecture attribute's class.</param>
/// <param name="Graph">Metadata name of the definition.</param>
/// <param name="Arguments">Explicit arguments of the architecture attribute, and what its task attribute says.</param>
/// <param name="Definitions">The texts to trace.</param>
internal sealed record Declaration(
    string Namespace, string Name, string Accessibility, string Architecture, string Graph,
    EquatableArray<Argument> Arguments, EquatableArray<DefinitionText> Definitions)
{
    /// <summary>What the names of the generated files begin with.</summary>
    public string Hint { get; init; } = "";

    /// <summary>Names of <see cref="RuntimeTypes"/> that stand for something else where the model is declared.</summary>
    public EquatableArray<string> Hidden { get; init; }

    /// <summary>Members of the class's own half that a generated one may clash with.</summary>
    public EquatableArray<ModelMember> Members { get; init; }

    /// <summary>Metadata name of the declared class.</summary>
    public string FullName => Namespace.Length == 0 ? Name : $"{Namespace}.{Name}";

    /// <summary>The program attributes on the class, in the order of <see cref="ProgramRule.Attributes"/>.</summary>
    public EquatableArray<string> Programs { get; init; }

    /// <summary>True if the model has a task and trains it.</summary>
    public bool TrainsTask { get; init; }

    public RecomputeMode Recompute { get; init; }

    /// <summary>Rows of logits that are kept at once; 0 if the compiler may choose.</summary>
    public int LogitRows { get; init; }

    public OptimizerKind Optimizer { get; init; }

    public ComputeKind Precision { get; init; }

    public MemoryBudget? Budget { get; init; }

    /// <summary>What is wrong already; such a declaration is not traced.</summary>
    public EquatableArray<DiagnosticInfo> Diagnostics { get; init; }

    /// <summary>The architecture attribute itself, or its argument for the first of <paramref name="properties"/> that has one.</summary>
    public Place AtAttribute(IEnumerable<string>? properties = null) =>
        new(FullName) { Attribute = Architecture, Argument = properties?.FirstOrDefault(p => Arguments.Any(a => a.Name == p)) };
}
