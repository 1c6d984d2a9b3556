namespace AlbertCompiled.Training;

/// <summary>The order in which the items of an epoch are learned from: a function of seed and epoch alone.</summary>
static class ItemOrder
{
    /// <summary>All items with labels, shuffled.</summary>
    public static int[] Shuffled(TaskSet set, ulong seed, int epoch)
    {
        int[] items = [.. Enumerable.Range(0, set.Count).Where(i => set.Size(i).Labels > 0)];
        new RandomStream(seed, RandomPurpose.Order, epoch).Shuffle(items.AsSpan());
        return items;
    }

    /// <summary>As many items, but of each class equally many: of a rare class some come again, of a frequent one some wait for another epoch.</summary>
    /// <exception cref="TrainingException">The items have no classes.</exception>
    public static int[] Balanced(TaskSet set, ulong seed, int epoch)
    {
        int[] shuffled = Shuffled(set, seed, epoch);
        int[][] classes = [.. shuffled.GroupBy(i => set.ClassOf(i) ?? throw new TrainingException("--balance is about classes of texts; this task has none")).OrderBy(g => g.Key).Select(g => g.ToArray())];
        int[] drawn = [.. shuffled.Select((_, i) => classes[i % classes.Length][i / classes.Length % classes[i % classes.Length].Length])];
        new RandomStream(seed, RandomPurpose.Order, epoch, inner: 1).Shuffle(drawn.AsSpan());
        return drawn;
    }
}
