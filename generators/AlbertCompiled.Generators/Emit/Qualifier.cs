using System.Text;
using AlbertCompiled.Generators.Declare;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Emit;

/// <summary>Writes names of the runtime in full, in a generated file, where the surroundings of the model have something else of that name.</summary>
internal static class Qualifier
{
    public static string Run(string file, EquatableArray<string> hidden)
    {
        if (hidden.Count == 0) return file;
        var root = CSharpSyntaxTree.ParseText(file, new CSharpParseOptions(LanguageVersion.Preview)).GetCompilationUnitRoot();
        var imports = new HashSet<string>(root.Usings.Select(u => u.Name!.ToString()));
        var text = new StringBuilder(file);
        var members = root.Members.SelectMany(m => m is BaseNamespaceDeclarationSyntax space ? [.. space.Members] : new[] { m });
        foreach (var name in members.SelectMany(m => m.DescendantNodes()).OfType<SimpleNameSyntax>().Reverse())
        {
            string identifier = name.Identifier.ValueText;
            if (hidden.Contains(identifier) && NamesType(name) && PrefixOf(identifier, imports) is { } prefix) text.Insert(name.SpanStart, prefix);
        }

        return text.ToString();
    }

    static string? PrefixOf(string name, HashSet<string> imports)
    {
        if (name == RuntimeTypes.Namespace) return "global::";
        return RuntimeTypes.All.FirstOrDefault(t => t.Name == name && imports.Contains(t.Namespace)).Namespace is { } space ? $"global::{space}." : null;
    }

    static bool NamesType(SimpleNameSyntax name) => name.Parent switch
    {
        QualifiedNameSyntax qualified => qualified.Left == name,
        // a model and its programs have a property Device, and that is what they mean
        MemberAccessExpressionSyntax access => access.Expression == name && name.Identifier.ValueText != "Device",
        _ => SyntaxFacts.IsInTypeOnlyContext(name),
    };
}
