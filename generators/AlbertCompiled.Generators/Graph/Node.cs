using System.Collections.Immutable;

namespace AlbertCompiled.Generators.Graph;

/// <summary>The primitives. Everything else in the language is written with them.</summary>
internal enum Op
{
    // leaves
    Parameter, Constant, RowCount, Carry, LoopResult,

    // elementwise with broadcast
    Add, Subtract, Multiply, Divide, Max, Min, GreaterOrEqual, Equal,
    Negate, Exp, Log, Sigmoid, Tanh, Erf, Sqrt, Rsqrt, Detach,

    // elementwise sources: a value per element from a vector of the batch, a counter, or a smaller value
    OneHot, Column, KeepMask, Broadcast,

    // rows of a table by an index vector
    Rows,

    // reductions
    RowSum, RowMax, ColumnSum,

    // products
    MatMul, Attention, AttentionLogSum, GroupLogSum,

    // what only the backward pass has
    AttentionGradient, ScatterAdd, AccumulateGradient,
}

/// <summary>Where a node comes from, for the reader of generated code and of diagnostics.</summary>
/// <param name="Path">Definition methods from the program inwards: Pretraining/Encode/Layer/LayerNorm.</param>
/// <param name="Statement">The statement's text in the outermost method of the definition itself (not of the library).</param>
/// <param name="Variable">The definition's local that holds the result, or null.</param>
/// <param name="Part">The library's local that holds the result, or null: LayerNorm's mean.</param>
internal sealed record Origin(string Path, string Statement, string? Variable, string? Part = null)
{
    public static readonly Origin None = new("", "", null);

    /// <summary>The library's function, called by the definition, that computes it; null if the definition itself does.</summary>
    public string? Function { get; init; }

    /// <summary>What the value is called where it arises, or null.</summary>
    public string? Name => Variable ?? Part;
}

/// <summary>A parameter read: for each iteration of its loop (one entry if it does not vary) the adjacent parameters it spans.</summary>
internal sealed record ParameterReference(ImmutableArray<ImmutableArray<int>> Choices)
{
    public bool Varies => Choices.Length > 1;

    public bool Equals(ParameterReference? other) =>
        other is not null && Choices.Length == other.Choices.Length && Choices.Zip(other.Choices, (a, b) => a.SequenceEqual(b)).All(same => same);

    public override int GetHashCode() => Choices.Aggregate(17, (h, parts) => parts.Aggregate(unchecked(h * 31), (g, p) => unchecked(g * 31 + p)));
}

/// <summary>A place of the definition that drops values out.</summary>
/// <param name="Ordinal">Numbers the places.</param>
/// <param name="InLoop">Drawn anew in every iteration; else once, also where a loop computes the mask again.</param>
internal readonly record struct Site(int Ordinal, bool InLoop);

/// <summary>One operation. Attributes that an operation does not use keep their defaults.</summary>
internal sealed record Node(int Id, Op Op, Shape Shape, ImmutableArray<int> Inputs)
{
    /// <summary>Constant: its value.</summary>
    public double Value { get; init; }

    /// <summary>Rows, OneHot, Column, GroupLogSum, ScatterAdd: the batch's vector by property name, such as Tokens.</summary>
    public string Index { get; init; } = "";

    /// <summary>RowCount: what it counts.</summary>
    public Dim Counted { get; init; }

    public bool TransposeA { get; init; }

    public bool TransposeB { get; init; }

    /// <summary>Attention and its gradient.</summary>
    public int Heads { get; init; }

    /// <summary>KeepMask, Attention: probability of dropping.</summary>
    public double Probability { get; init; }

    /// <summary>KeepMask, Attention with dropout: where it drops.</summary>
    public Site Site { get; init; }

    /// <summary>Parameter, AccumulateGradient, ScatterAdd into a parameter.</summary>
    public ParameterReference? Parameter { get; init; }

    /// <summary>True for nodes that Differentiate made.</summary>
    public bool Backward { get; init; }

    public Origin Origin { get; init; } = Origin.None;

    /// <summary>True for forward work that the backward pass does again.</summary>
    public bool Repeated { get; init; }

    /// <summary>Where the local comes from that this is the gradient of, or null: it is called after that, not after the statement whose rule made it.</summary>
    public Origin? GradientOf { get; init; }

    /// <summary>Part of the backward pass, and not forward work that it does again.</summary>
    public bool IsGradient => Backward && !Repeated;

    /// <summary>Where the name comes from that it has, as a local or as the gradient of one; null if it has none.</summary>
    public Origin? Named => IsGradient ? GradientOf : Origin.Name is null ? null : Origin;
}
