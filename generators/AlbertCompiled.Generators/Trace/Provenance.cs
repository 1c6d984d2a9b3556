using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Trace;

/// <summary>Which attribute properties the size of a node comes from. Followed through the graph only when somebody asks.</summary>
internal sealed class Provenance(GraphBuilder graph)
{
    readonly List<(ImmutableArray<string> Rows, ImmutableArray<string> Columns)> parameters = [];
    readonly Dictionary<int, int> carried = [];

    /// <summary>Notes the properties that a declared parameter's sizes come from, in order of declaration.</summary>
    public void Declared(ImmutableArray<string> rows, ImmutableArray<string> columns) => parameters.Add((rows, columns));

    /// <summary>Notes what a loop's carry starts with.</summary>
    public void Carries(int carry, int initial) => carried[carry] = initial;

    public ImmutableArray<string> OfParameter(int index, bool columns) => columns ? parameters[index].Columns : parameters[index].Rows;

    public ImmutableArray<string> Columns(int id) => Find(id, columns: true);

    ImmutableArray<string> Find(int id, bool columns)
    {
        for (; ; )
        {
            var node = graph[id];
            switch (node.Op)
            {
                case Op.Parameter:
                    return OfParameter(node.Parameter!.Choices[0][0], columns);
                case Op.Carry when carried.TryGetValue(id, out int initial):
                    id = initial;
                    continue;
                case Op.MatMul:
                    (id, columns) = columns ? (node.Inputs[1], !node.TransposeB) : (node.Inputs[0], node.TransposeA);
                    continue;
                default:
                    var same = node.Inputs.Where(i => columns ? graph.ShapeOf(i).Columns == node.Shape.Columns : graph.ShapeOf(i).Rows == node.Shape.Rows).DefaultIfEmpty(-1).First();
                    if (node.Op == Op.Attention && columns) same = node.Inputs[0];
                    if (same < 0) return [];
                    id = same;
                    continue;
            }
        }
    }
}
