using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Declare;

/// <summary>
/// The syntax that makes up a definition's text, in a fixed order: tokens of the text and tokens of the files correspond one to
/// one, which is how a diagnostic finds its way from the text back into a file.
/// </summary>
internal static class DefinitionSource
{
    /// <summary>The text of <paramref name="type"/>, or null if it has none: from its syntax, else from its assembly's metadata.</summary>
    public static DefinitionText? Read(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        string name = MetadataName(type);
        if (type.DeclaringSyntaxReferences.Length > 0)
            return new(name, Text(type, compilation, cancellation), SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly));
        foreach (var attribute in type.ContainingAssembly.GetAttributes())
        {
            if (attribute.AttributeClass?.Name == "DefinitionTextAttribute" && attribute.ConstructorArguments is [{ Value: string written }, { Value: string text }] && written == name)
                return new(name, text, IsSource: false);
        }

        return null;
    }

    /// <summary>The text: what a definition says, without how it is laid out or commented.</summary>
    static string Text(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        // of a project that is referenced as source
        if (type.ContainingAssembly is ISourceAssemblySymbol { Compilation: var own }) compilation = own;
        var nodes = Nodes(type, cancellation);
        var scopes = type.DeclaringSyntaxReferences.SelectMany(part => compilation.GetSemanticModel(part.SyntaxTree).GetImportScopes(part.Span.Start, cancellation)).ToList();
        var lines = Imports(scopes).Concat(Aliases(scopes, nodes)).Concat(nodes.Select(Normalize)).ToList();
        // an enum of another file or assembly travels along: its members are constants of the text
        foreach (var enumeration in OtherEnums(type, nodes, compilation, cancellation))
            lines.Add($"enum {Identifier.Of(enumeration.Name)} {{ {string.Join(", ", enumeration.GetMembers().OfType<IFieldSymbol>().Where(f => f.HasConstantValue).Select(f => FormattableString.Invariant($"{Identifier.Of(f.Name)} = {f.ConstantValue}")))} }}");

        return string.Join("\n", lines.Concat(Elsewhere(type, scopes, compilation)));
    }

    /// <summary>The enums that properties are of, and those that C# means by the name of an enum of the file, where they are none of the nodes.</summary>
    static IEnumerable<INamedTypeSymbol> OtherEnums(INamedTypeSymbol type, IReadOnlyList<SyntaxNode> nodes, Compilation compilation, CancellationToken cancellation)
    {
        var declared = nodes.OfType<EnumDeclarationSyntax>().Select(e => compilation.GetSemanticModel(e.SyntaxTree).GetDeclaredSymbol(e, cancellation)!).ToList();
        var meant = declared.SelectMany(e => type.DeclaringSyntaxReferences.SelectMany(part => compilation.GetSemanticModel(part.SyntaxTree).LookupNamespacesAndTypes(part.Span.Start, name: e.Name)));
        return type.GetMembers().OfType<IPropertySymbol>().Select(p => p.Type).Concat(meant).OfType<INamedTypeSymbol>()
            .Where(e => e.TypeKind == TypeKind.Enum && !declared.Contains(e, SymbolEqualityComparer.Default)).Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default);
    }

    /// <summary>
    /// What C# may mean by a simple name although no text has it, a comment <c>// elsewhere: Full.Name Member Member</c> for each class: static members of the
    /// classes around the definition, and of what it imports that is none. System.Math and the primitives the tracer knows.
    /// </summary>
    static IEnumerable<string> Elsewhere(INamedTypeSymbol type, IEnumerable<IImportScope> scopes, Compilation compilation)
    {
        var around = new List<INamedTypeSymbol>();
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            for (var at = outer; at is { SpecialType: not SpecialType.System_Object }; at = at.BaseType) around.Add(at);
        }

        var imported = scopes.SelectMany(scope => scope.Imports).Select(import => import.NamespaceOrType).OfType<INamedTypeSymbol>()
            .Where(t => !(t.IsStatic && Declarer.IsDefinition(t)) && t.ToDisplayString() is not ("System.Math" or "AlbertCompiled.Primitives"));
        foreach (var owner in around.Concat(imported).Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default))
        {
            var names = owner.GetMembers().Where(m => m is IFieldSymbol or IPropertySymbol or IMethodSymbol { MethodKind: MethodKind.Ordinary, IsExtensionMethod: false } && m.IsStatic && m.CanBeReferencedByName
                && compilation.IsSymbolAccessibleWithin(m, type)).Select(m => m.Name).Distinct().ToList();
            if (names.Count > 0) yield return $"{ElsewherePrefix}{MetadataName(owner)} {string.Join(" ", names)}";
        }
    }

    /// <summary>What a comment of a text begins with that says which names C# finds elsewhere.</summary>
    public const string ElsewherePrefix = "// elsewhere: ";

    /// <summary>The static classes whose members are in scope where the class is declared, by their full names: a using may shorten them, and stand in another file.</summary>
    static IEnumerable<string> Imports(IEnumerable<IImportScope> scopes) => scopes
        .SelectMany(scope => scope.Imports).Select(import => import.NamespaceOrType).OfType<INamedTypeSymbol>()
        .Where(imported => !imported.IsGenericType && (!IsFileLocal(imported) || Declarer.IsDefinition(imported)))
        // C# cannot write the name of a file's own class, but the class is found by it, and refused
        .Select(imported => $"using static {(IsFileLocal(imported) ? MetadataName(imported) : imported.ToDisplayString())};").Distinct();

    /// <summary>The aliases that the declarations mention, with what they stand for by its full name. Those of inner scopes come first.</summary>
    static IEnumerable<string> Aliases(IEnumerable<IImportScope> scopes, IEnumerable<SyntaxNode> nodes)
    {
        var aliases = scopes.SelectMany(scope => scope.Aliases).ToList();
        if (aliases.Count == 0) return [];
        var mentioned = new HashSet<string>(nodes.SelectMany(Identifiers));
        return aliases.Where(alias => mentioned.Contains(alias.Name)).Select(alias => $"using {Identifier.Of(alias.Name)} = {alias.Target.ToDisplayString()};").Distinct();
    }

    /// <summary>The declarations of the class, and the records and enums of its files that these mention, by an alias of the file perhaps.</summary>
    public static IReadOnlyList<SyntaxNode> Nodes(INamedTypeSymbol type, CancellationToken cancellation)
    {
        var declarations = type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).ToList();
        var roots = declarations.Select(d => d.SyntaxTree.GetRoot(cancellation)).Distinct().ToList();
        var outside = roots.SelectMany(r => r.DescendantNodes(n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)).ToList();
        var aliases = outside.OfType<UsingDirectiveSyntax>().Where(u => u.Alias is not null).ToLookup(u => u.Alias!.Name.Identifier.ValueText, u => u.NamespaceOrType);
        var candidates = outside
            .OfType<BaseTypeDeclarationSyntax>().Where(d => d is EnumDeclarationSyntax or RecordDeclarationSyntax && !declarations.Contains(d)).ToList();

        var mentioned = new HashSet<string>();
        var included = new HashSet<SyntaxNode>();
        var pending = new Queue<SyntaxNode>(declarations);
        while (pending.Count > 0)
        {
            mentioned.UnionWith(Identifiers(pending.Dequeue()));
            mentioned.UnionWith(mentioned.SelectMany(name => aliases[name]).SelectMany(Identifiers).ToList());
            foreach (var candidate in candidates.Where(c => mentioned.Contains(c.Identifier.ValueText)))
            {
                if (included.Add(candidate)) pending.Enqueue(candidate);
            }
        }

        return [.. declarations, .. candidates.Where(included.Contains)];
    }

    /// <summary>Tokens that have a text, usings aside, which a text has in other words; those that the parser made up are left out.</summary>
    public static IEnumerable<SyntaxToken> Tokens(SyntaxNode node) => node.DescendantTokens(static n => n is not UsingDirectiveSyntax).Where(t => t.Span.Length > 0);

    static IEnumerable<string> Identifiers(SyntaxNode node) => Tokens(node).Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText);

    /// <summary>True if only its file sees the type, or one around it.</summary>
    public static bool IsFileLocal(INamedTypeSymbol type) => type.IsFileLocal || type.ContainingType is { } outer && IsFileLocal(outer);

    /// <summary>Namespace, outer types and name as reflection writes them.</summary>
    public static string MetadataName(INamedTypeSymbol type)
    {
        if (type.ContainingType is { } outer) return $"{MetadataName(outer)}+{type.MetadataName}";
        return type.ContainingNamespace is { IsGlobalNamespace: false } space ? $"{NameOf(space)}.{type.MetadataName}" : type.MetadataName;
    }

    /// <summary>The full name of a namespace without the @ of C#.</summary>
    public static string NameOf(INamespaceSymbol space) => space.IsGlobalNamespace ? "" : space.ToDisplayString(Unescaped);

    static readonly SymbolDisplayFormat Unescaped =
        SymbolDisplayFormat.CSharpErrorMessageFormat.RemoveMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    /// <summary>Unchanged trees keep their nodes from one compilation to the next, and so their texts.</summary>
    static readonly ConditionalWeakTable<SyntaxNode, string> Normalized = new();

    static string Normalize(SyntaxNode node) => Normalized.GetValue(node, static node =>
    {
        var bare = new WithoutTrivia().Visit(node)!;
        string text = bare.NormalizeWhitespace(eol: "\n").ToFullString();
        // the formatter glues - -x into --x: where its text has other tokens, what separated them before does so again
        return SameTokens(node, text) ? text : string.Concat(node.DescendantTokens().Select(t => (t.HasLeadingTrivia ? " " : "") + t.Text + (t.HasTrailingTrivia ? " " : ""))).Trim();
    });

    static bool SameTokens(SyntaxNode node, string text) =>
        Tokens(node).Select(t => t.Text).SequenceEqual(Tokens(CSharpSyntaxTree.ParseText(text, (CSharpParseOptions)node.SyntaxTree.Options).GetRoot()).Select(t => t.Text));

    sealed class WithoutTrivia : CSharpSyntaxRewriter
    {
        public override SyntaxToken VisitToken(SyntaxToken token) => token.WithoutTrivia();
    }
}
