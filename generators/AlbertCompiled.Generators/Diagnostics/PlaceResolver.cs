using AlbertCompiled.Generators.Declare;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AlbertCompiled.Generators.Diagnostics;

/// <summary>Turns a <see cref="Place"/> into a location of the compilation at hand, once there is something to report.</summary>
internal static class PlaceResolver
{
    public static Diagnostic ToDiagnostic(this DiagnosticInfo info, Compilation compilation, CancellationToken cancellation) =>
        Diagnostic.Create(info.Descriptor, Resolve(info.Place, compilation, cancellation), [.. info.Arguments]);

    static Location Resolve(Place place, Compilation compilation, CancellationToken cancellation) =>
        AtDefinition(place, compilation, cancellation) ?? AtModel(place, compilation, cancellation) ?? Location.None;

    static Location? AtDefinition(Place place, Compilation compilation, CancellationToken cancellation)
    {
        if (place.Definition is null || compilation.Assembly.GetTypeByMetadataName(place.Definition) is not { } type) return null;
        var tokens = DefinitionSource.Nodes(type, cancellation).SelectMany(DefinitionSource.Tokens).Skip(place.FirstToken);
        var first = tokens.FirstOrDefault();
        var last = tokens.Skip(place.LastToken - place.FirstToken).FirstOrDefault();
        if (first.SyntaxTree is not { } tree || !compilation.ContainsSyntaxTree(tree)) return null;
        return Location.Create(tree, last.SyntaxTree == tree ? TextSpan.FromBounds(first.SpanStart, last.Span.End) : first.Span);
    }

    static Location? AtModel(Place place, Compilation compilation, CancellationToken cancellation)
    {
        if (place == Place.Nowhere || compilation.Assembly.GetTypeByMetadataName(place.Model) is not { } model) return null;
        if (place.Member is { } member && model.GetMembers(member.Name).FirstOrDefault(m => ModelMember.Of(m) == member) is { } own) return own.Locations.FirstOrDefault(l => l.IsInSource);
        var attribute = place.Attribute is null ? null : model.GetAttributes()
            .FirstOrDefault(a => a.AttributeClass is { } type && DefinitionSource.MetadataName(type) == place.Attribute)?
            .ApplicationSyntaxReference?.GetSyntax(cancellation) as AttributeSyntax;
        if (attribute is null) return model.Locations.FirstOrDefault(l => l.IsInSource);
        if (place.Argument is null || attribute.ArgumentList is not { Arguments: var arguments }) return attribute.GetLocation();
        var argument = arguments.FirstOrDefault(a => (a.NameEquals?.Name ?? a.NameColon?.Name)?.Identifier.ValueText == place.Argument) ?? arguments.FirstOrDefault(a => a.NameEquals is null);
        return (argument ?? (SyntaxNode)attribute).GetLocation();
    }
}
