using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>Kernels of a block that run band by band: for so many rows all of them, then for the next ones.</summary>
/// <param name="Block">The block.</param>
/// <param name="First">Its first kernel of the band.</param>
/// <param name="Last">The last one.</param>
/// <param name="Rows">What is cut into bands.</param>
/// <param name="Values">The nodes of which only a band is kept.</param>
internal sealed record Band(int Block, int First, int Last, Dim Rows, ImmutableHashSet<int> Values);

/// <summary>
/// Finds what is wide and short-lived, such as logits over a vocabulary between their product and the products of their gradient, and gathers the kernels
/// that touch it, so that a band of its rows is all that is ever kept (as in the fused linear cross entropy of Hsu et al. 2024). Every kernel must go row by row or
/// add up rows into a gradient, and none may wait for one that cannot join: then bands give what whole columns give, but for the order of sums.
/// </summary>
internal static class Bands
{
    /// <summary>Elements of a wide value that a band may have: 32 MiB in bfloat16, which the second-level cache of a large card holds.</summary>
    const int Elements = 1 << 24;

    /// <summary>Rows of a band are a multiple of this: the tile of large products.</summary>
    const int TileRows = 128;

    /// <summary>More rows than a batch of one device has: what is so narrow is kept whole.</summary>
    const int MostRows = 4096;

    /// <param name="schedule">What Fuse made.</param>
    /// <param name="rows">Rows of a band, rounded up to whole chunks; 0 to choose them by the width of what is kept.</param>
    public static Schedule Run(Schedule schedule, int rows)
    {
        var seeds =
            from b in Enumerable.Range(0, schedule.Blocks.Length)
            where !schedule.Graph.Blocks[b].IsLoop
            from root in schedule.Blocks[b].Select(k => k.Root).OfType<Node>()
            orderby root.Shape.Columns descending, root.Id
            select (Block: b, Product: root);
        var finder = new Finder(schedule.Graph);
        foreach (var (block, product) in seeds.Where(s => finder.Widens(s.Product)).ToList())
        {
            int most = rows > 0 ? (rows + Slot.ChunkRows - 1) / Slot.ChunkRows * Slot.ChunkRows : Math.Max(TileRows, Elements / product.Shape.Columns / TileRows * TileRows);
            if (rows == 0 && most >= MostRows) continue;
            // the arena has bands of one size and one dimension, a block has one
            if (schedule.Bands.Any(b => b.Rows != product.Shape.Rows || b.Block == block)) continue;
            if (finder.Find(schedule.Blocks[block], product) is not { } found) continue;
            schedule = schedule with
            {
                Blocks = schedule.Blocks.SetItem(block, found.Kernels),
                Bands = schedule.Bands.Add(new(block, found.First, found.Last, product.Shape.Rows, found.Values)),
                BandRows = schedule.Bands.IsEmpty ? most : schedule.BandRows,
            };
        }

        return schedule;
    }

    sealed class Finder(ModelGraph graph)
    {
        readonly Dictionary<int, Node> nodes = graph.Nodes.ToDictionary(n => n.Id);
        readonly Readers readers = new(graph);

        /// <summary>True for a product over rows that a batch brings which makes them wider.</summary>
        public bool Widens(Node product) =>
            product is { Op: Op.MatMul, TransposeA: false, Shape.Rows.IsConstant: false } && product.Shape.Columns > nodes[product.Inputs[0]].Shape.Columns;

        /// <summary>A block's kernels in an order in which those around a product stand together, and which of them do; null if there is none.</summary>
        public (ImmutableArray<FusedKernel> Kernels, int First, int Last, ImmutableHashSet<int> Values)? Find(ImmutableArray<FusedKernel> kernels, Node product)
        {
            var kernelOf = kernels.SelectMany(k => k.All.Select(n => (n.Id, k))).ToDictionary(p => p.Id, p => p.k);
            var members = new HashSet<FusedKernel>();
            var values = new HashSet<int>();
            var pending = new Queue<int>([product.Id]);
            while (pending.Count > 0)
            {
                int id = pending.Dequeue();
                if (members.Contains(kernelOf[id])) continue;
                kernels = Split(kernels, kernelOf[id], product.Shape, kernelOf);
                var kernel = kernelOf[id];
                if (!GoesByRows(kernel, product.Shape, kernelOf)) return null;
                members.Add(kernel);
                foreach (var n in kernel.All.Where(n => n.Shape == product.Shape))
                {
                    var elsewhere = readers.Of(n.Id).Where(r => !kernelOf.TryGetValue(r.Id, out var k) || k != kernel).ToList();
                    if (readers.ReadBeyond(n.Id) || elsewhere.Any(r => !kernelOf.ContainsKey(r.Id))) return null;
                    if (elsewhere.Count > 0) values.Add(n.Id);
                    foreach (var r in elsewhere) pending.Enqueue(r.Id);
                }

                foreach (int wide in kernel.All.SelectMany(n => n.Inputs).Where(i => kernelOf.ContainsKey(i) && nodes[i].Shape == product.Shape)) pending.Enqueue(wide);
            }

            if (values.Count == 0 || Gather(kernels, members, kernelOf) is not { } order) return null;
            int first = order.TakeWhile(k => !members.Contains(k)).Count();
            return (order, first, first + members.Count - 1, [.. values]);
        }

        // sums over rows leave a row kernel, whose rows are then as many groups of lanes: those of wide values read the band again, the others wait for the last band
        ImmutableArray<FusedKernel> Split(ImmutableArray<FusedKernel> kernels, FusedKernel kernel, Shape wide, Dictionary<int, FusedKernel> kernelOf)
        {
            if (kernel.Root is not null) return kernels;
            var parts = kernel.Nodes.GroupBy(n => n.Op != Op.ColumnSum ? 0 : nodes[n.Inputs[0]].Shape == wide ? 1 : 2).OrderBy(g => g.Key).Select(g => new FusedKernel(null, [.. g])).ToList();
            if (parts.Count == 1) return kernels;
            foreach (var part in parts)
                foreach (var n in part.Nodes) kernelOf[n.Id] = part;
            return [.. kernels.SelectMany(k => k == kernel ? parts : [k])];
        }

        // rows of its own, or sums over rows that go into a gradient
        bool GoesByRows(FusedKernel kernel, Shape wide, Dictionary<int, FusedKernel> kernelOf)
        {
            // a mask is numbered by the row of the whole batch
            if (kernel.All.Any(n => n.Inputs.Any(i => nodes[i].Op == Op.KeepMask) || n.Op == Op.Rows && nodes[n.Inputs[0]].Shape.Rows == wide.Rows)) return false;
            return kernel.Root switch
            {
                null => kernel.Nodes.All(n => n.Op == Op.ColumnSum ? kernelOf.ContainsKey(n.Inputs[0]) && Fuse.SumsIntoGradient(n, readers) : n.Shape.Rows == wide.Rows),
                { Op: Op.MatMul, TransposeA: false } root => root.Shape.Rows == wide.Rows,
                { Op: Op.MatMul } root => nodes[root.Inputs[0]].Shape.Rows == wide.Rows && kernel.Nodes is [{ Op: Op.AccumulateGradient }],
                _ => false,
            };
        }

        // what the members wait for, then the members, then what waits for them; null if one of the last is also one of the first
        static ImmutableArray<FusedKernel>? Gather(ImmutableArray<FusedKernel> kernels, HashSet<FusedKernel> members, Dictionary<int, FusedKernel> kernelOf)
        {
            List<FusedKernel> before = [], inside = [], after = [];
            foreach (var kernel in kernels)
            {
                var sources = kernel.All.SelectMany(n => n.Inputs).Where(kernelOf.ContainsKey).Select(i => kernelOf[i]).Where(k => k != kernel).ToList();
                bool late = sources.Any(after.Contains);
                if (!members.Contains(kernel)) (late || inside.Count == members.Count || sources.Any(members.Contains) ? after : before).Add(kernel);
                else if (late) return null;
                else inside.Add(kernel);
            }

            return [.. before, .. inside, .. after];
        }
    }
}
