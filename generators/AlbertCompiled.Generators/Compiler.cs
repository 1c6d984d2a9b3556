using System.Collections.Immutable;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Emit;
using AlbertCompiled.Generators.Emit.Cpu;
using AlbertCompiled.Generators.Emit.Gpu;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Passes;
using AlbertCompiled.Generators.Trace;

namespace AlbertCompiled.Generators;

/// <summary>The generated files of a model, or what kept it from being compiled.</summary>
internal sealed record CompiledSources(EquatableArray<(string Hint, string Text)> Sources, EquatableArray<DiagnosticInfo> Diagnostics);

/// <summary>From graphs to code.</summary>
internal static class Compiler
{
    public static CompiledSources Compile(TracedModel model)
    {
        var compiled = Lower(model);
        if (BudgetCheck.Run(model, compiled) is { } exceeded) return new(default, ImmutableArray.Create(exceeded));
        var emitters = compiled.Programs.SelectMany(p => new ProgramEmitter[]
        {
            new CpuProgramEmitter(p.Program, compiled.Layout, model.Name), new GpuProgramEmitter(p.Program, compiled.Layout, model.Name),
        });
        var files = ModelEmitter.Files(compiled).Concat(emitters.SelectMany(e => e.Files(model.Namespace)));
        string prefix = model.Declaration.FullName;
        return new(files.Select(f => (f.Hint.Length == 0 ? $"{prefix}.g.cs" : $"{prefix}.{f.Hint}.g.cs", f.Text)).ToImmutableArray(), default);
    }

    /// <summary>The programs of a model: train and evaluate from its Pretraining, predict from its Prediction.</summary>
    public static CompiledGraph Lower(TracedModel model)
    {
        var programs = ImmutableArray.CreateBuilder<(LoweredProgram, ModelGraph)>();
        var names = new ParameterNames(model.Programs[0].Graph.Parameters, model.Programs.Select(p => p.Graph));
        if (model.Program("Pretraining") is { } pretraining)
        {
            programs.Add((Pipeline.Train(pretraining, model.Recompute, names), pretraining));
            programs.Add((Pipeline.Infer("evaluate", pretraining, names), pretraining));
        }

        if (model.Program("Prediction") is { } prediction) programs.Add((Pipeline.Infer("predict", prediction, names), prediction));
        var layout = new ParameterLayout(model.Programs[0].Graph.Parameters, model.Programs.Select(p => p.Graph));
        return new(model.Namespace, model.Name, model.Accessibility, model.Optimizer.ToString(), model.Precision.ToString(), model.Configuration, layout, programs.ToImmutable());
    }
}
