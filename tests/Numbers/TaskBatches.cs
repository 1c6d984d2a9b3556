namespace AlbertCompiled.Tests.Numbers;

/// <summary>Random batches of every task.</summary>
internal static class TaskBatches
{
    public const int Vocabulary = 37;

    public static readonly Capacity Capacity = new(70, 8, 20);

    /// <summary>Sequences of the given lengths, labelled for a task.</summary>
    public static TokenBatch Random(string task, int seed, params int[] lengths)
    {
        var random = new Random(seed);
        var batch = new TokenBatch(Capacity);
        for (int s = 0; s < lengths.Length; s++)
        {
            int n = lengths[s];
            int[] tokens = [.. Enumerable.Range(0, n).Select(_ => random.Next(Vocabulary))], segments = [.. Enumerable.Range(0, n).Select(i => i < n / 2 ? 0 : 1)];
            switch (task)
            {
                case "Classification": batch.AddLabelled(tokens, segments, random.Next(5)); break;
                case "Regression": batch.AddRated(tokens, segments, 5 * random.NextSingle()); break;
                case "SpanAnswer":
                    int start = random.Next(n);
                    batch.AddAnswered(tokens, segments, start, s == 1 ? n : random.Next(start, n)); // the second lies outside
                    break;
                case "TokenTags": batch.AddTagged(tokens, segments, [.. Enumerable.Range(0, n).Select(i => i % 4 == 1 ? random.Next(3) : -100)]); break;
                default:
                    batch.Add(tokens, segments);
                    if (s % 3 == 2 || s == lengths.Length - 1) batch.Ask(s % 3 + 1, random.Next(s % 3 + 1));
                    break;
            }
        }

        return batch;
    }
}
