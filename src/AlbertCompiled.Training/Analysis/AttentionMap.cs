namespace AlbertCompiled.Training;

/// <summary>What a head takes from where in a sentence.</summary>
/// <param name="Layer">The iteration, counted from 1, and of a layer of several blocks the block: "3" or "3.2".</param>
/// <param name="Head">The head, counted from 1; 0: the mean of all.</param>
/// <param name="Probabilities">[length, length]: row i is what position i takes from each; a row sums to 1.</param>
public sealed record AttentionMap(string Layer, int Head, Tensor Probabilities)
{
    /// <summary>Positions.</summary>
    public int Length => Probabilities.Rows;

    /// <summary>The mean of heads.</summary>
    public static AttentionMap Mean(IReadOnlyList<AttentionMap> heads)
    {
        int length = heads[0].Length;
        var values = new double[length * length];
        foreach (var head in heads)
            for (int i = 0; i < values.Length; i++) values[i] += head.Probabilities.Values[i] / heads.Count;
        return new(heads[0].Layer, 0, new(length, length, values));
    }

    /// <summary>The mean share that a position takes from the one this far behind it, of the positions that have one; below 0: ahead.</summary>
    public double Share(int behind)
    {
        double sum = 0;
        int count = 0;
        for (int i = Math.Max(0, behind); i < Math.Min(Length, Length + behind); i++, count++) sum += Probabilities[i, i - behind];
        return count == 0 ? 0 : sum / count;
    }

    /// <summary>The mean share that positions take from the ones in a column.</summary>
    public double From(Func<int, bool> column)
    {
        double sum = 0;
        for (int i = 0; i < Length; i++)
            for (int j = 0; j < Length; j++)
                if (column(j)) sum += Probabilities[i, j];
        return sum / Length;
    }
}
