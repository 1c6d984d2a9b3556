using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>
/// When each node of a block can run. Kernels of level n run in the order: row kernels (time 2n), then products and the like
/// (time 2n + 1). Nodes run as early as they can; maps that nobody stores run as late as their first reader, inside its kernel.
/// </summary>
internal sealed class Levels
{
    readonly Dictionary<int, Node> nodes;
    readonly Func<int, bool> here;
    readonly Readers readers;
    readonly Dictionary<int, int> level = [];
    readonly Dictionary<int, HashSet<int>> widths = [];

    public Levels(Block block, Dictionary<int, Node> nodes, Readers readers, Func<int, bool> here)
    {
        (this.nodes, this.readers, this.here) = (nodes, readers, here);
        foreach (var n in block.Nodes) PlaceEarly(n);
        foreach (var n in block.Nodes.Reverse())
        {
            var bounds = Bounds(n);
            if (bounds.Count > 0) level[n.Id] = Math.Max(level[n.Id], bounds.Min());
        }
    }

    public int Of(Node n) => level[n.Id];

    /// <summary>A map that the block has besides, which runs inside a kernel of that level.</summary>
    public void Add(Node n, int at) => level[n.Id] = at;

    public int Time(Node n) => 2 * level[n.Id] + (n.Is(OpClass.Heavy) ? 1 : 0);

    public Dim IterationRows(Node n) => n.Op == Op.ColumnSum ? nodes[n.Inputs[0]].Shape.Rows : n.Shape.Rows;

    /// <summary>The columns that a kernel passes over to compute <paramref name="n"/>.</summary>
    public int Columns(Node n) => n.Op is Op.ColumnSum or Op.RowSum or Op.RowMax ? nodes[n.Inputs[0]].Shape.Columns : n.Shape.Columns;

    /// <summary>True if <paramref name="n"/> can read <paramref name="input"/> inside one row kernel.</summary>
    public bool Joins(Node input, Node n) =>
        input.IsRowwise() && here(input.Id) && here(n.Id) && input.Shape.Rows == IterationRows(n) && !(n.Op == Op.Rows);

    /// <summary>The levels at which a map is wanted if nobody needs it stored; empty if it must be stored.</summary>
    public HashSet<int> Bounds(Node n)
    {
        var bounds = new HashSet<int>();
        if (!n.Is(OpClass.Map) || readers.ReadBeyond(n.Id)) return bounds;
        foreach (var r in readers.Of(n.Id))
        {
            if (!here(r.Id) || r.Is(OpClass.Heavy) || !Joins(n, r)) return [];
            bounds.Add(level[r.Id]);
        }

        return bounds;
    }

    void PlaceEarly(Node n)
    {
        if (n.Is(OpClass.Free) || n.Is(OpClass.State)) return;
        var local = n.Inputs.Where(here).Select(i => nodes[i]).Where(i => level.ContainsKey(i.Id)).ToList();
        if (n.Is(OpClass.Heavy))
        {
            level[n.Id] = local.Select(i => level[i.Id] + (i.Is(OpClass.Heavy) ? 1 : 0)).DefaultIfEmpty(0).Max();
            return;
        }

        int at = local.Select(i => level[i.Id] + (Joins(i, n) ? 0 : 1)).DefaultIfEmpty(0).Max();
        var joined = local.Where(i => Joins(i, n) && level[i.Id] == at).SelectMany(i => widths[i.Id]).Append(Columns(n)).Where(w => w != 1);
        var width = new HashSet<int>(joined);
        if (width.Count > 1)
        {
            // rows of different widths do not share a kernel
            at++;
            width = [.. new[] { Columns(n) }.Where(w => w != 1)];
        }

        level[n.Id] = at;
        widths[n.Id] = width;
    }
}
