using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>
/// Gathers nodes into kernels. Elementwise and row-reduction chains over the same rows, connected and not separated by a
/// product, become one row kernel; the elementwise tail of a product moves into its epilogue; column sums ride along.
/// Decisions use only <see cref="Ops"/> and shapes, never names: whatever the language composes is fused alike.
/// </summary>
internal static class Fuse
{
    public static Schedule Run(ModelGraph graph)
    {
        var home = new Dictionary<int, int>();
        for (int b = 0; b < graph.Blocks.Length; b++)
            foreach (var n in graph.Blocks[b].Nodes) home[n.Id] = b;
        var nodes = graph.Nodes.ToDictionary(n => n.Id);
        var readers = new Readers(graph);
        return new(graph, [.. graph.Blocks.Select((block, b) => new BlockFusion(block, nodes, readers, id => home[id] == b).Run())]);
    }

    /// <summary>True for a column sum whose only use is to be added to a parameter's gradient.</summary>
    public static bool SumsIntoGradient(Node n, Readers readers) =>
        n.Op == Op.ColumnSum && readers.Of(n.Id) is [{ Op: Op.AccumulateGradient }] && !readers.ReadBeyond(n.Id);

    sealed class BlockFusion(Block block, Dictionary<int, Node> nodes, Readers readers, Func<int, bool> here)
    {
        readonly Levels levels = new(block, nodes, readers, here);
        readonly Dictionary<int, int> group = [];
        readonly Dictionary<int, int> width = [];
        readonly Dictionary<int, HashSet<int>> waits = [];   // by group, what it reads of others of its level: next to nothing, for mostly they join

        public ImmutableArray<FusedKernel> Run()
        {
            foreach (var n in block.Nodes.Where(InRowKernel)) Join(n);
            foreach (var n in block.Nodes.Where(n => n.Op == Op.ColumnSum && Find(n.Id) == n.Id)) JoinSibling(n);
            var heavy = block.Nodes.Where(n => n.Is(OpClass.Heavy) && n.Op != Op.AttentionLogSum).ToList();
            var rows = block.Nodes.Where(InRowKernel).GroupBy(n => Find(n.Id)).Select(g => g.ToList()).ToList();
            var epilogues = heavy.ToDictionary(n => n.Id, _ => new List<Node>());
            foreach (var h in heavy)
                if (AbsorbedSink(h) is { } sink) epilogues[h.Id].Add(sink);
            foreach (var sum in block.Nodes.Where(n => n.Op == Op.AttentionLogSum)) epilogues[sum.Inputs[0]].Add(sum);
            foreach (var g in rows) Absorb(g, heavy, epilogues);

            var kernels = heavy.Select(h => (Time: levels.Time(h), h.Id, Kernel: new FusedKernel(h, [.. epilogues[h.Id]])))
                .Concat(rows.Where(g => g.Count > 0).Select(g => (Time: g.Max(levels.Time), g[0].Id, Kernel: new FusedKernel(null, [.. g]))));
            return InOrder([.. kernels.OrderBy(k => k.Time).ThenBy(k => k.Id).Select(k => k.Kernel)]);
        }

        // the first in time whose inputs are there
        ImmutableArray<FusedKernel> InOrder(List<FusedKernel> kernels)
        {
            var by = kernels.SelectMany(k => k.All.Select(n => (n.Id, k))).ToDictionary(p => p.Id, p => p.k);
            var done = new HashSet<FusedKernel>();
            var ordered = ImmutableArray.CreateBuilder<FusedKernel>();
            while (kernels.Count > 0)
            {
                var ready = kernels.FirstOrDefault(k => k.All.SelectMany(n => n.Inputs).All(i => !by.TryGetValue(i, out var from) || from == k || done.Contains(from)))
                    ?? throw new InvalidOperationException("fusion made a cycle of kernels");
                kernels.Remove(ready);
                done.Add(ready);
                ordered.Add(ready);
            }

            return ordered.ToImmutable();
        }

        bool InRowKernel(Node n) =>
            n.IsRowwise() || n.Op is Op.ColumnSum || n.Op == Op.AccumulateGradient && !Absorbed(n);

        // a product that feeds nothing but a gradient adds into it itself
        Node? AbsorbedSink(Node product) =>
            product.Op == Op.MatMul && readers.Of(product.Id) is [{ Op: Op.AccumulateGradient } sink] && !readers.ReadBeyond(product.Id) ? sink : null;

        // so does a column sum, in its second stage
        bool Absorbed(Node sink) => nodes[sink.Inputs[0]] is var d && (AbsorbedSink(d) is not null || SumsIntoGradient(d, readers));

        void Join(Node n)
        {
            group[n.Id] = n.Id;
            width[n.Id] = levels.Columns(n);
            // levels run one after the other: a way back to where it began stays in one
            var near = n.Inputs.Where(i => group.ContainsKey(i) && levels.Of(nodes[i]) == levels.Of(n)).Distinct().ToList();
            waits[n.Id] = [.. near];
            foreach (int i in near.Where(i => levels.Joins(nodes[i], n)))
            {
                int a = Find(i), b = Find(n.Id);
                if (a == b || width[a] != 1 && width[b] != 1 && width[a] != width[b] || Surround(a, b) || Surround(b, a)) continue;
                group[b] = a;
                width[a] = Math.Max(width[a], width[b]);
                waits[a].UnionWith(waits[b]);
            }

            waits[Find(n.Id)].RemoveWhere(i => near.Contains(i) && Find(i) == Find(n.Id));
        }

        // true if the late group waits for a third that waits for the early one: together they would wait for themselves
        bool Surround(int early, int late)
        {
            var seen = new HashSet<int> { early, late };
            var pending = new Stack<int>(waits[late].Select(Find).Where(seen.Add));
            while (pending.Count > 0)
            {
                foreach (int next in waits[pending.Pop()].Select(Find))
                {
                    if (next == early) return true;
                    if (seen.Add(next)) pending.Push(next);
                }
            }

            return false;
        }

        // a column sum that stands alone rides along where its input is read anyway; its level has no reader of it, so no group comes to stand between
        void JoinSibling(Node sum)
        {
            var sibling = readers.Of(sum.Inputs[0]).FirstOrDefault(r => r.Id != sum.Id && group.ContainsKey(r.Id) && r.Op != Op.Rows
                && levels.Of(r) == levels.Of(sum) && levels.IterationRows(r) == levels.IterationRows(sum) && width[Find(r.Id)] == width[sum.Id]);
            if (sibling is not null && Find(sibling.Id) != sum.Id) group[sum.Id] = Find(sibling.Id);
        }

        int Find(int id)
        {
            while (group[id] != id) id = group[id];
            return id;
        }

        void Absorb(List<Node> rowGroup, List<Node> heavy, Dictionary<int, List<Node>> epilogues)
        {
            var inGroup = new HashSet<int>(rowGroup.Select(n => n.Id));
            var product = rowGroup.SelectMany(n => n.Inputs).Distinct().Where(here).Select(i => nodes[i])
                .Where(i => i.Is(OpClass.Heavy)).OrderBy(levels.Time).ThenBy(i => i.Id).LastOrDefault();
            if (product is not { Op: Op.MatMul } || epilogues[product.Id].Count > 0) return;

            bool Earlier(int id) => !here(id) || nodes[id].Is(OpClass.Free) || nodes[id].Is(OpClass.State)
                || nodes[id] is var i && !inGroup.Contains(id) && (levels.Time(i) < levels.Time(product) || levels.Time(i) == levels.Time(product) && id < product.Id);
            var candidates = new HashSet<int> { product.Id };
            foreach (var n in rowGroup)
            {
                if (n.Is(OpClass.Map) && n.Op != Op.Rows && n.Shape == product.Shape && n.Inputs.All(i => candidates.Contains(i) || Earlier(i)))
                    candidates.Add(n.Id);
            }

            candidates.Remove(product.Id);
            var chosen = Exits([product.Id, .. candidates]) <= 1 || candidates.Count == rowGroup.Count ? candidates : SingleChain(product, candidates);
            epilogues[product.Id].AddRange(rowGroup.Where(n => chosen.Contains(n.Id)));
            rowGroup.RemoveAll(n => chosen.Contains(n.Id));
        }

        int Exits(HashSet<int> set) => set.Count(id => readers.ReadBeyond(id) || readers.Of(id).Any(r => !set.Contains(r.Id)));

        // the stretch along which each value has one reader: storing its end stores nothing twice
        HashSet<int> SingleChain(Node product, HashSet<int> candidates)
        {
            var chain = new HashSet<int>();
            var at = product;
            while (!readers.ReadBeyond(at.Id) && readers.Of(at.Id) is [var reader] && candidates.Contains(reader.Id)
                && reader.Inputs.All(i => i == at.Id || !candidates.Contains(i)))
            {
                chain.Add(reader.Id);
                at = reader;
            }

            return chain;
        }
    }
}
