using System.Collections.Immutable;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Emit;
using AlbertCompiled.Generators.Trace;

namespace AlbertCompiled.Generators;

/// <summary>Holds what a model and the members of its own half are called against what generated code calls its own.</summary>
internal static class MemberCheck
{
    public static ImmutableArray<DiagnosticInfo> Run(TracedModel model, CompiledGraph compiled)
    {
        var place = new Place(model.Declaration.FullName);
        var generated = ModelMembers.Of([.. compiled.Programs.Select(p => p.Rule).Distinct()]);
        if (generated.Any(m => m.Name == model.Name))
            return [new(Descriptors.ModelClass, place, model.Name, "called otherwise: the compiler gives it a member of that name")];
        return [.. model.Declaration.Members.Select(own => (Own: own, Why: Objection(own))).Where(m => m.Why is not null).Select(m => new DiagnosticInfo(
            Descriptors.ModelClass, place with { Member = m.Own }, model.Name, $"without {m.Own} of its own, {m.Why}"))];

        string? Objection(ModelMember own) =>
            generated.FirstOrDefault(own.ClashesWith) is { } member ? $"which clashes with {(member == own ? "the one" : member)} that the compiler gives it: {(own.Name == ModelMember.Constructor ? "give it other parameters" : "rename it")}"
            : ModelMembers.OfBase.Any(own.ClashesWith) ? "which hides the one of CompiledModel that generated code means: rename it" : null;
    }
}
