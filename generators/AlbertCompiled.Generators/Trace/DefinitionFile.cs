using System.Collections.Immutable;
using AlbertCompiled.Generators.Declare;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

/// <summary>A parsed text: one class of a definition with what it imports, and the records and enums of its file.</summary>
internal sealed class DefinitionFile
{
    static readonly CSharpParseOptions Options = new(LanguageVersion.Preview, DocumentationMode.None);

    public DefinitionFile(DefinitionText text, CancellationToken cancellation)
    {
        Text = text;
        Tree = AliasExpansion.Expand(CSharpSyntaxTree.ParseText(text.Text, Options, cancellationToken: cancellation), cancellation);
        RootFullName = Plain(text.Type);
        RootName = RootFullName.Substring(RootFullName.LastIndexOf('.') + 1);
        var unit = Tree.GetCompilationUnitRoot(cancellation);
        if (Tree.GetDiagnostics(cancellation).FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error) is { } error)
            Error = (unit.FindToken(Math.Min(error.Location.SourceSpan.Start, Math.Max(0, unit.FullSpan.End - 1))).Parent ?? unit, error.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        Usings = [.. unit.DescendantNodes(IsOutside).OfType<UsingDirectiveSyntax>().Where(u => u.StaticKeyword != default).Select(u => Plain(u.NamespaceOrType.ToString()))];
        Declarations = [.. unit.DescendantNodes(IsOutside).OfType<BaseTypeDeclarationSyntax>()];
        Enums = Declarations.OfType<EnumDeclarationSyntax>().ToLookup(e => e.Identifier.ValueText, DefinitionEnum.Of);
        foreach (string comment in unit.EndOfFileToken.LeadingTrivia.Select(t => t.ToString()).Where(t => t.StartsWith(DefinitionSource.ElsewherePrefix, StringComparison.Ordinal)))
        {
            string[] words = comment.Substring(DefinitionSource.ElsewherePrefix.Length).Split(' ');
            foreach (string name in words.Skip(1).Where(name => !Elsewhere.ContainsKey(name))) Elsewhere.Add(name, Plain(words[0]));
        }
    }

    public DefinitionText Text { get; }

    public SyntaxTree Tree { get; }

    /// <summary>Where C# cannot read the text, and why.</summary>
    public (SyntaxNode At, string Message)? Error { get; }

    /// <summary>Full names of the static classes whose members the text sees by their simple names.</summary>
    public ImmutableArray<string> Usings { get; }

    /// <summary>Outermost types and enums.</summary>
    public ImmutableArray<BaseTypeDeclarationSyntax> Declarations { get; }

    /// <summary>The class that the text is of, with its namespace.</summary>
    public string RootFullName { get; }

    public string RootName { get; }

    public DefinitionType? Root => Types.TryGetValue(RootName, out var type) ? type : null;

    public Dictionary<string, DefinitionType> Types { get; } = [];

    /// <summary>Those that stand in no type. Several of one name are of several namespaces.</summary>
    public ILookup<string, DefinitionEnum> Enums { get; }

    /// <summary>Names that C# may find in a class whose text is not there, by their nearest class.</summary>
    public Dictionary<string, string> Elsewhere { get; } = [];

    /// <summary>Those of <see cref="Usings"/> that are definitions.</summary>
    public ImmutableArray<DefinitionType> Imports { get; set; } = [];

    /// <summary>A full name as a using has it: without global::, arity, and the plus of nested types.</summary>
    public static string Plain(string name)
    {
        name = name.Replace("global::", "").Replace(" ", "").Replace('+', '.');
        return name.IndexOf('`') is var arity and >= 0 ? name.Substring(0, arity) : name;
    }

    static bool IsOutside(SyntaxNode node) => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax;
}
