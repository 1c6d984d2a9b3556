using System.Collections.Immutable;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Trace;

/// <summary>
/// A declaration with the graphs that its text stands for. Tracing is a pure function of the declaration, so the declaration
/// alone is compared: graphs need no value equality.
/// </summary>
internal sealed class TracedModel(Declaration declaration) : IEquatable<TracedModel>
{
    public Declaration Declaration { get; } = declaration;

    public string Namespace => Declaration.Namespace;

    public string Name => Declaration.Name;

    /// <summary>public or internal.</summary>
    public string Accessibility => Declaration.Accessibility;

    public RecomputeMode Recompute => Declaration.Recompute;

    public int LogitRows => Declaration.LogitRows;

    public OptimizerKind Optimizer => Declaration.Optimizer;

    public ComputeKind Precision => Declaration.Precision;

    public MemoryBudget? Budget => Declaration.Budget;

    /// <summary>Every settable property of the architecture attribute with its value as a C# constant, defaults included.</summary>
    public ImmutableArray<(string Name, string Value)> Configuration { get; init; } = [];

    /// <summary>The programs that the declaration asks for. Their parameters are the same. Empty if there are diagnostics.</summary>
    public ImmutableArray<(ProgramRule Rule, ModelGraph Graph)> Programs { get; init; } = [];

    /// <summary>What is wrong with the model.</summary>
    public ImmutableArray<DiagnosticInfo> Diagnostics { get; init; } = [];

    /// <summary>The first program of the method called <paramref name="name"/>, or null.</summary>
    public ModelGraph? Program(string name) => Programs.FirstOrDefault(p => p.Rule?.Method == name).Graph;

    public bool Equals(TracedModel? other) => other is not null && Declaration.Equals(other.Declaration);

    public override bool Equals(object? obj) => Equals(obj as TracedModel);

    public override int GetHashCode() => Declaration.GetHashCode();
}
