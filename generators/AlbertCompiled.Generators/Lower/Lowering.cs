using System.Collections.Immutable;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Passes;
using GraphNode = AlbertCompiled.Generators.Graph.Node;

namespace AlbertCompiled.Generators.Lower;

/// <summary>Schedule and memory plan → <see cref="LoweredProgram"/>.</summary>
internal sealed class Lowering
{
    /// <summary>The product's value inside an epilogue.</summary>
    public const string Accumulator = "product";

    readonly Schedule schedule;
    readonly MemoryPlan plan;
    readonly Readers readers;
    readonly Names names;
    readonly ParameterNames parameterNames;

    Lowering(Schedule schedule, MemoryPlan plan, ParameterNames parameterNames)
    {
        (this.schedule, this.plan, this.parameterNames) = (schedule, plan, parameterNames);
        readers = new(schedule.Graph);
        Nodes = schedule.Graph.Nodes.ToDictionary(n => n.Id);
        names = new(plan.Slots.Select(s => s.Name));
    }

    public IReadOnlyDictionary<int, GraphNode> Nodes { get; }

    public static LoweredProgram Run(string name, Schedule schedule, MemoryPlan plan, ParameterNames parameterNames)
    {
        var lowering = new Lowering(schedule, plan, parameterNames);
        var steps = ImmutableArray.CreateBuilder<Step>();
        int position = 0;
        for (int b = 0; b < schedule.Blocks.Length; b++)
        {
            var block = schedule.Graph.Blocks[b];
            var kernels = schedule.Blocks[b].Select(fused => lowering.Place(fused, position++).ToList()).ToList();
            if (block.IsLoop) steps.Add(new LoopStep(block.Name, block.Iterations, block.Reversed, [.. kernels.SelectMany(k => k)]));
            else steps.AddRange(Straight(kernels, schedule.Bands.FirstOrDefault(band => band.Block == b), schedule.BandRows));
        }

        return new(name, steps.ToImmutable(), plan, [.. schedule.Graph.Outputs.Select(o => (o.Name, (SlotBuffer)lowering.BufferOf(o.Node)))]);
    }

    /// <summary>Where a stored or free node's matrix is.</summary>
    public Buffer BufferOf(int id)
    {
        var n = Nodes[id];
        if (n.Op == Op.Parameter) return Parameter(n, gradient: false);
        var location = plan.Locations[id];
        return new SlotBuffer(plan[location.Slot], location.Entry, location.Constant);
    }

    public bool HasBuffer(int id) => plan.Locations.ContainsKey(id);

    public ParameterBuffer Parameter(GraphNode n, bool gradient)
    {
        return new(parameterNames.Of(n.Parameter!), n.Shape, n.Parameter!, gradient);
    }

    public SlotBuffer PartialsOf(int id) => new(plan[plan.Partials[id]], Entry.Only, 0);

    static IEnumerable<Step> Straight(List<List<Kernel>> kernels, Band? band, int rows)
    {
        IEnumerable<Kernel> Some(int first, int count) => kernels.Skip(first).Take(count).SelectMany(k => k);
        static IEnumerable<Step> Steps(IEnumerable<Kernel> kernels) => kernels.Select(k => new KernelStep(k));
        if (band is null) return Steps(Some(0, kernels.Count));
        return
        [
            .. Steps(Some(0, band.First)),
            new BandStep(band.Rows, rows, [.. Some(band.First, band.Last + 1 - band.First)]),
            .. Steps(Some(band.Last + 1, kernels.Count)),
        ];
    }

    IEnumerable<Kernel> Place(FusedKernel fused, int position) =>
        Lower(fused).Select(k => k with { Info = k.Info with { Position = position, Nodes = [.. fused.All] } });

    IEnumerable<Kernel> Lower(FusedKernel kernel) => kernel.Root switch
    {
        null => LowerRows(kernel),
        { Op: Op.MatMul } root => [LowerProduct(root, kernel)],
        { Op: Op.Attention } root => [LowerAttention(root, kernel)],
        { Op: Op.AttentionGradient } root => [LowerAttentionGradient(root)],
        { Op: Op.ScatterAdd } root => [LowerScatter(root)],
        { Op: Op.GroupLogSum } root => [LowerGroups(root)],
        { } root => throw new InvalidOperationException($"{root.Op} has no kernel"),
    };

    IEnumerable<Kernel> LowerRows(FusedKernel kernel)
    {
        if (kernel.Nodes[0].Op == Op.ColumnSum && HasBuffer(kernel.Nodes[0].Inputs[0]) && BufferOf(kernel.Nodes[0].Inputs[0]) is SlotBuffer { Slot.IsBand: true })
        {
            foreach (var sum in kernel.Nodes) yield return LowerBandSum(sum);
            yield break;
        }

        var main = kernel.Nodes.LastOrDefault(n => n.Op is not (Op.ColumnSum or Op.AccumulateGradient)) ?? kernel.Nodes[^1];
        string name = kernel.Nodes.All(n => n.Op is Op.ColumnSum) ? names.Unique(ColumnSumName(kernel.Nodes[0])) : names.Kernel(main);
        var rows = new RowLowering(this, kernel).Run(name);
        yield return rows;
        foreach (var sum in kernel.Nodes.Where(n => n.Op == Op.ColumnSum))
        {
            var input = Nodes[sum.Inputs[0]];
            Buffer target = Fuse.SumsIntoGradient(sum, readers) ? Parameter(readers.Of(sum.Id)[0], gradient: true) : BufferOf(sum.Id);
            double bytes = 4.0 * sum.Shape.Columns / Slot.ChunkRows;
            yield return new ColumnSumKernel(names.Unique(ColumnSumName(sum) + "Total"), Info(sum, bytes / 4, bytes, input.Shape.Rows), PartialsOf(sum.Id), input.Shape.Rows, sum.Shape.Columns, target);
        }
    }

    MatrixSumKernel LowerBandSum(GraphNode sum)
    {
        var input = Nodes[sum.Inputs[0]];
        return new(names.Unique(ColumnSumName(sum)), Info(sum, sum.Shape.Columns, 4.0 * sum.Shape.Columns, input.Shape.Rows), BufferOf(input.Id), input.Shape.Rows, sum.Shape.Columns,
            Parameter(readers.Of(sum.Id)[0], gradient: true));
    }

    string ColumnSumName(GraphNode sum) => Fuse.SumsIntoGradient(sum, readers)
        ? Identifier.Pascal(parameterNames.Of(readers.Of(sum.Id)[0].Parameter!)) + "Gradient"
        : Names.Identifier(Names.LocalOf(sum.Origin) ?? "Column") + "Sum";

    ProductKernel LowerProduct(GraphNode root, FusedKernel kernel)
    {
        GraphNode a = Nodes[root.Inputs[0]], b = Nodes[root.Inputs[1]];
        var k = root.TransposeA ? a.Shape.Rows : Dim.Of(a.Shape.Columns);
        var sink = kernel.Nodes.FirstOrDefault(n => n.Op == Op.AccumulateGradient);
        var epilogue = sink is not null
            ? [new Store(Accumulator, Parameter(sink, gradient: true), RowMode.Own, Accumulate: true)]
            : new EpilogueLowering(this, root, kernel).Run();
        string name = sink is not null ? names.Unique(Identifier.Pascal(parameterNames.Of(sink.Parameter!)) + "Gradient") : names.Kernel(kernel.Nodes.LastOrDefault() ?? root);
        // the rows that a batch brings may be the product's rows or, for a weight's gradient, what it sums over
        var batch = root.Shape.Rows.IsConstant && !k.IsConstant ? k : root.Shape.Rows;
        double others = batch == k ? (double)root.Shape.Rows.Size * root.Shape.Columns : (double)k.Size * root.Shape.Columns;
        double bytes = batch == k ? 4.0 * (a.Shape.Columns + b.Shape.Columns) : 4.0 * k.Size + Costs.Bytes(epilogue);
        return new(name, Info(kernel.Nodes.LastOrDefault() ?? root, 2 * others, bytes, batch), BufferOf(a.Id), BufferOf(b.Id), root.TransposeA, root.TransposeB,
            root.Shape.Rows, root.Shape.Columns, k, epilogue);
    }

    AttentionKernel LowerAttention(GraphNode root, FusedKernel kernel)
    {
        var sum = kernel.Nodes.First(n => n.Op == Op.AttentionLogSum);
        double bytes = 4.0 * 4 * root.Shape.Columns;
        return new(names.Kernel(root), Info(root, 4.0 * root.Shape.Columns, bytes, Dim.Tokens), BufferOf(root.Inputs[0]), BufferOf(root.Id),
            BufferOf(sum.Id), root.Heads, root.Probability, root.Site);
    }

    AttentionGradientKernel LowerAttentionGradient(GraphNode root)
    {
        int hidden = root.Shape.Columns / 3;
        return new(names.Kernel(root), Info(root, 10.0 * hidden, 4.0 * 8 * hidden, Dim.Tokens), BufferOf(root.Inputs[0]), BufferOf(root.Inputs[1]),
            BufferOf(root.Inputs[2]), BufferOf(root.Inputs[3]), BufferOf(root.Id), root.Heads, root.Probability, root.Site);
    }

    ScatterKernel LowerScatter(GraphNode root)
    {
        var source = Nodes[root.Inputs[0]];
        var target = root.Parameter is null ? BufferOf(root.Id) : Parameter(root, gradient: true);
        string name = root.Parameter is null ? names.Kernel(root) : names.Unique(Identifier.Pascal(parameterNames.Of(root.Parameter)) + "RowsGradient");
        return new(name, Info(root, source.Shape.Columns, 12.0 * source.Shape.Columns, source.Shape.Rows), BufferOf(source.Id), root.Index, target);
    }

    GroupLogSumKernel LowerGroups(GraphNode root)
    {
        var source = Nodes[root.Inputs[0]];
        return new(names.Kernel(root), Info(root, 12.0 * source.Shape.Columns, 8.0 * source.Shape.Columns, source.Shape.Rows), BufferOf(source.Id), root.Index, BufferOf(root.Id));
    }

    public static KernelInfo Info(GraphNode n, double flops, double bytes, Dim rows) => new(n.Origin.Statement, n.Origin.Path, flops, bytes, rows, n.Backward);
}
