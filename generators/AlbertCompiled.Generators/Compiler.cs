using System.Collections.Immutable;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Emit;
using AlbertCompiled.Generators.Emit.Cpu;
using AlbertCompiled.Generators.Emit.Gpu;
using AlbertCompiled.Generators.Emit.Onnx;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Passes;
using AlbertCompiled.Generators.Trace;

namespace AlbertCompiled.Generators;

/// <summary>The generated files of a model, or what kept it from being compiled.</summary>
internal sealed record CompiledSources(EquatableArray<(string Hint, string Text)> Sources, EquatableArray<DiagnosticInfo> Diagnostics)
{
    /// <summary>What stands in for the files of a model that does not compile.</summary>
    public EquatableArray<(string Hint, string Text)> Instead { get; init; }

    public bool IsCompiled => Diagnostics.Count == 0;
}

/// <summary>From graphs to code.</summary>
internal static class Compiler
{
    public static CompiledSources Compile(TracedModel model, CancellationToken cancellation = default)
    {
        var compiled = Lower(model, cancellation);
        if (MemberCheck.Run(model, compiled) is { IsEmpty: false } clashes) return new(default, clashes);
        if (BudgetCheck.Run(model, compiled) is { } exceeded) return new(default, ImmutableArray.Create(exceeded));
        var files = ModelEmitter.Files(compiled).Concat(Devices(compiled).SelectMany(d => d.Files(model.Namespace))).Concat(OnnxEmitter.Files(model.Namespace, model.Name, model.Programs));
        string prefix = model.Declaration.Hint;
        return new(files.Select(f => (f.Hint.Length == 0 ? $"{prefix}.g.cs" : $"{prefix}.{f.Hint}.g.cs", Qualifier.Run(f.Text, model.Declaration.Hidden))).ToImmutableArray(), default);
    }

    /// <summary>The programs of a model, in the order of <see cref="ProgramRule.All"/>.</summary>
    public static CompiledGraph Lower(TracedModel model, CancellationToken cancellation = default)
    {
        var graphs = UnreadParameters.Remove(model.Programs);
        var parameters = graphs[0].Graph.Parameters;
        var names = new ParameterNames(parameters, graphs.Select(p => p.Graph));
        var programs = ImmutableArray.CreateBuilder<(ProgramRule, LoweredProgram, ModelGraph)>();
        foreach (var (rule, graph) in graphs)
        {
            cancellation.ThrowIfCancellationRequested();
            if (rule.Trains) programs.Add((rule, Pipeline.Train(graph, model.Recompute, names, model.LogitRows), graph));
            programs.Add((rule, Pipeline.Infer(rule.Infers, graph, names, model.LogitRows), graph));
        }

        var layout = new ParameterLayout(parameters, graphs.Select(p => p.Graph));
        var lowered = new CompiledGraph(model.Namespace, model.Name, model.Accessibility, model.Optimizer.ToString(), model.Precision.ToString(), model.Declaration.Architecture, model.Configuration, layout, programs.ToImmutable());
        return KernelNames.Distinct(lowered, Devices(lowered).Select(d => d.Shared));
    }

    static ImmutableArray<DeviceEmitter> Devices(CompiledGraph model) =>
    [
        new(CpuProgramEmitter.Classes, model.Name, [.. model.Programs.Select(p => new CpuProgramEmitter(p.Program))]),
        new(GpuProgramEmitter.Classes, model.Name, [.. model.Programs.Select(p => new GpuProgramEmitter(p.Program))]),
    ];
}
