using AlbertCompiled.Generators.Emit;
using AlbertCompiled.Generators.Emit.Gpu;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Trace;
using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.TensorCores;
using AlbertCompiled.Tests.Infrastructure;

namespace AlbertCompiled.Tests.Gpu.Stub;

/// <summary>A captured step issues exactly what the compiler planned: its lowered program, kernel by kernel, then the update, and the copies of its results.</summary>
public sealed class PlanTests
{
    const int Tile = 64;            // of a portable product
    const int Processors = 132;     // what the stand-in says that it has

    static readonly ProductChoice Card = ProductChoice.For(90, 233472, Processors)!;

    static readonly Lazy<Dictionary<string, TracedModel>> Zoo = new(() =>
    {
        var result = GeneratorHarness.Run(GeneratorHarness.Compilation(File.ReadAllText(Path.Combine(Repository.Root, "models", "Zoo.cs"))));
        return result.TrackedSteps["Trace"].SelectMany(s => s.Outputs).Select(o => (TracedModel)o.Value).ToDictionary(m => m.Name);
    });

    [StubTheory]
    [InlineData("float32", "AlbertTiny")]
    [InlineData("bfloat16", "AlbertSmall")]
    [InlineData("bfloat16", "AlbertBase")]
    public void A_captured_step_is_the_planned_launches(string precision, string name)
    {
        var log = StubDriver.Run($"plan-{name}");
        var programs = Generators.Compiler.Lower(Zoo.Value[name]).Programs.ToDictionary(p => p.Program.Name, p => p.Program);
        bool rounded = precision == "bfloat16";
        string[] train = [.. Launches(programs["train"], rounded)], evaluate = [.. Launches(programs["evaluate"], rounded)];
        string[] update = ["GradientNormKernel", "NormTotalKernel", "MomentsKernel"], results = ["cuMemcpyAsync", "cuMemcpyDtoHAsync"];
        Assert.Equal([.. train, .. Scalars("train"), .. update, .. results], Captured(log.Part("recorded AdamW")));
        Assert.Equal([.. train, .. Scalars("train"), .. update, "TrustRatioKernel", "LambStepKernel", .. results], Captured(log.Part("recorded Lamb")));
        Assert.Equal([.. evaluate, .. Scalars("evaluate"), "cuMemcpyDtoHAsync"], Captured(log.Part("evaluate")));

        IEnumerable<string> Scalars(string program) => programs[program].Outputs.Where(o => o.Value.Shape.IsScalar).Select(_ => "cuMemcpyAsync");
    }

    /// <summary>What a program launches.</summary>
    static IEnumerable<string> Launches(LoweredProgram program, bool rounded)
    {
        if (program.Name == "train") yield return "ClearKernel";
        bool listed = false;
        foreach (var kernel in GpuSteps.Of(program).Steps.SelectMany(Kernels))
        {
            // the tiles of the sequences, in front of the first attention
            if (kernel is AttentionKernel or AttentionGradientKernel && !listed) yield return "AttentionListKernel";
            listed |= kernel is AttentionKernel or AttentionGradientKernel;
            foreach (string launch in Launches(kernel, rounded)) yield return launch;
        }
    }

    static IEnumerable<Kernel> Kernels(Step step) => step switch
    {
        LoopStep loop => Enumerable.Range(0, loop.Count).SelectMany(_ => loop.Body),
        BandStep band => Enumerable.Range(0, Ceiling(Most(band.Rows), band.Most)).SelectMany(_ => band.Body),
        _ => step.Kernels,
    };

    static IEnumerable<string> Launches(Kernel kernel, bool rounded) => kernel switch
    {
        RowKernel rows => [Rows(rows)],
        ProductKernel product when GpuSteps.SumOf(product) is { } sum => [.. Copies(product, rounded), .. Summed(product, sum.Partials.Shape.Columns, rounded)],
        ProductKernel product => [.. Copies(product, rounded), Product(product, rounded)],
        AttentionKernel a => [rounded && AttentionHead.Takes(Head(a.QueryKeyValue, a.Heads)) ? "AttentionForwardTensorKernel" : "AttentionForwardKernel"],
        AttentionGradientKernel a => rounded && AttentionHead.Takes(Head(a.QueryKeyValue, a.Heads))
            ? ["AttentionBackwardTensorKernel", "AttentionBackwardTensorKernel"]
            : ["AttentionBackwardKernel", "AttentionBackwardKernel", "AttentionBackwardKernel"],
        ScatterKernel { Target: ParameterBuffer } => ["RunSumKernel", "RunMergeKernel"],
        ScatterKernel => ["ClearKernel", "ScatterAddKernel"],
        GroupLogSumKernel => ["GroupLogSumKernel"],
        ColumnSumsKernel { Sums: var sums } => [$"ColumnSumKernel {Ceiling(sums.Max(s => s.Columns), 16)} {sums.Length}"],
        MatrixSumKernel => ["MatrixSumKernel"],
        _ => throw new InvalidOperationException(kernel.ToString()),
    };

    /// <summary>A group for each row, for each chunk with sums of columns, for each chunk and block of columns with nothing else; where nothing is summed, a group for four rows if a warp takes one.</summary>
    static string Rows(RowKernel kernel)
    {
        var instructions = kernel.Phases.SelectMany(p => p.Instructions).ToList();
        int columns = kernel.Phases.Max(p => p.Columns);
        bool sums = instructions.Any(i => i is AddToPartial), blocks = sums && kernel.Phases is [{ Columns: > 1 }] && !instructions.Any(i => i is Reduce);
        if (blocks) return Blocks(kernel.Name, Most(kernel.Rows), columns);
        if (!sums && columns == 768)
            return $"WarpRowsKernel({kernel.Name},Beside(WarpPack,Beside(WarpPack,WarpPack))) {Ceiling(Most(kernel.Rows), 4)} of 32 4";
        return $"RowsKernel({kernel.Name},{(columns % 8 == 0 ? "Float8" : "Float1")},{(Lanes(columns) >= Packs(columns) ? "OnePack" : "ManyPacks")}) {Ceiling(Most(kernel.Rows), sums ? ArenaPlan.ChunkRows : 1)} 1";
    }

    static string Blocks(string kernel, int rows, int columns) =>
        $"RowsKernel({kernel},{(columns % 8 == 0 ? "Float8" : "Float1")},OnePack) {Ceiling(rows, ArenaPlan.ChunkRows)} {Ceiling(Packs(columns), Math.Min(Lanes(columns), 64))}";

    static int Packs(int columns) => columns % 8 == 0 ? columns / 8 : columns;

    static int Lanes(int columns) => Math.Min(Ceiling(Packs(columns), 32) * 32, GroupReduce.MaxLanes);

    /// <summary>The lanes of the epilogue sum where a product runs on tensor cores, whole, a group to a tile; else a kernel behind it.</summary>
    static IEnumerable<string> Summed(ProductKernel product, int columns, bool rounded)
    {
        string words = Product(product with { Name = $"Summed({product.Name})" }, rounded);
        return words.StartsWith("tensor", StringComparison.Ordinal) && words.EndsWith(" in 1", StringComparison.Ordinal) && columns % 8 == 0
            ? [$"summed {words[..^" in 1".Length].Replace($"Summed({product.Name})", product.Name, StringComparison.Ordinal)}"]
            : [words, Blocks($"ChunkSums({(rounded ? "BFloat16" : "Float32")})", Most(product.M), columns)];
    }

    /// <summary>Factors that are float32 in every precision are rounded first.</summary>
    static IEnumerable<string> Copies(ProductKernel product, bool rounded) =>
        ((Generators.Lower.Buffer[])[product.A, product.B]).Where(b => rounded && b is SlotBuffer { Slot.IsElement: false }).Select(_ => "RoundKernel");

    /// <summary>On tensor cores where rows begin on 16-byte boundaries, in the parts that the card's estimate says; else in tiles of 64.</summary>
    static string Product(ProductKernel product, bool rounded)
    {
        string element = rounded ? "BFloat16" : "Float32";
        string epilogue = EpiloguePrinter.Plain(product) is not { } plain || !plain.Accumulate && plain.Target is SlotBuffer { Slot.IsElement: false } ? product.Name : plain.Accumulate ? "Accumulate" : $"Store({element})";
        int m = Most(product.M), n = product.N, k = Most(product.K);
        if (!rounded || product.A.Stride % 8 != 0 || product.B.Stride % 8 != 0) return $"product {epilogue} {Ceiling(n, Tile) * Ceiling(m, Tile)}";
        string layout = $"{(product.TransposeA ? "T" : "N")}{(product.TransposeB ? "T" : "N")}";
        bool boxes = product.K.IsConstant || product.TransposeA && !product.TransposeB;
        var (variant, parts) = Card.Of(new(layout, m, n, k, boxes, epilogue == product.Name ? Costs.Operations(product) : 0));
        int tiles = variant.Tiles(m, n);
        return variant.Walks
            ? $"walking product {epilogue} {WalkingParts.Groups(tiles, Ceiling(k, SharedTile.Depth), variant.Resident * Processors)}"
            : $"tensor product {epilogue} {tiles} in {parts}";
    }

    static int Head(Generators.Lower.Buffer queryKeyValue, int heads) => queryKeyValue.Shape.Columns / 3 / heads;

    static int Most(Dim rows) => rows.Kind switch
    {
        DimensionKind.Constant => rows.Size,
        DimensionKind.Tokens => StubScenarios.Capacity.Tokens,
        DimensionKind.Sequences => StubScenarios.Capacity.Sequences,
        _ => StubScenarios.Capacity.Predictions,
    };

    static int Ceiling(int count, int size) => (count + size - 1) / size;

    /// <summary>What was captured, in the words of the plan: a product in parts and their sum are one.</summary>
    static string[] Captured(string[] lines)
    {
        var captured = lines.SkipWhile(l => !l.StartsWith("cuStreamBeginCapture", StringComparison.Ordinal)).Skip(1).TakeWhile(l => !l.StartsWith("cuStreamEndCapture", StringComparison.Ordinal)).ToArray();
        var words = new List<string>();
        (string Words, string Parts)? parts = null;
        for (int i = 0; i < captured.Length; i++)
        {
            string[] call = captured[i].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (call[0] != "captured")
            {
                words.Add(call[0]);
                continue;
            }

            string kernel = captured[++i]["kernel ".Length..], name = kernel.Split('(')[0], epilogue = kernel[(kernel.LastIndexOf(',') + 1)..].TrimEnd(')');
            if (epilogue.Contains('(', StringComparison.Ordinal)) epilogue += ")";
            switch (name)
            {
                case "ProductKernel" or "TensorProductKernel" when epilogue == "PartialProduct":
                    parts = name == "ProductKernel" ? ("product {0} " + call[2], "") : ("tensor product {0} " + call[2], $" in {call[4]}");
                    break;
                case "ProductSumKernel" or "TensorSumKernel":
                    words.Add(parts!.Value.Words.Replace("{0}", kernel[(name.Length + 1)..^1], StringComparison.Ordinal) + parts.Value.Parts);
                    parts = null;
                    break;
                case "ProductKernel":
                    words.Add($"product {epilogue} {call[2]}");
                    break;
                case "TensorProductKernel":
                    words.Add($"tensor product {epilogue} {call[2]} in {call[4]}");
                    break;
                case "SummedTileKernel":
                    words.Add($"summed tensor product {epilogue} {call[2]}");
                    break;
                case "WalkingProductKernel":
                    words.Add($"walking product {epilogue} {call[2]}");
                    break;
                case "RowsKernel":
                    words.Add($"{kernel} {call[2]} {call[3]}");
                    break;
                case "WarpRowsKernel":
                    words.Add($"{kernel} {call[2]} of {call[5]} {call[6]}");
                    break;
                case "ColumnSumKernel":
                    words.Add($"{name} {call[2]} {call[3]}");
                    break;
                default:
                    words.Add(name);
                    break;
            }
        }

        Assert.Null(parts);
        return [.. words];
    }
}
