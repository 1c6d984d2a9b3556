namespace AlbertCompiled.Training;

/// <summary>Weights that let rare classes count as much as frequent ones.</summary>
public static class ClassWeights
{
    /// <summary>
    /// Examples / (classes · examples of the class), after King and Zeng 2001: the weights of all examples sum to their number. A class
    /// without an example has weight 0 and is not counted.
    /// </summary>
    /// <param name="counts">Examples of each class.</param>
    public static double[] Balanced(IReadOnlyList<int> counts)
    {
        double total = counts.Sum(c => (double)c);
        int classes = counts.Count(c => c > 0);
        return [.. counts.Select(c => c == 0 ? 0 : total / ((double)classes * c))];
    }

    /// <summary>As many examples as there are, shared out in proportion to a class's examples times its weight; what is left over goes to the largest remainders.</summary>
    /// <param name="counts">[classes] examples.</param>
    /// <param name="weights">[classes] weights, not negative.</param>
    /// <exception cref="TrainingException">There are fewer weights than classes, or no class that has examples has a weight.</exception>
    public static int[] Shares(IReadOnlyList<int> counts, IReadOnlyList<double> weights)
    {
        if (weights.Count < counts.Count) throw new TrainingException($"{weights.Count} class weights for {counts.Count} classes: give each class one");
        double[] exact = [.. counts.Zip(weights, (count, weight) => count * weight)];
        double all = exact.Sum();
        if (!(all > 0)) throw new TrainingException("no class with examples has a weight above 0: give one with --class-weights");
        int total = counts.Sum();
        exact = [.. exact.Select(e => e / all * total)];
        int[] shares = [.. exact.Select(e => (int)e)];
        foreach (int c in Enumerable.Range(0, shares.Length).OrderByDescending(c => exact[c] - shares[c]).Take(total - shares.Sum())) shares[c]++;
        return shares;
    }

    /// <summary>Examples of each class; those without a label are left out.</summary>
    public static int[] Count(IEnumerable<int?> labels, int classes)
    {
        var counts = new int[classes];
        foreach (int? label in labels)
            if (label is { } c) counts[c]++;
        return counts;
    }
}
