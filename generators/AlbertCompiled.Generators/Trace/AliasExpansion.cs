using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

/// <summary>Puts the types that aliases stand for where a text names them, so that no later step knows of aliases.</summary>
internal sealed class AliasExpansion : CSharpSyntaxRewriter
{
    // on tokens of a type beyond the first: the file has one token there
    static readonly SyntaxAnnotation Added = new();

    readonly Dictionary<string, TypeSyntax> aliases;
    readonly HashSet<string> values;

    AliasExpansion(Dictionary<string, TypeSyntax> aliases, HashSet<string> values) => (this.aliases, this.values) = (aliases, values);

    /// <summary>The tree with the leading lines <c>using Name = Type;</c> put to use.</summary>
    public static SyntaxTree Expand(SyntaxTree tree, CancellationToken cancellation)
    {
        var unit = tree.GetCompilationUnitRoot(cancellation);
        var aliases = unit.Usings.Where(u => u.Alias is not null).GroupBy(u => u.Alias!.Name.Identifier.ValueText).ToDictionary(g => g.Key, g => Marked(g.First().NamespaceOrType));
        if (aliases.Count == 0) return tree;
        var values = new HashSet<string>(unit.DescendantTokens().Where(IsValue).Select(t => t.ValueText));
        return tree.WithRootAndOptions(new AliasExpansion(aliases, values).Visit(unit), tree.Options);
    }

    /// <summary>True if the file has no such token of its own.</summary>
    public static bool IsAdded(SyntaxToken token) => token.HasAnnotation(Added);

    public override SyntaxNode? VisitUsingDirective(UsingDirectiveSyntax node) => node;

    public override SyntaxNode? VisitIdentifierName(IdentifierNameSyntax node) =>
        aliases.TryGetValue(node.Identifier.ValueText, out var type) && (SyntaxFacts.IsInNamespaceOrTypeContext(node) || IsQualifier(node)) ? type.WithTriviaFrom(node) : node;

    // a variable, field or property of the name comes before a type
    bool IsQualifier(IdentifierNameSyntax node) => node.Parent is MemberAccessExpressionSyntax access && access.Expression == node && !values.Contains(node.Identifier.ValueText);

    static bool IsValue(SyntaxToken token) => token.IsKind(SyntaxKind.IdentifierToken) && token.Parent switch
    {
        VariableDeclaratorSyntax or SingleVariableDesignationSyntax or PropertyDeclarationSyntax or ForEachStatementSyntax => true,
        ParameterSyntax parameter => parameter.Identifier == token,
        _ => false,
    };

    static TypeSyntax Marked(TypeSyntax type) => type.ReplaceTokens(type.DescendantTokens().Skip(1), static (token, _) => token.WithAdditionalAnnotations(Added));
}
