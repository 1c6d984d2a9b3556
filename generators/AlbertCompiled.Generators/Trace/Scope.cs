using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

/// <summary>A local variable or parameter.</summary>
/// <param name="type">Its type; null for one that no conversion leads to.</param>
/// <param name="value">Its current value.</param>
internal sealed class Variable(TypeSyntax? type, Value value)
{
    public TypeSyntax? Type { get; } = type;

    public Value Value { get; set; } = value;
}

/// <summary>The variables of a block; lookups go outwards.</summary>
/// <param name="outer">The surrounding block.</param>
/// <param name="isRepeat">True for the body of a Repeat, which runs once for all iterations and so cannot assign what lies outside.</param>
internal sealed class Scope(Scope? outer, bool isRepeat = false)
{
    readonly Dictionary<string, Variable> variables = [];

    /// <param name="name">The variable.</param>
    /// <param name="type">Its declared type; null for var, which is of its first value's.</param>
    /// <param name="value">Its first value, of that type.</param>
    public void Declare(string name, TypeSyntax? type, Value value) => variables[name] = new(type ?? Types.Of(value), value);

    public Variable? Find(string name) => Find(name, out _);

    /// <param name="name">The variable.</param>
    /// <param name="outside">True if it lies outside the body of a Repeat that this block is in.</param>
    public Variable? Find(string name, out bool outside)
    {
        outside = false;
        for (var scope = this; scope is not null; scope = scope.outer)
        {
            if (scope.variables.TryGetValue(name, out var variable)) return variable;
            outside |= scope.isRepeat;
        }

        return null;
    }

    readonly Scope? outer = outer;
    readonly bool isRepeat = isRepeat;
}

/// <summary>A method, initialiser or lambda being traced.</summary>
/// <param name="Owner">The type whose text it stands in.</param>
/// <param name="This">The instance, or null.</param>
/// <param name="Scope">Its variables.</param>
internal sealed record Frame(DefinitionType Owner, ObjectValue? This, Scope Scope)
{
    /// <summary>Methods from the program inwards: Pretraining/Encode/Layer.</summary>
    public string Path { get; init; } = "";

    /// <summary>The library's function that the definition called, or null in the definition itself.</summary>
    public string? Function { get; init; }

    /// <summary>The declared return type.</summary>
    public TypeSyntax? Returns { get; init; }

    /// <summary>The call that it runs for, and that call's frame; null for a program.</summary>
    public (SyntaxNode Node, Frame Frame)? Caller { get; init; }

    public Frame Inner() => this with { Scope = new(Scope) };
}
