using System.Collections.Immutable;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

// What a name stands for.
internal sealed partial class Interpreter
{
    /// <summary>The batch's index vectors and the dimension that each runs over.</summary>
    static readonly ImmutableDictionary<string, Dim> IndexVectors = new Dictionary<string, Dim>
    {
        ["Tokens"] = Dim.Tokens,
        ["Segments"] = Dim.Tokens,
        ["Positions"] = Dim.Tokens,
        ["SequenceOf"] = Dim.Tokens,
        ["First"] = Dim.Sequences,
        ["Order"] = Dim.Sequences,
        ["QuestionOf"] = Dim.Sequences,
        ["Predicted"] = Dim.Predictions,
        ["Labels"] = Dim.Predictions,
    }.ToImmutableDictionary();

    /// <summary>Members of the language's own types, and constants.</summary>
    static readonly ImmutableDictionary<string, Value> WellKnown = new Dictionary<string, Value>
    {
        ["Math.PI"] = new Constant(Math.PI),
        ["Math.E"] = new Constant(Math.E),
        ["int.MaxValue"] = new Constant(int.MaxValue),
        ["int.MinValue"] = new Constant(int.MinValue),
        ["double.NaN"] = new Constant(double.NaN),
        ["double.PositiveInfinity"] = new Constant(double.PositiveInfinity),
        ["double.NegativeInfinity"] = new Constant(double.NegativeInfinity),
        ["Initial.Zero"] = new InitialValue("Zero", 0),
        ["Initial.One"] = new InitialValue("One", 0),
    }.ToImmutableDictionary();

    static readonly ImmutableHashSet<string> LanguageTypes = ["Math", "Initial", "Primitives", "double", "int"];

    Value Name(SimpleNameSyntax syntax, Frame frame)
    {
        string name = syntax.Identifier.ValueText;
        if ((Value(syntax, frame) ?? Type(syntax, frame)) is { } value) return value;
        if (Own(name, frame).Concat(Imported(name, syntax, frame)).Any(group => group.Any())) throw Unsupported(syntax, frame, $"'{name}' is a method, and a method is called: as an argument write a lambda that does");
        bool owns = syntax.Parent is MemberAccessExpressionSyntax access && access.Expression == syntax;
        throw Fail(Descriptors.UnknownName, syntax, frame, $"'{name}' is not a variable, member, record or enum of the definition, nor a name of the language{(owns ? $"; if it is a static class marked [Definition], import it by its full name: using static …{name}" : "")}");
    }

    /// <summary>A local, parameter, field or property by its simple name; null if there is none.</summary>
    Value? Value(SimpleNameSyntax syntax, Frame frame)
    {
        string name = syntax.Identifier.ValueText;
        if (frame.Scope.Find(name) is { } variable) return variable.Value;
        for (var outer = frame.Owner; outer is not null; outer = outer.Outer)
        {
            var self = outer == frame.Owner ? frame.This : null;
            if (Member(self, outer, name, syntax, frame) is { } value) return value;
            if (Captured(self, outer, name) is { } parameter) return parameter.Value;
        }

        RefuseElsewhere(name, syntax, frame);
        return Importing(name, syntax, frame) is { } type ? Member(null, type, name, syntax, frame) : null;
    }

    /// <summary>Refuses a name that nothing in the text has, but a class around it or an import that is no definition: an import must not pass for that.</summary>
    void RefuseElsewhere(string name, SyntaxNode at, Frame frame)
    {
        var file = frame.Owner.File;
        if (!file.Elsewhere.TryGetValue(name, out string owner)) return;
        bool IsImported(DefinitionType type) => type.File.RootFullName == owner
            && (type.Modifiers(name) is { } modifiers && IsOpen(type, modifiers, frame) || Declared(name, type, null).Any(m => IsOpen(type, m.Syntax.Modifiers, frame)));
        if (file.Imports.Any(IsImported)) return;
        throw Fail(Descriptors.UnknownName, at, frame, $"'{name}' may mean '{owner}.{name}', whose text the definition does not have: let it be public in a static class marked [Definition] and import that by 'using static', or write which class's is meant");
    }

    /// <summary>A primary constructor's parameter inside the class; a member of the same name comes first.</summary>
    static Variable? Captured(ObjectValue? self, DefinitionType type, string name) => self is not null && self.Parameters.TryGetValue(type, out var parameters) ? parameters.Find(name) : null;

    /// <summary>The static class whose field or property a simple name means; null if it means none.</summary>
    DefinitionType? Importing(string name, SyntaxNode at, Frame frame)
    {
        var file = frame.Owner.File;
        foreach (var group in new[] { file.Imports, definitions.NotImported(file) })
        {
            var meant = group.Where(t => t.Modifiers(name) is { } modifiers && IsOpen(t, modifiers, frame)).ToList();
            if (meant.Count > 1) throw Ambiguous(name, meant, at, frame);
            if (meant.Count == 1) return meant[0];
        }

        return null;
    }

    /// <summary>Whether an imported member can be seen.</summary>
    static bool IsOpen(DefinitionType owner, SyntaxTokenList modifiers, Frame frame) => modifiers.Any(SyntaxKind.PublicKeyword)
        || modifiers.Any(SyntaxKind.InternalKeyword) && owner.File.Text.IsSource == frame.Owner.File.Text.IsSource;

    TraceException Ambiguous(string name, IEnumerable<DefinitionType> owners, SyntaxNode at, Frame frame) =>
        Fail(Descriptors.UnknownName, at, frame, $"'{name}' may mean a member of {string.Join(" or of ", owners.Select(o => o.File.RootFullName))}: write which");

    /// <summary>Whether a simple name stands for a value.</summary>
    bool IsValue(SimpleNameSyntax syntax, Frame frame)
    {
        string name = syntax.Identifier.ValueText;
        if (frame.Scope.Find(name) is not null) return true;
        for (var outer = frame.Owner; outer is not null; outer = outer.Outer)
        {
            if (outer.Chain.Any(t => t.Declares(name)) || Captured(outer == frame.Owner ? frame.This : null, outer, name) is not null) return true;
        }

        return Importing(name, syntax, frame) is not null;
    }

    /// <summary>A stored or computed member of a type or its bases; null if there is none.</summary>
    /// <param name="self">The instance, or null.</param>
    /// <param name="type">Where to begin.</param>
    /// <param name="name">Of the member.</param>
    /// <param name="at">The syntax that reads it.</param>
    /// <param name="frame">Where that stands.</param>
    /// <param name="dispatches">True if an override in the instance's own type counts.</param>
    Value? Member(ObjectValue? self, DefinitionType type, string name, SyntaxNode at, Frame frame, bool dispatches = true)
    {
        foreach (var owner in type.Chain)
        {
            if (owner.Modifiers(name) is { } modifiers && !owner.Shows(modifiers, frame.Owner)) continue;
            var home = self is not null && dispatches && owner.Declares(name) ? Overriding(name, owner, self.Type) : owner;
            if (self is not null && self.Members.TryGetValue((home, name), out var stored)) return As(stored, Type(owner));
            if (home.Stored.FirstOrDefault(m => m.IsStatic && m.Name == name) is { } member) return Static(home, member, at, frame);
            if (home.Computed.TryGetValue(name, out var property)) return As(Property(property, home, self, at, frame), Type(owner));
        }

        return null;

        TypeSyntax? Type(DefinitionType owner) => MemberType(owner, name, frame);
    }

    /// <summary>The type of an instance whose property overrides another type's.</summary>
    static DefinitionType Overriding(string name, DefinitionType owner, DefinitionType type)
    {
        var home = owner;
        foreach (var derived in type.Chain.TakeWhile(t => t != owner).Reverse())
        {
            if (derived.Modifiers(name) is not { } modifiers) continue;
            if (!modifiers.Any(SyntaxKind.OverrideKeyword)) break;
            home = derived;
        }

        return home;
    }

    Value Property(PropertyDeclarationSyntax property, DefinitionType owner, ObjectValue? self, SyntaxNode at, Frame frame)
    {
        var getter = property.AccessorList?.Accessors.FirstOrDefault(a => a.Keyword.ValueText == "get");
        return Run(property, property.Identifier.ValueText, property.Type, property.ExpressionBody ?? getter?.ExpressionBody, getter?.Body, owner, self, at, frame, static _ => { });
    }

    /// <summary>A type by its name, perhaps qualified; null if there is none.</summary>
    TypeValue? Type(ExpressionSyntax expression, Frame frame)
    {
        string? name = expression switch
        {
            SimpleNameSyntax simple => simple.Identifier.ValueText,
            PredefinedTypeSyntax predefined => predefined.Keyword.ValueText,
            MemberAccessExpressionSyntax { Name: IdentifierNameSyntax right, Expression: var left } when IsNamespace(left, frame) => right.Identifier.ValueText,
            QualifiedNameSyntax { Right: IdentifierNameSyntax right, Left: var left } when IsNamespace(left, frame) => right.Identifier.ValueText,
            _ => null,
        };
        if (name is null) return null;
        if (definitions.Find(expression, frame.Owner) is { } type) return new(name) { Definition = type };
        if (definitions.FindEnum(expression, frame.Owner) is { } enumeration) return new(name) { Enum = enumeration };
        return LanguageTypes.Contains(name) ? new(name) : null;
    }

    /// <summary>What qualifies a type: a namespace or an outer type, that is, names that no value has.</summary>
    bool IsNamespace(ExpressionSyntax expression, Frame frame) => expression switch
    {
        IdentifierNameSyntax name => !IsValue(name, frame),
        AliasQualifiedNameSyntax => true,
        MemberAccessExpressionSyntax { Expression: var left } => IsNamespace(left, frame),
        QualifiedNameSyntax { Left: var left } => IsNamespace(left, frame),
        _ => false,
    };

    /// <summary><c>left.name</c>.</summary>
    Value Member(ExpressionSyntax access, ExpressionSyntax left, SimpleNameSyntax right, Frame frame)
    {
        string name = right.Identifier.ValueText;
        var type = Type(left, frame);
        // a property may be called like its enum; its members are meant
        if (type?.Enum?.Member(name) is { } member) return new Constant(member);
        bool isValue = left is not SimpleNameSyntax simple || IsValue(simple, frame);
        if (type is not null && (type.Definition is not null || !isValue || left is PredefinedTypeSyntax))
        {
            if (WellKnown.TryGetValue($"{type.Name}.{name}", out var known)) return known;
            if (type.Definition is { } definition && Member(null, definition, name, access, frame) is { } value) return value;
            if (!isValue || left is PredefinedTypeSyntax) throw Fail(Descriptors.UnknownName, access, frame, $"'{type.Name}' has no '{name}' that a definition may use");
        }

        if (left is BaseExpressionSyntax) return (frame.Owner.Base is { } parent ? Member(frame.This, parent, name, access, frame, dispatches: false) : null) ?? throw NoMember("the base");
        var target = Evaluate(left, frame);
        return (target, name) switch
        {
            (ObjectValue self, _) => Member(self, self.Declared, name, access, frame) ?? throw NoMember($"'{self.Type.Name}'"),
            (BatchValue, _) when IndexVectors.TryGetValue(name, out var dimension) => new IndicesValue(name, dimension),
            (BatchValue, "Targets") => new NumbersValue(name, Dim.Predictions),
            (WeightValue weight, "Columns" or "Rows") => Size(weight, name == "Columns"),
            (TensorValue tensor, "Columns") => new Constant(graph.ShapeOf(tensor.Node).Columns, provenance.Columns(tensor.Node)),
            (TensorValue tensor, "Rows") when graph.ShapeOf(tensor.Node).Rows is { IsConstant: true } rows => new Constant(rows.Size),
            (TensorValue, "Rows") => throw Fail(Descriptors.Evaluation, access, frame, $"the rows of '{Snippet.Of(left)}' are known only when a batch comes: RowCount has them as a tensor"),
            (ArrayValue array, "Length") => new Constant(array.Items.Length),
            (TupleValue tuple, _) when tuple.Items.Select((item, i) => (item, i)).Where(p => p.item.Name == name || $"Item{p.i + 1}" == name).Select(p => p.item.Value).FirstOrDefault() is { } part => part,
            (Null, _) => throw Fail(Descriptors.Evaluation, access, frame, $"'{Snippet.Of(left)}' is null here"),
            _ => throw NoMember(target.Kind),
        };

        TraceException NoMember(string owner) => Fail(Descriptors.UnknownName, access, frame, $"{owner} has no '{name}' that a definition may use");
    }

    /// <summary>Rows or columns of weights, known without reading them.</summary>
    Constant Size(WeightValue weight, bool columns)
    {
        var parts = weight.Reference.Choices[0];
        // vectors stack their columns, matrices their rows
        bool sums = graph.Parameters[parts[0]].IsVector == columns;
        var sizes = parts.Select(p => columns ? graph.Parameters[p].Shape.Columns : graph.Parameters[p].Shape.Rows.Size);
        return new(sums ? sizes.Sum() : sizes.First(), provenance.OfParameter(parts[0], columns));
    }
}
