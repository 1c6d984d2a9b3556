using System.Collections.Immutable;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

/// <summary>What an expression of a definition evaluates to while it is traced.</summary>
internal abstract class Value
{
    /// <summary>For messages: what kind of value this is.</summary>
    public abstract string Kind { get; }
}

/// <summary>A member of an enum. Its number is what is compared, its name what is written.</summary>
internal sealed record EnumMember(DefinitionEnum Enum, string Name, long Number)
{
    public string Type => Enum.Name;

    /// <summary>True if another member has the same number, so that C# may write either name.</summary>
    public bool HasTwin { get; init; }

    public override string ToString() => long.TryParse(Name, out _) ? $"({Type}){Name}" : $"{Type}.{Name}";
}

/// <summary>An int, double, bool, string or <see cref="EnumMember"/>.</summary>
/// <param name="item">The value.</param>
/// <param name="sources">Attribute properties it was computed from, so that a diagnostic can point at the argument that caused it.</param>
internal sealed class Constant(object item, ImmutableArray<string> sources) : Value
{
    public Constant(object item) : this(item, []) { }

    public object Item { get; } = item;

    public ImmutableArray<string> Sources { get; } = sources;

    public string Text => Item is EnumMember ? Item.ToString() : ConstantText.Of(Item);

    public override string Kind => Item switch
    {
        int => "an int",
        double => "a double",
        bool => "a bool",
        string => "a string",
        EnumMember e => $"a constant of {e.Type}",
        _ => Item.GetType().Name,
    };
}

/// <summary>A constant for each iteration of the surrounding Repeat. At least two of them differ.</summary>
internal sealed class Varying(ImmutableArray<Constant> items) : Value
{
    public ImmutableArray<Constant> Items { get; } = items;

    public override string Kind => "a value that depends on the iteration";
}

/// <summary>Null, of a type where a declaration says it: which overload is meant depends on that.</summary>
internal sealed class Null(TypeSyntax? type) : Value
{
    public static readonly Null Instance = new(null);

    public TypeSyntax? Type { get; } = type;

    public override string Kind => "null";
}

/// <summary>A node of the graph.</summary>
internal sealed class TensorValue(int node) : Value
{
    public int Node { get; } = node;

    public override string Kind => "a tensor";
}

/// <summary>Declared weights: one parameter, adjacent ones, or a choice per iteration. Becomes a node where an operation reads it.</summary>
internal sealed class WeightValue(ParameterReference reference) : Value
{
    public ParameterReference Reference { get; } = reference;

    public override string Kind => "a weight";
}

internal sealed class BatchValue : Value
{
    public static readonly BatchValue Instance = new();

    public override string Kind => "the batch";
}

/// <summary>An index vector of the batch.</summary>
internal sealed class IndicesValue(string name, Dim dimension) : Value
{
    public string Name { get; } = name;

    public Dim Dimension { get; } = dimension;

    public override string Kind => "an index vector";
}

/// <summary>A vector of numbers of the batch.</summary>
internal sealed class NumbersValue(string name, Dim dimension) : Value
{
    public string Name { get; } = name;

    public Dim Dimension { get; } = dimension;

    public override string Kind => "a vector of numbers";
}

/// <summary>An array, shared by reference as in C#.</summary>
/// <param name="items">Its elements.</param>
/// <param name="element">Their type; null until a declaration says it, or if it decides nothing.</param>
internal sealed class ArrayValue(Value[] items, TypeSyntax? element = null) : Value
{
    public Value[] Items { get; } = items;

    public TypeSyntax? Element { get; set; } = element;

    /// <summary>True if a field holds it, and so every run of the definition.</summary>
    public bool IsKept { get; set; }

    /// <summary>The same elements as a variable of another array's type sees them.</summary>
    public ArrayValue As(TypeSyntax element)
    {
        Element ??= element;
        return Element == element ? this : new(Items, element) { IsKept = IsKept };
    }

    public override string Kind => "an array";
}

internal sealed class TupleValue(ImmutableArray<(string? Name, Value Value)> items) : Value
{
    public ImmutableArray<(string? Name, Value Value)> Items { get; } = items;

    public override string Kind => "a tuple";
}

/// <summary>A record, the configuration, or the definition's instance, as an expression of its own type or of a base's sees it.</summary>
internal sealed class ObjectValue : Value
{
    public ObjectValue(DefinitionType type) => (Type, Declared) = (type, type);

    ObjectValue(ObjectValue same, DefinitionType declared) => (Type, Declared, Members, Parameters) = (same.Type, declared, same.Members, same.Parameters);

    /// <summary>What it was made as: its overrides are run.</summary>
    public DefinitionType Type { get; }

    /// <summary>What the expression is declared as: its members, overloads and defaults are meant.</summary>
    public DefinitionType Declared { get; }

    /// <summary>Fields and initialised properties by the type that declares them.</summary>
    public Dictionary<(DefinitionType, string), Value> Members { get; } = [];

    /// <summary>The primary constructor's parameters of the class and its bases.</summary>
    public Dictionary<DefinitionType, Scope> Parameters { get; } = [];

    /// <summary>The same object as an expression of another of its types sees it.</summary>
    public ObjectValue As(DefinitionType declared) => declared == Declared || !Type.Chain.Contains(declared) ? this : new(this, declared);

    /// <summary>An object of the same types whose members are still to be said.</summary>
    public ObjectValue Blank() => new ObjectValue(Type).As(Declared);

    public override string Kind => $"a {Declared.Name}";
}

/// <summary>A lambda with the frame that it closes over.</summary>
internal sealed class LambdaValue(LambdaExpressionSyntax syntax, ImmutableArray<ParameterSyntax> parameters, Frame frame) : Value
{
    public LambdaExpressionSyntax Syntax { get; } = syntax;

    public ImmutableArray<ParameterSyntax> Parameters { get; } = parameters;

    public Frame Frame { get; } = frame;

    public override string Kind => "a lambda";
}

/// <summary>A <c>new(...)</c> argument that waits for the type of its parameter.</summary>
internal sealed class DeferredNew(ImplicitObjectCreationExpressionSyntax syntax, Frame frame) : Value
{
    public ImplicitObjectCreationExpressionSyntax Syntax { get; } = syntax;

    public Frame Frame { get; } = frame;

    public override string Kind => "new(...)";
}

/// <summary>How a weight starts.</summary>
internal sealed class InitialValue(string distribution, double scale) : Value
{
    public string Distribution { get; } = distribution;

    public double Scale { get; } = scale;

    public override string Kind => "an initialiser";
}

/// <summary>What a program returns.</summary>
internal sealed class OutputsValue(ImmutableArray<(string Name, int Node)> items, SyntaxNode syntax) : Value
{
    public ImmutableArray<(string Name, int Node)> Items { get; } = items;

    public SyntaxNode Syntax { get; } = syntax;

    public override string Kind => "outputs";
}

/// <summary>A name that stands for a type: of a definition, an enum, or one the language knows.</summary>
internal sealed class TypeValue(string name) : Value
{
    public string Name { get; } = name;

    public DefinitionType? Definition { get; init; }

    public DefinitionEnum? Enum { get; init; }

    public override string Kind => $"the type {Name}";
}
