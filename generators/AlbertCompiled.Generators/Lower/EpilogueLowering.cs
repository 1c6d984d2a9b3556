using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Passes;
using GraphNode = AlbertCompiled.Generators.Graph.Node;

namespace AlbertCompiled.Generators.Lower;

/// <summary>The instructions that follow each element of a product.</summary>
internal sealed class EpilogueLowering
{
    readonly Lowering lowering;
    readonly GraphNode root;
    readonly FusedKernel kernel;
    readonly LocalNames locals = new();
    readonly HashSet<int> inside;
    readonly Dictionary<int, string> values = [];
    readonly List<Instruction> instructions = [];

    public EpilogueLowering(Lowering lowering, GraphNode root, FusedKernel kernel)
    {
        (this.lowering, this.root, this.kernel) = (lowering, root, kernel);
        inside = [.. kernel.Nodes.Select(n => n.Id)];
        values[root.Id] = Lowering.Accumulator;
    }

    public ImmutableArray<Instruction> Run()
    {
        foreach (var n in kernel.All.Where(n => lowering.HasBuffer(n.Id)))
            instructions.Add(new Store(Value(n.Id), lowering.BufferOf(n.Id), RowMode.Own, false));
        return locals.Name([new(root.Shape.Columns, [.. instructions])])[0].Instructions;
    }

    string Value(int id)
    {
        if (values.TryGetValue(id, out string? known)) return known;
        var n = lowering.Nodes[id];
        if (inside.Contains(id) && n.Op is Op.Broadcast or Op.Detach) return values[id] = Value(n.Inputs[0]);
        Instruction instruction = inside.Contains(id)
            ? new Compute(locals.Of(n), n.Op, [.. n.Inputs.Select(Value)])
            : Elements.Read(n, locals.Of(n), lowering);
        instructions.Add(instruction);
        return values[id] = Elements.TargetOf(instruction);
    }
}
