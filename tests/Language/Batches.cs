namespace AlbertCompiled.Tests.Language;

/// <summary>Batches of random content.</summary>
internal static class Batches
{
    /// <summary>Sequences of the given lengths with <paramref name="predictions"/> predicted positions each.</summary>
    public static TokenBatch Random(int seed, int vocabulary, int predictions, params int[] lengths)
    {
        var random = new Random(seed);
        var batch = new TokenBatch(new Capacity(lengths.Sum(), lengths.Length, Math.Max(1, predictions * lengths.Length)));
        foreach (int length in lengths)
        {
            int[] Draw(int count, int limit) => [.. Enumerable.Range(0, count).Select(_ => random.Next(limit))];
            int[] predicted = [.. Enumerable.Range(0, length).OrderBy(_ => random.Next()).Take(predictions).Order()];
            int[] segments = [.. Enumerable.Range(0, length).Select(i => i < length / 2 ? 0 : 1)];
            batch.Add(Draw(length, vocabulary), segments, predicted, Draw(predicted.Length, vocabulary), random.Next(2));
        }

        return batch;
    }

    /// <summary>An index vector of given values.</summary>
    public static Indices Indices(Dimension dimension, params int[] values)
    {
        var indices = new Indices(dimension, values.Length + 2) { Count = values.Length };
        values.CopyTo(indices.Buffer, 0);
        return indices;
    }
}
