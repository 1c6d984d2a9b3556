using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AlbertCompiled.Generators.Diagnostics;

/// <summary>Ends a trace with what is wrong with the model; at least one diagnostic.</summary>
internal sealed class TraceException(ImmutableArray<DiagnosticInfo> diagnostics) : Exception(string.Join("\n", diagnostics))
{
    public TraceException(DiagnosticDescriptor descriptor, Place place, params string[] arguments) : this([new DiagnosticInfo(descriptor, place, arguments)]) { }

    public ImmutableArray<DiagnosticInfo> Diagnostics { get; } = diagnostics;
}
