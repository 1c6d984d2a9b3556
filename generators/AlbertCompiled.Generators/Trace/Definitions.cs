using System.Collections.Immutable;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

/// <summary>The parsed texts of a declaration: types and enums by simple name.</summary>
internal sealed class Definitions
{
    static readonly CSharpParseOptions Options = new(LanguageVersion.Preview, DocumentationMode.None);

    readonly Dictionary<string, DefinitionType> top = [];
    readonly Dictionary<string, DefinitionType> nested = [];
    readonly Dictionary<string, DefinitionEnum> enums = [];
    readonly Dictionary<SyntaxTree, DefinitionText> texts = [];
    readonly Dictionary<SyntaxNode, string> lines = [];

    public Definitions(Declaration declaration, CancellationToken cancellation)
    {
        foreach (var text in declaration.Definitions)
        {
            var tree = CSharpSyntaxTree.ParseText(text.Text, Options, cancellationToken: cancellation);
            texts.Add(tree, text);
            var root = tree.GetCompilationUnitRoot(cancellation);
            if (tree.GetDiagnostics(cancellation).FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error) is { } error)
            {
                var at = root.FindToken(Math.Min(error.Location.SourceSpan.Start, Math.Max(0, root.FullSpan.End - 1))).Parent ?? root;
                throw new TraceException(Descriptors.Unsupported, PlaceOf(at) ?? declaration.AtAttribute(), Snippet.Of(at), error.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
            }

            foreach (var member in root.DescendantNodes(n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax).OfType<BaseTypeDeclarationSyntax>()) Add(member, null);
        }

        foreach (var type in top.Values)
        {
            // only another definition can be a base whose members matter
            if (type.BaseSyntax is { } syntax && Find(SimpleName(syntax.Type)) is { IsRecord: false } found && !found.Chain.Contains(type)) type.Base = found;
        }

        Imports = [.. top.Values.Where(t => t.IsStatic)];
    }

    /// <summary>The static classes, whose members are in scope everywhere.</summary>
    public ImmutableArray<DefinitionType> Imports { get; }

    /// <summary>The type of this simple name, seen from inside <paramref name="from"/>.</summary>
    public DefinitionType? Find(string name, DefinitionType? from = null)
    {
        for (var outer = from; outer is not null; outer = outer.Outer)
        {
            foreach (var type in outer.Chain)
            {
                if (type.Nested.TryGetValue(name, out var inner)) return inner;
            }
        }

        return top.TryGetValue(name, out var found) || nested.TryGetValue(name, out found) ? found : null;
    }

    public DefinitionEnum? FindEnum(string name) => enums.TryGetValue(name, out var found) ? found : null;

    /// <summary>A statement on one line; the expression of an arrow body as the return that it is.</summary>
    public string Line(SyntaxNode node)
    {
        if (!lines.TryGetValue(node, out string line)) lines.Add(node, line = node is ExpressionSyntax ? $"return {Snippet.Line(node)};" : Snippet.Line(node));
        return line;
    }

    /// <summary>The place of a node in a definition that is part of the compilation; null for one from metadata.</summary>
    public Place? PlaceOf(SyntaxNode node)
    {
        if (!texts.TryGetValue(node.SyntaxTree, out var text) || !text.IsSource) return null;
        int index = 0, first = -1, last = -1;
        foreach (var token in DefinitionSource.Tokens(node.SyntaxTree.GetRoot()))
        {
            if (token.Span.End > node.Span.End) break;
            if (first < 0 && token.SpanStart >= node.SpanStart) first = index;
            last = index++;
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

    void Add(BaseTypeDeclarationSyntax syntax, DefinitionType? outer)
    {
        string name = syntax.Identifier.ValueText;
        if (syntax is EnumDeclarationSyntax enumeration)
        {
            var zero = enumeration.Members.FirstOrDefault(m => m.EqualsValue?.Value.ToString() == "0") ?? enumeration.Members.FirstOrDefault(m => m.EqualsValue is null);
            enums[name] = new(name, [.. enumeration.Members.Select(m => m.Identifier.ValueText)], zero?.Identifier.ValueText);
            return;
        }

        if (syntax is not TypeDeclarationSyntax declaration) return;
        var home = outer?.Nested ?? top;
        // the same record may travel with several texts; the parts of a partial class come in one
        if (home.TryGetValue(name, out var type) && type.Syntax.SyntaxTree != syntax.SyntaxTree) return;
        if (type is null) home.Add(name, type = new(name, outer));
        if (outer is not null && !nested.ContainsKey(name)) nested.Add(name, type);
        type.Add(declaration);
        foreach (var member in declaration.Members.OfType<BaseTypeDeclarationSyntax>()) Add(member, type);
    }
}
