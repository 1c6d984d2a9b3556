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

    /// <summary>
    /// As many items, of each class in proportion to its items times its weight: in expectation the loss with these class weights. Of a class of great weight some come again, of
    /// one of small weight some wait for another epoch.
    /// </summary>
    /// <param name="set">The items.</param>
    /// <param name="weights">[classes], or null for weights that make all classes equally frequent.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="epoch">Epoch.</param>
    /// <exception cref="TrainingException">The items have no classes.</exception>
    public static int[] Weighted(TaskSet set, IReadOnlyList<double>? weights, ulong seed, int epoch)
    {
        int[] shuffled = Shuffled(set, seed, epoch);
        var classes = shuffled.GroupBy(i => set.ClassOf(i) ?? throw new TrainingException("--balance and --class-weights are about classes of texts; this task has none")).OrderBy(g => g.Key).ToDictionary(g => g.Key, g => g.ToArray());
        int[] counts = [.. Enumerable.Range(0, classes.Keys.DefaultIfEmpty(-1).Max() + 1).Select(c => classes.TryGetValue(c, out var items) ? items.Length : 0)];
        weights ??= ClassWeights.Balanced(counts);
        int[] wanted = ClassWeights.Shares(counts, weights);
        int[] drawn = [.. classes.SelectMany(c => Enumerable.Range(0, wanted[c.Key]).Select(i => c.Value[i % c.Value.Length]))];
        new RandomStream(seed, RandomPurpose.Order, epoch, inner: 1).Shuffle(drawn.AsSpan());
        return drawn;
    }
}
