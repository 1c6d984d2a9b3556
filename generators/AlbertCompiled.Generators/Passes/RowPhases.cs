using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>The passes over a row in which a row kernel computes its nodes: a reduction ends one.</summary>
internal static class RowPhases
{
    /// <summary>Node → number of its pass.</summary>
    public static Dictionary<int, int> Of(FusedKernel kernel, IReadOnlyDictionary<int, Node> nodes)
    {
        var phase = new Dictionary<int, int>();
        var inside = new HashSet<int>(kernel.Nodes.Select(n => n.Id));
        foreach (var n in kernel.Nodes)
        {
            int at = 0;
            foreach (int i in n.Inputs.Where(inside.Contains))
            {
                var input = nodes[i];
                at = Math.Max(at, phase[i] + (input.Is(OpClass.RowReduction) ? 1 : 0));
                // a value per row is computed before the elements of its phase, so it cannot wait for them
                if (!IsWide(n) && !n.Is(OpClass.RowReduction) && n.Op != Op.ColumnSum && IsWide(input)) at = Math.Max(at, phase[i] + 1);
            }

            phase[n.Id] = at;
        }

        return phase;
    }

    /// <summary>
    /// True if a row kernel may write <paramref name="result"/> where <paramref name="operand"/> lies: the pass that stores an element is the last one over the row, and it read that
    /// element of the operand for it.
    /// </summary>
    public static bool CanOverwrite(FusedKernel kernel, Node operand, Node result, IReadOnlyDictionary<int, Node> nodes)
    {
        var phase = Of(kernel, nodes);
        bool Follows(Node n) => n.Id == operand.Id || phase.ContainsKey(n.Id) && n.Is(OpClass.Map) && n.Op != Op.Rows && n.Inputs.Any(i => Follows(nodes[i]));
        return operand.Shape == result.Shape && Follows(result)
            && kernel.Nodes.Where(n => IsWide(n) || n.Inputs.Any(i => IsWide(nodes[i]))).All(n => phase[n.Id] <= phase[result.Id]);
    }

    static bool IsWide(Node n) => n.Shape.Columns != 1;
}
