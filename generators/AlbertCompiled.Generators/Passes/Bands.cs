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
    /// <summary>Elements of a wide value that a band may have: 32 MiB in bfloat16.</summary>
    const int Elements = 1 << 24;

    /// <summary>Rows of a band are a multiple of this: the tile of large products.</summary>
    const int TileRows = 128;

    /// <summary>More rows than a batch of one device has: what is so narrow is kept whole.</summary>
    const int MostRows = 4096;

    /// <param name="schedule">What Fuse made.</param>
    /// <param name="rows">Rows of a band, rounded up to whole chunks; 0 to choose them by the width of what is kept.</param>
    public static Schedule Run(Schedule schedule, int rows)
    {
        var finder = new Finder(schedule);
        var seeds = schedule.Blocks.SelectMany((kernels, b) => kernels.Where(_ => !schedule.Graph.Blocks[b].IsLoop).Select(k => (Block: b, k.Root)))
            .Where(s => s.Root is not null && finder.Widens(s.Root)).OrderByDescending(s => s.Root!.Shape.Columns).ThenBy(s => s.Root!.Id);
        foreach (var (block, root) in seeds)
        {
            int fits = Math.Max(TileRows, Elements / root!.Shape.Columns / TileRows * TileRows), most = rows > 0 ? (rows + Slot.ChunkRows - 1) / Slot.ChunkRows * Slot.ChunkRows : fits;
            // the arena has bands of one size and one dimension, a block has one
            if (rows == 0 && fits >= MostRows || schedule.Bands.Any(b => b.Rows != root.Shape.Rows || b.Block == block)) continue;
            if (finder.Find(schedule, block, root) is { } found) schedule = found with { BandRows = schedule.Bands.IsEmpty ? most : schedule.BandRows };
        }

        return schedule;
    }

    sealed class Finder(Schedule original)
    {
        readonly Dictionary<int, Node> nodes = original.Graph.Nodes.ToDictionary(n => n.Id);
        readonly Readers readers = new(original.Graph);

        /// <summary>True for a product over rows that a batch brings which makes them wider.</summary>
        public bool Widens(Node product) =>
            product is { Op: Op.MatMul, TransposeA: false, Shape.Rows.IsConstant: false } && product.Shape.Columns > nodes[product.Inputs[0]].Shape.Columns;

        /// <summary>The schedule with a band around a product, or null if there cannot be one.</summary>
        public Schedule? Find(Schedule schedule, int block, Node product)
        {
            var kernels = schedule.Blocks[block];
            var kernelOf = kernels.SelectMany(k => k.All.Select(n => (n.Id, k))).ToDictionary(p => p.Id, p => p.k);
            var (rows, columns) = (product.Shape.Rows, product.Shape.Columns);
            var members = new HashSet<FusedKernel>();
            var values = new HashSet<int>();
            var pending = new Queue<FusedKernel>([kernelOf[product.Id]]);
            while (pending.Count > 0)
            {
                var kernel = pending.Dequeue();
                if (!members.Add(kernel)) continue;
                if (!GoesByRows(kernel, rows)) return null;
                foreach (var n in kernel.All.Where(n => n.Shape.Rows == rows && n.Shape.Columns == columns))
                {
                    var elsewhere = readers.Of(n.Id).Where(r => !kernelOf.TryGetValue(r.Id, out var k) || k != kernel).ToList();
                    if (readers.ReadBeyond(n.Id) || elsewhere.Any(r => !kernelOf.ContainsKey(r.Id))) return null;
                    if (elsewhere.Count > 0) values.Add(n.Id);
                    foreach (var r in elsewhere) pending.Enqueue(kernelOf[r.Id]);
                }

                foreach (int wide in kernel.All.SelectMany(n => n.Inputs).Where(i => kernelOf.ContainsKey(i) && nodes[i].Shape == product.Shape)) pending.Enqueue(kernelOf[wide]);
            }

            if (values.Count == 0 || Gather(kernels, members, kernelOf) is not { } order) return null;
            int first = order.TakeWhile(k => !members.Contains(k)).Count();
            return schedule with
            {
                Blocks = schedule.Blocks.SetItem(block, order),
                Bands = schedule.Bands.Add(new(block, first, first + members.Count - 1, rows, [.. values])),
            };
        }

        // rows of its own, or sums over rows that go into a gradient
        bool GoesByRows(FusedKernel kernel, Dim rows)
        {
            // a mask is numbered by the row of the whole batch
            if (kernel.All.Any(n => n.Inputs.Any(i => nodes[i].Op == Op.KeepMask) || n.Op == Op.Rows && nodes[n.Inputs[0]].Shape.Rows == rows)) return false;
            return kernel.Root switch
            {
                null => kernel.Nodes.All(n => (n.Op == Op.ColumnSum ? nodes[n.Inputs[0]] : n).Shape.Rows == rows),
                { Op: Op.MatMul, TransposeA: false } root => root.Shape.Rows == rows,
                { Op: Op.MatMul } root => nodes[root.Inputs[0]].Shape.Rows == rows && kernel.Nodes is [{ Op: Op.AccumulateGradient }],
                _ => false,
            };
        }

        // what the members wait for, then the members, then what waits for them; null if one of the last is also one of the first
        static ImmutableArray<FusedKernel>? Gather(ImmutableArray<FusedKernel> kernels, HashSet<FusedKernel> members, Dictionary<int, FusedKernel> kernelOf)
        {
            List<FusedKernel> before = [], inside = [], after = [];
            var late = new HashSet<FusedKernel>();
            foreach (var kernel in kernels)
            {
                var inputs = kernel.All.SelectMany(n => n.Inputs).Where(kernelOf.ContainsKey).Select(i => (Id: i, Kernel: kernelOf[i])).Where(i => i.Kernel != kernel).ToList();
                bool waits = inputs.Any(i => late.Contains(i.Kernel));
                if (members.Contains(kernel))
                {
                    // a sum over all rows is there only after the last band
                    if (waits || inputs.Any(i => members.Contains(i.Kernel) && i.Kernel.All.First(n => n.Id == i.Id).Op == Op.ColumnSum)) return null;
                    inside.Add(kernel);
                }
                else if (waits || inputs.Any(i => members.Contains(i.Kernel)))
                {
                    late.Add(kernel);
                    after.Add(kernel);
                }
                else
                {
                    (inside.Count < members.Count ? before : after).Add(kernel);
                }
            }

            return [.. before, .. inside, .. after];
        }
    }
}
