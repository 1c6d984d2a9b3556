using System.Collections.Immutable;
using AlbertCompiled.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Declare;

/// <summary>Reads the members of a model's own half of the class.</summary>
internal static class OwnMembers
{
    /// <summary>Those of a name that generated code may have or mean: others change nothing of what is generated.</summary>
    public static ImmutableArray<ModelMember> Read(INamedTypeSymbol model) => [.. Of(model).Where(m => ModelMembers.Contains(m.Name)).Select(ModelMember.Of)];

    /// <summary>What is wrong with members that no model can have, whatever its programs.</summary>
    public static ImmutableArray<DiagnosticInfo> Objections(INamedTypeSymbol model, Place place, CancellationToken cancellation) =>
    [
        .. Of(model).Select(m => (Member: m, Objection: Objection(m, cancellation))).Where(m => m.Objection is not null)
            .Select(m => new DiagnosticInfo(Descriptors.ModelClass, place with { Member = ModelMember.Of(m.Member) }, model.Name, m.Objection!)),
    ];

    static string? Objection(ISymbol member, CancellationToken cancellation) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor, DeclaringSyntaxReferences: [var syntax, ..] } when syntax.GetSyntax(cancellation) is not ConstructorDeclarationSyntax { Initializer: not null }
            => "created by Create: it has no constructors of its own but such as call the generated one, ': this(device, capacity, seed, precision)'",
        IFieldSymbol { IsRequired: true } or IPropertySymbol { IsRequired: true } => $"without required members: Create does not set '{member.Name}'",
        _ => null,
    };

    // accessors stand for themselves where their property does
    static IEnumerable<ISymbol> Of(INamedTypeSymbol model) => model.GetMembers().Where(m => m is { IsImplicitlyDeclared: false } and not IMethodSymbol { AssociatedSymbol: not null });
}
