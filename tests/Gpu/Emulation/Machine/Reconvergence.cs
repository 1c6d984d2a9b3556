namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>
/// Where lanes that part at a branch meet again: at the first instruction that all ways to the end pass, its immediate post-dominator. That is where the driver's
/// compiler joins them, too. Dominators by Cooper, Harvey and Kennedy's "A Simple, Fast Dominance Algorithm" (2001), on the reversed graph.
/// </summary>
static class Reconvergence
{
    /// <summary>The place for lanes that meet only where they end.</summary>
    public const int End = int.MaxValue;

    /// <summary>For each instruction that may part lanes, where they meet; <see cref="End"/> for others.</summary>
    public static int[] Of(Instruction[] program)
    {
        int count = program.Length;
        var next = new int[count][];
        for (int i = 0; i < count; i++) next[i] = Successors(program, i);
        var previous = new List<int>[count + 1];
        for (int i = 0; i <= count; i++) previous[i] = [];
        for (int i = 0; i < count; i++)
            foreach (int s in next[i]) previous[s].Add(i);

        // Order of the reversed graph from the end, which is number `count`.
        var order = new int[count + 1];
        Array.Fill(order, -1);
        var sequence = new List<int>();
        var stack = new Stack<(int Node, int At)>();
        var seen = new bool[count + 1];
        stack.Push((count, 0));
        seen[count] = true;
        while (stack.Count > 0)
        {
            var (node, at) = stack.Pop();
            if (at < previous[node].Count)
            {
                stack.Push((node, at + 1));
                int p = previous[node][at];
                if (!seen[p])
                {
                    seen[p] = true;
                    stack.Push((p, 0));
                }

                continue;
            }

            order[node] = sequence.Count;
            sequence.Add(node);
        }

        var parent = new int[count + 1];
        Array.Fill(parent, -1);
        parent[count] = count;
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = sequence.Count - 2; i >= 0; i--)
            {
                int node = sequence[i], found = -1;
                foreach (int s in next[node])
                {
                    if (parent[s] < 0) continue;
                    found = found < 0 ? s : Meet(parent, order, found, s);
                }

                if (found == parent[node]) continue;
                parent[node] = found;
                changed = true;
            }
        }

        return [.. Enumerable.Range(0, count).Select(i => parent[i] < 0 || parent[i] == count ? End : parent[i])];
    }

    static int Meet(int[] parent, int[] order, int a, int b)
    {
        while (a != b)
        {
            while (order[a] < order[b]) a = parent[a];
            while (order[b] < order[a]) b = parent[b];
        }

        return a;
    }

    static int[] Successors(Instruction[] program, int i)
    {
        bool always = program[i].Guard < 0;
        return program[i] switch
        {
            Return or Trap => always ? [program.Length] : [program.Length, i + 1],
            Branch branch => always ? [branch.Target] : [branch.Target, i + 1],
            IndexedBranch branch => always ? branch.Targets : [.. branch.Targets, i + 1],
            _ => [i + 1],
        };
    }
}
