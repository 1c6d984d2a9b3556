namespace AlbertCompiled.Training;

/// <summary>Where the kernels of a <see cref="GraphPicture"/> stand: one below the other, loops set apart.</summary>
sealed class GraphLayout
{
    /// <summary>From one kernel to the next.</summary>
    public const double Row = 36;

    /// <summary>Room above the first kernel of a loop.</summary>
    public const double LoopHead = 27;

    const double LoopFoot = 12, PassGap = 14;

    readonly double[] y;

    /// <param name="graph">The kernels.</param>
    /// <param name="top">Where the first one stands.</param>
    public GraphLayout(ProgramGraph graph, double top)
    {
        y = new double[graph.Kernels.Length];
        double at = top;
        for (int i = 0; i < y.Length; i++)
        {
            bool enters = graph.Kernels[i].Loop >= 0 && (i == 0 || graph.Kernels[i - 1].Loop != graph.Kernels[i].Loop);
            bool leaves = i > 0 && graph.Kernels[i - 1].Loop >= 0 && graph.Kernels[i - 1].Loop != graph.Kernels[i].Loop;
            if (leaves) at += LoopFoot;
            if (enters) at += LoopHead;
            if (i > 0 && !enters && !leaves && graph.Kernels[i - 1].Backward != graph.Kernels[i].Backward) at += PassGap;
            (y[i], at) = (at, at + Row);
        }

        Bottom = at + (graph.Kernels.Length > 0 && graph.Kernels[^1].Loop >= 0 ? LoopFoot : 0);
        Groups = [.. Runs(y.Length, i => (graph.Kernels[i].Backward, graph.Kernels[i].Loop, graph.Kernels[i].Statements.IsEmpty ? -1 - i : graph.Kernels[i].Statements[0]))];
    }

    /// <summary>Below the last kernel.</summary>
    public double Bottom { get; }

    /// <summary>First and last of the neighbouring kernels that come from one statement.</summary>
    public IReadOnlyList<(int First, int Last)> Groups { get; }

    /// <summary>The upper edge of a kernel.</summary>
    public double Y(int kernel) => y[kernel];

    /// <summary>Cuts 0 … count − 1 into stretches of the same key.</summary>
    public static IEnumerable<(int First, int Last)> Runs<TKey>(int count, Func<int, TKey> key)
    {
        for (int first = 0, next; first < count; first = next)
        {
            for (next = first + 1; next < count && EqualityComparer<TKey>.Default.Equals(key(first), key(next));) next++;
            yield return (first, next - 1);
        }
    }
}
