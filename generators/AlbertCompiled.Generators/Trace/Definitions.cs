using System.Collections.Immutable;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

/// <summary>The parsed texts of a declaration, and what the names of types mean in each: its own types first, then those of its imports.</summary>
internal sealed class Definitions
{
    readonly Declaration declaration;
    readonly List<DefinitionFile> files = [];
    readonly Dictionary<string, DefinitionType> roots = [];
    readonly Dictionary<SyntaxNode, DefinitionType> types = [];
    readonly Dictionary<SyntaxNode, DefinitionType> named = [];
    readonly Dictionary<SyntaxNode, string> lines = [];

    public Definitions(Declaration declaration, CancellationToken cancellation)
    {
        this.declaration = declaration;
        // the same record may travel with several texts
        var known = new Dictionary<(string Name, string Text), DefinitionType>();
        foreach (var text in declaration.Definitions)
        {
            var file = new DefinitionFile(text, cancellation);
            files.Add(file);
            if (file.Error is var (at, message)) throw Fail(Descriptors.Unsupported, at, Snippet.Of(at), message);
            foreach (var parts in file.Declarations.OfType<TypeDeclarationSyntax>().GroupBy(part => part.Identifier.ValueText))
            {
                if (parts.Skip(1).Any() && parts.FirstOrDefault(part => !part.Modifiers.Any(SyntaxKind.PartialKeyword)) is { } other)
                    throw Fail(Descriptors.Unsupported, other, parts.Key, "its file has two types of that name");
                var key = (parts.Key, string.Join("\n", parts));
                if (parts.Key == file.RootName || !known.TryGetValue(key, out var type)) known[key] = type = Declare(parts, null, file);
                file.Types.Add(parts.Key, type);
            }

            if (file.Root is { } root) roots[file.RootFullName] = root;
        }

        foreach (var file in files) file.Imports = [.. file.Usings.Where(roots.ContainsKey).Select(name => roots[name]).Where(type => type.IsStatic).Distinct()];
        foreach (var type in types.Values.Distinct())
        {
            // only another definition can be a base whose members matter
            if (type.BaseSyntax is not { Type: var syntax } || Find(syntax, type) is not { } found || found.Chain.Contains(type)) continue;
            type.Base = found;
            found.IsBase = true;
        }
    }

    /// <summary>The class of this metadata name.</summary>
    public DefinitionType Root(string name) => roots.TryGetValue(DefinitionFile.Plain(name), out var type)
        ? type
        : throw new TraceException(Descriptors.MissingDefinition, declaration.AtAttribute(), $"the text of '{name}' was not found");

    /// <summary>Static classes that a text does not import itself. A global using may: a name that means nothing else is looked up there.</summary>
    public IEnumerable<DefinitionType> NotImported(DefinitionFile file) => roots.Values.Where(type => type.IsStatic && type != file.Root && !file.Imports.Contains(type));

    /// <summary>The class or record of a declared type.</summary>
    public DefinitionType? Find(TypeSyntax type) => Find(type, Enclosing(type));

    /// <summary>The class or record of this name, perhaps qualified, seen from inside <paramref name="from"/>.</summary>
    public DefinitionType? Find(ExpressionSyntax name, DefinitionType? from) => Meant(name, from) as DefinitionType;

    /// <summary>The enum of a declared type.</summary>
    public DefinitionEnum? FindEnum(TypeSyntax type) => FindEnum(type, Enclosing(type));

    /// <summary>The enum of this name, perhaps qualified, seen from inside <paramref name="from"/>.</summary>
    public DefinitionEnum? FindEnum(ExpressionSyntax name, DefinitionType? from)
    {
        var found = Meant(name, from) as DefinitionEnum;
        return found?.Unknown is { } unknown ? throw Fail(Descriptors.Unsupported, unknown, Snippet.Of(unknown), "an enum's numbers are sums, products and unions of literals and of members before") : found;
    }

    /// <summary>The type whose declaration a node stands in; null for syntax that stands in no text.</summary>
    public DefinitionType? Enclosing(SyntaxNode node) => (node is TypeSyntax type ? Types.Origin(type) : node).AncestorsAndSelf().Select(n => types.TryGetValue(n, out var type) ? type : null).FirstOrDefault(type => type is not null);

    /// <summary>A statement on one line; the expression of an arrow body as the return that it is.</summary>
    public string Line(SyntaxNode node)
    {
        if (!lines.TryGetValue(node, out string line)) lines.Add(node, line = node is ExpressionSyntax ? $"return {Snippet.Line(node)};" : Snippet.Line(node));
        return line;
    }

    /// <summary>The place of a node in a definition that is part of the compilation; null for one from metadata.</summary>
    public Place? PlaceOf(SyntaxNode node)
    {
        if (files.FirstOrDefault(f => f.Tree == node.SyntaxTree)?.Text is not { IsSource: true } text) return null;
        int next = 0, first = -1, last = -1;
        foreach (var token in DefinitionSource.Tokens(node.SyntaxTree.GetRoot()))
        {
            if (token.Span.End > node.Span.End) break;
            last = AliasExpansion.IsAdded(token) ? next - 1 : next++;
            if (first < 0 && token.SpanStart >= node.SpanStart) first = last;
        }

        return first < 0 ? null : new("") { Definition = text.Type, FirstToken = first, LastToken = Math.Max(first, last) };
    }

    /// <summary>The last identifier of a type's name.</summary>
    public static string SimpleName(TypeSyntax type) => type switch
    {
        NullableTypeSyntax nullable => SimpleName(nullable.ElementType),
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        PredefinedTypeSyntax predefined => predefined.Keyword.ValueText,
        _ => type.ToString(),
    };

    /// <summary>What a name means, a <see cref="DefinitionType"/> or a <see cref="DefinitionEnum"/>; null if the texts have neither.</summary>
    object? Meant(ExpressionSyntax name, DefinitionType? from) => name switch
    {
        NullableTypeSyntax { ElementType: var element } => Meant(element, from),
        SimpleNameSyntax simple => named.TryGetValue(Types.Origin(simple), out var type) ? type : Meant(simple, from),
        QualifiedNameSyntax { Left: var left, Right: var right } => Meant(left, right, from),
        MemberAccessExpressionSyntax { Expression: var left, Name: var right } => Meant(left, right, from),
        _ => null,
    };

    /// <summary>The nearest of that name: nested here or further out, in the file, in what it imports.</summary>
    object? Meant(SimpleNameSyntax syntax, DefinitionType? from)
    {
        string name = syntax.Identifier.ValueText;
        for (var outer = from; outer is not null; outer = outer.Outer)
        {
            if (Nested(outer, name) is { } inner) return inner;
        }

        if (from is not null)
        {
            if (Only(syntax, Outermost(from.File, name)) is { } own) return own;
            if (Only(syntax, from.File.Imports.Select(type => Nested(type, name))) is { } imported) return imported;
        }

        return Only(syntax, files.SelectMany(f => Outermost(f, name))) ?? Only(syntax, roots.Values.Where(type => type.IsStatic).Select(type => Nested(type, name)));
    }

    /// <summary>What stands to the left is a type, or else a namespace, of which the texts know only those of their classes.</summary>
    object? Meant(ExpressionSyntax left, SimpleNameSyntax right, DefinitionType? from)
    {
        string name = right.Identifier.ValueText;
        if (Find(left, from) is { } outer) return Nested(outer, name);
        string full = $"{DefinitionFile.Plain(left.ToString())}.{name}";
        return Only<object>(right, roots.Where(r => r.Key == full || r.Key.EndsWith($".{full}", StringComparison.Ordinal)).Select(r => r.Value))
            ?? (left.ToString() == "global" && roots.TryGetValue(name, out var root) ? root : null)
            ?? Only(right, files.SelectMany(f => Outermost(f, name).Where(type => type != f.Root)));
    }

    static IEnumerable<object> Outermost(DefinitionFile file, string name) => file.Types.TryGetValue(name, out var type) ? file.Enums[name].Prepend<object>(type) : file.Enums[name];

    static object? Nested(DefinitionType type, string name) => type.Chain
        .Select(t => t.Nested.TryGetValue(name, out var inner) ? inner : t.Enums.TryGetValue(name, out var enumeration) ? enumeration : (object?)null).FirstOrDefault(t => t is not null);

    /// <summary>The one thing that a name means; null if it means none.</summary>
    T? Only<T>(SimpleNameSyntax name, IEnumerable<T?> meant) where T : class
    {
        var distinct = meant.Where(m => m is not null).Distinct().ToList();
        return distinct.Count <= 1 ? distinct.FirstOrDefault() : throw Fail(Descriptors.UnknownName, name, $"'{name}' means several types of the definition's texts; qualify it, or give one of them another name");
    }

    DefinitionType Declare(IEnumerable<TypeDeclarationSyntax> parts, DefinitionType? outer, DefinitionFile file)
    {
        var type = new DefinitionType(parts.First().Identifier.ValueText, outer, file);
        named.Add(type.Named, type);
        foreach (var part in parts)
        {
            types.Add(part, type);
            type.Add(part);
        }

        foreach (var inner in parts.SelectMany(part => part.Members).OfType<TypeDeclarationSyntax>().GroupBy(member => member.Identifier.ValueText)) type.Nested.Add(inner.Key, Declare(inner, type, file));
        return type;
    }

    TraceException Fail(DiagnosticDescriptor descriptor, SyntaxNode at, params string[] arguments) =>
        new(descriptor, PlaceOf(at) is { } place ? place with { Model = declaration.FullName, Attribute = declaration.Architecture } : declaration.AtAttribute(), arguments);
}
