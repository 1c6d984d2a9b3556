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

    /// <summary>Examples of each class; those without a label are left out.</summary>
    public static int[] Count(IEnumerable<int?> labels, int classes)
    {
        var counts = new int[classes];
        foreach (int? label in labels)
            if (label is { } c) counts[c]++;
        return counts;
    }
}
