using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Trace;

namespace AlbertCompiled.Generators;

/// <summary>The generated files of a model, or what kept it from being compiled.</summary>
internal sealed record CompiledSources(EquatableArray<(string Hint, string Text)> Sources, EquatableArray<DiagnosticInfo> Diagnostics);

/// <summary>From graphs to code.</summary>
internal static class Compiler
{
    public static CompiledSources Compile(TracedModel model) => new(default, default);
}
