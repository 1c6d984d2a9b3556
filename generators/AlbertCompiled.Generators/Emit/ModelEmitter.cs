using System.Collections.Immutable;
using System.Globalization;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Passes;

namespace AlbertCompiled.Generators.Emit;

/// <summary>What the emitters print a model from.</summary>
internal sealed record CompiledGraph(
    string Namespace, string Name, string Accessibility, string Optimizer, string Precision, string Architecture, ImmutableArray<(string Name, string Value)> Configuration,
    ParameterLayout Layout, ImmutableArray<(ProgramRule Rule, LoweredProgram Program, ModelGraph Source)> Programs);

/// <summary>Prints the model's own half of the class, its description and its parameters' offsets.</summary>
internal static class ModelEmitter
{
    public static IEnumerable<(string Hint, string Text)> Files(CompiledGraph model)
    {
        const string usings = "System\nAlbertCompiled\nAlbertCompiled.Cpu\nAlbertCompiled.Gpu";
        yield return ("", CSharpWriter.File(model.Namespace, usings, $"{model.Name}: compiled from its attributes.", w => Model(w, model)));
        yield return ("Description", CSharpWriter.File(model.Namespace, usings, $"{model.Name}: configuration, parameters, programs.", w => Description(w, model)));
        yield return ("Parameters", CSharpWriter.File(model.Namespace, "", $"{model.Name}: where each parameter lies in the arena, in floats.", w =>
            w.Block($"partial class {Identifier.Of(model.Name)}", () => ParameterOffsets.Print(w, model.Programs.SelectMany(p => p.Program.ParameterBuffers()), model.Layout))));
        if (InferenceEmitter.HasCalls(model))
            yield return ("Inference", CSharpWriter.File(model.Namespace, "AlbertCompiled", $"{model.Name}: the programs that run without training.", w => InferenceEmitter.Print(w, model)));
    }

    static void Model(CSharpWriter w, CompiledGraph model)
    {
        string name = Identifier.Of(model.Name);
        string Cpu(string lanes) => $"Cpu<{lanes}>(cpu)";
        string Constructors(string device, string typeArguments) =>
            string.Join(", ", model.Programs.Select(p => $"e => new {ProgramEmitter.ClassOf(p.Program, device)}{typeArguments}(e)"));
        w.Line($"/// <summary>{model.Layout.Parameters.Sum(p => p.Length).ToString("#,0", CultureInfo.InvariantCulture)} parameters; programs: {string.Join(", ", model.Programs.Select(p => p.Program.Name))}.</summary>");
        w.Block($"{model.Accessibility} sealed partial class {name} : CompiledModel, ICompiledModel<{name}>", () =>
        {
            w.Line($"{name}(Device device, Capacity capacity, ulong seed, Compute precision) : base(Compiled, device, capacity, seed, precision) {{ }}");
            w.Blank();
            w.Line("/// <summary>Allocates a model on a device for batches up to a capacity; without a precision of its own it computes as it was declared to.</summary>");
            w.Line($"public static {name} Create(Device device, Capacity capacity, ulong seed = 42, Compute? precision = null) => new(device, capacity, seed, precision ?? Compiled.Precision);");
            w.Blank();
            w.Line("/// <inheritdoc/>");
            w.Block("protected override ModelExecutor CreateExecutor() => Device switch", () =>
            {
                w.Line($"CpuDevice cpu => Simd.Width switch {{ 16 => {Cpu("Lanes16")}, 8 => {Cpu("Lanes8")}, _ => {Cpu("Lanes4")} }},");
                w.Line("GpuDevice gpu => Precision is Compute.BFloat16 ? Gpu<AlbertCompiled.Gpu.BFloat16>(gpu) : Gpu<AlbertCompiled.Gpu.Float32>(gpu),");
                w.Line("_ => throw new NotSupportedException($\"{Device.Kind} is neither a processor nor a GPU\"),");
            }, "};");
            w.Blank();
            w.Block("CpuExecutor Cpu<V>(CpuDevice device) where V : struct, ISimd<V> => Precision switch", () =>
            {
                w.Line("Compute.BFloat16 => AlbertCompiled.Cpu.BFloat16.IsPreferred ? Cpu<V, AlbertCompiled.Cpu.BFloat16>(device) : Cpu<V, RoundedBFloat16>(device),");
                w.Line("_ => Cpu<V, AlbertCompiled.Cpu.Float32>(device),");
            }, "};");
            w.Blank();
            w.Line("CpuExecutor Cpu<V, P>(CpuDevice device) where V : struct, ISimd<V> where P : struct, IPrecision =>");
            w.Indented(() => w.Line($"new(this, device, {Constructors("Cpu", "<V, P>")});"));
            w.Blank();
            w.Line("GpuExecutor<T> Gpu<T>(GpuDevice device) where T : unmanaged, IElement<T> =>");
            w.Indented(() => w.Line($"new(this, device, {Constructors("Gpu", "<T>")});"));
            w.Blank();
            w.Line("/// <inheritdoc/>");
            w.Block("protected override void CheckIndices(TokenBatch batch)", () =>
            {
                var sources = model.Programs.Where(p => !p.Rule.LearnsTask).Select(p => p.Source).ToList();
                Questions(sources);
                foreach (var (index, rows) in IndexBounds.Of(sources)) Range(index, rows);
            });
            if (!model.Programs.Any(p => p.Rule.LearnsTask)) return;
            w.Blank();
            w.Line("/// <inheritdoc/>");
            w.Block("protected override void CheckLabels(TokenBatch batch)", () =>
            {
                var sources = model.Programs.Where(p => p.Rule.LearnsTask).Select(p => p.Source).ToList();
                var checkedBefore = IndexBounds.Of(model.Programs.Where(p => !p.Rule.LearnsTask).Select(p => p.Source)).ToList();
                // the labels of multiple choice are answers, one to each question
                if (model.Programs.First(p => p.Rule.LearnsTask).Rule.Task!.LearnsFrom != "Choices") Questions(sources);
                foreach (var (index, rows) in IndexBounds.Of(sources).Except(checkedBefore)) Range(index, rows);
                foreach (string vector in sources.SelectMany(s => s.Nodes).Where(n => n.Op == Op.Column).Select(n => n.Index).Distinct()) w.Line($"CheckFinite(batch.{vector}, \"{vector}\");");
            });

            void Questions(IEnumerable<ModelGraph> sources)
            {
                if (sources.SelectMany(s => s.Nodes).Any(n => n is { Op: Op.GroupLogSum, Index: "QuestionOf" })) w.Line("CheckQuestions(batch);");
            }

            void Range(string index, string rows) => w.Line($"CheckRange(batch.{index}, {rows}, \"{index}\");");
        });
    }

    static void Description(CSharpWriter w, CompiledGraph model)
    {
        w.Block($"partial class {Identifier.Of(model.Name)}", () =>
        {
            w.Line("/// <summary>What the compiler knows about this model.</summary>");
            w.Line("public static ModelDescription Compiled { get; } = new(");
            w.Indented(() =>
            {
                w.Line($"\"{model.Name}\",");
                w.Line($"[{string.Join(", ", model.Configuration.Select(c => $"({CSharpWriter.Quote(c.Name)}, {CSharpWriter.Quote(c.Value)})"))}],");
                w.Line("[");
                w.Indented(() =>
                {
                    for (int i = 0; i < model.Layout.Parameters.Length; i++)
                    {
                        var p = model.Layout.Parameters[i];
                        string initial = p.Initial is "Zero" or "One" ? $"Initial.{p.Initial}" : $"Initial.{p.Initial}({p.Scale.ToString("R", CultureInfo.InvariantCulture)})";
                        w.Line($"new({CSharpWriter.Quote(p.Name)}, {p.Shape.Rows}, {p.Shape.Columns}, {(p.IsVector ? "true" : "false")}, {model.Layout[i].ToString(CultureInfo.InvariantCulture)}, {initial}),");
                    }
                });
                w.Line("],");
                w.Line($"{model.Layout.Length.ToString(CultureInfo.InvariantCulture)},");
                w.Line("[");
                w.Indented(() =>
                {
                    foreach (var (_, program, _) in model.Programs) Program(w, program);
                });
                w.Line("],");
                w.Line($"Optimizer.{model.Optimizer},");
                w.Line($"Compute.{model.Precision},");
                w.Line($"{CSharpWriter.Quote(PlanTable.Print(model.Programs[0].Program))})");
            });
            w.Line("{");
            w.Indented(() =>
            {
                w.Line($"Architecture = {CSharpWriter.Quote(model.Architecture)},");
                if (model.Programs.FirstOrDefault(p => p.Rule.LearnsTask).Rule?.Task is { } task) w.Line($"LearnsFrom = LabelKind.{task.LearnsFrom},");
            });
            w.Line("};");
        });
    }

    static void Program(CSharpWriter w, LoweredProgram program)
    {
        long Total(Region region) => program.Plan.Totals.TryGetValue(region, out long units) ? units : 0;
        double Flops(DimensionKind kind) => program.Kernels.Where(k => k.Kernel is ProductKernel && k.Kernel.Info.Rows.Kind == kind).Sum(k => k.Kernel.Info.Flops * (k.Loop?.Count ?? 1));
        double pairs = program.Kernels.Where(k => k.Kernel is AttentionKernel or AttentionGradientKernel).Sum(k => k.Kernel.Info.Flops * (k.Loop?.Count ?? 1));
        string N(double value) => value.ToString("R", CultureInfo.InvariantCulture);
        string outputs = string.Join(", ", program.Outputs.Select(o =>
            $"new({CSharpWriter.Quote(o.Name)}, {(o.Value.Shape.Rows.IsConstant ? "null" : $"Dimension.{o.Value.Shape.Rows.Kind}")}, {o.Value.Shape.Columns}{(o.Value.Shape.Rows is { IsConstant: true, IsOne: false } rows ? $", {rows}" : "")})"));
        string bands = program.Plan.Band is { Rows: > 0 } band
            ? FormattableString.Invariant($" {{ Bands = new(Dimension.{band.Of.Kind}, {band.Rows}, {Total(Region.Band)}) }}")
            : "";
        w.Line($"new({CSharpWriter.Quote(program.Name)}, new({string.Join(", ", ((Region[])Enum.GetValues(typeof(Region))).Where(r => r <= Region.ExactFixed).Select(r => Total(r).ToString(CultureInfo.InvariantCulture)))}){bands}, "
            + $"{N(Flops(DimensionKind.Tokens))}, {N(Flops(DimensionKind.Sequences))}, {N(Flops(DimensionKind.Predictions))}, {N(pairs)}, [{outputs}])");
        w.Line("{");
        w.Indented(() =>
        {
            w.Line("Graph =");
            var lines = GraphText.Lines(program).ToList();
            w.Indented(() =>
            {
                for (int i = 0; i < lines.Count; i++) w.Line(CSharpWriter.Quote(lines[i] + (i + 1 < lines.Count ? "\n" : "")) + (i + 1 < lines.Count ? " +" : ","));
            });
        });
        w.Line("},");
    }
}

/// <summary>What the index vectors of a batch must stay below.</summary>
internal static class IndexBounds
{
    /// <summary>Index vector → C# expression of its bound.</summary>
    public static IEnumerable<(string Index, string Rows)> Of(IEnumerable<ModelGraph> programs)
    {
        var bounds = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var rowsOfTokens = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var graph in programs)
        {
            var nodes = graph.Nodes.ToDictionary(n => n.Id);
            foreach (var n in graph.Nodes.Where(n => n.Op is Op.Rows or Op.OneHot or Op.GroupLogSum))
            {
                var rows = n.Op switch { Op.OneHot => Dim.Of(n.Shape.Columns), Op.GroupLogSum => n.Shape.Rows, _ => nodes[n.Inputs[0]].Shape.Rows };
                if (!rows.IsConstant) rowsOfTokens.Add($"{n.Index}:{rows.Kind}");
                else bounds[n.Index] = bounds.TryGetValue(n.Index, out int known) ? Math.Min(known, rows.Size) : rows.Size;
            }
        }

        foreach (var b in bounds) yield return (b.Key, b.Value.ToString(CultureInfo.InvariantCulture));
        foreach (string pair in rowsOfTokens) yield return (pair.Split(':')[0], $"batch.Count(Dimension.{pair.Split(':')[1]})");
    }
}
