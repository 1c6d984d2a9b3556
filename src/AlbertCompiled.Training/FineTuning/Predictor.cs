namespace AlbertCompiled.Training;

/// <summary>Lets a model answer a set of examples.</summary>
public static class Predictor
{
    /// <summary>What a model says of each item, in order.</summary>
    /// <param name="model">A model with the set's program.</param>
    /// <param name="set">The items.</param>
    /// <param name="cancellation">Ends it between batches.</param>
    /// <param name="answered">Is told after every batch how many items are answered.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="TrainingException">An answer is no number, or an item does not fit.</exception>
    public static float[][] Run(CompiledModel model, TaskSet set, CancellationToken cancellation = default, Action<int>? answered = null)
    {
        var answers = new float[set.Count][];
        var batch = new TokenBatch(model.Capacity);
        for (int first = 0, end; first < set.Count; first = end)
        {
            cancellation.ThrowIfCancellationRequested();
            batch.Clear();
            for (end = first; end < set.Count && batch.Fits(set.Size(end)); end++) set.Add(batch, end);
            if (end == first) throw TooLong(model, set.Size(first));
            var logits = model.Infer(set.Program, batch)["logits"];
            for (int item = first, sequence = 0; item < end; sequence += set.Size(item).Sequences, item++) answers[item] = Finite(set.Read(logits, batch, sequence, item));
            answered?.Invoke(end);
        }

        return answers;
    }

    /// <summary>The mean of what several models say: of probabilities, or of the logits of an answer's ends.</summary>
    /// <param name="members">For each model, what it says of each item.</param>
    public static float[][] Average(IReadOnlyList<float[][]> members) =>
        [.. Enumerable.Range(0, members[0].Length).Select(item => Enumerable.Range(0, members[0][item].Length).Select(i => members.Average(m => m[item][i])).ToArray())];

    /// <summary>True if an item still fits into a batch.</summary>
    internal static bool Fits(this TokenBatch batch, ItemSize size) =>
        batch.Fits(size.Tokens, size.Labels) && batch.First.Count + size.Sequences <= batch.Capacity.Sequences;

    static float[] Finite(float[] answer) => Array.TrueForAll(answer, float.IsFinite) ? answer
        : throw new TrainingException("the model's answers are no numbers, so that its weights are of no use: begin anew with a lower --learning-rate, in the same --run with --new");

    internal static TrainingException TooLong(CompiledModel model, ItemSize size) =>
        new($"an example of {size.Tokens} tokens in {size.Sequences} sequences does not fit into batches of {model.Capacity.Tokens} tokens and {model.Capacity.Sequences} sequences");
}
