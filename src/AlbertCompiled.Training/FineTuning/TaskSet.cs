using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AlbertCompiled.Training;

/// <summary>What an item takes of a batch.</summary>
/// <param name="Tokens">Tokens.</param>
/// <param name="Sequences">Sequences.</param>
/// <param name="Labels">What there is to learn from; 0: nothing.</param>
public readonly record struct ItemSize(int Tokens, int Sequences, int Labels);

/// <summary>
/// Examples as a model reads and answers them. An item goes into a batch as a whole: a text, a window of a long one, or a question with all
/// of its options. What a model says of an item is a vector of numbers; those of several models can be averaged.
/// </summary>
public abstract class TaskSet
{
    /// <summary>Name of the inference program that answers: "classify", "regress", "answer", "tag" or "choose".</summary>
    public abstract string Program { get; }

    /// <summary>Items.</summary>
    public abstract int Count { get; }

    /// <summary>True if all examples are labelled, so that answers can be judged.</summary>
    public abstract bool IsLabelled { get; }

    /// <summary>Which records of the data were left out, in a line; null: none.</summary>
    public string? LeftOut { get; init; }

    /// <summary>Items of which the end was cut off to fit the longest sequence. Windows lose nothing.</summary>
    public virtual int Truncated => 0;

    /// <summary>Labels to tell apart; null if the task has none.</summary>
    public virtual LabelSet? Labels => null;

    /// <summary>What an item takes of a batch.</summary>
    public abstract ItemSize Size(int item);

    /// <summary>The class of an item, by which classes can be balanced; null if it has none.</summary>
    public virtual int? ClassOf(int item) => null;

    /// <summary>Appends an item with its labels, if it has any. The batch has room.</summary>
    public abstract void Add(TokenBatch batch, int item);

    /// <summary>What a model says of an item.</summary>
    /// <param name="logits">The model's output for the batch.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="sequence">The item's first sequence in it.</param>
    /// <param name="item">The item.</param>
    public abstract float[] Read(OutputRows logits, TokenBatch batch, int sequence, int item);

    /// <summary>The task's metrics; the first is the main one.</summary>
    /// <param name="answers">What a model says of each item.</param>
    public abstract IReadOnlyList<MetricValue> Judge(IReadOnlyList<float[]> answers);

    /// <summary>The task's metrics as predictions are given out: with a threshold that was chosen before, not on these answers.</summary>
    /// <param name="answers">What a model says of each item.</param>
    /// <param name="threshold">Null odds above which a question is answered by nothing; null: none is. Tasks without such questions have no use for it.</param>
    public virtual IReadOnlyList<MetricValue> JudgeAt(IReadOnlyList<float[]> answers, double? threshold) => Judge(answers);

    /// <summary>The best figures over all thresholds of null odds: tuned on the very answers that they judge, so upper bounds. Empty for tasks without questions that may have no answer.</summary>
    /// <param name="answers">What a model says of each item.</param>
    public virtual IReadOnlyList<(string Metric, BestThreshold Best)> UpperBounds(IReadOnlyList<float[]> answers) => [];

    /// <summary>The threshold of null odds at which F1 is best; null for tasks without questions that may have no answer.</summary>
    /// <param name="answers">What a model says of each item.</param>
    public virtual double? BestThreshold(IReadOnlyList<float[]> answers) => null;

    /// <summary>What the best answer that is always the same reaches; null for tasks that have none, and without labels.</summary>
    public virtual ConstantAnswer? Constant => null;

    /// <summary>What was taken for what; null for tasks without classes.</summary>
    public virtual ConfusionMatrix? Confusion(IReadOnlyList<float[]> answers) => null;

    /// <summary>Writes predictions in the format of the benchmark.</summary>
    /// <exception cref="TrainingException">The file cannot be written.</exception>
    public abstract void Write(string path, IReadOnlyList<float[]> answers);

    /// <summary>Predictions for a program to read: for each example its fields, name to value.</summary>
    public abstract IEnumerable<IReadOnlyDictionary<string, object?>> Describe(IReadOnlyList<float[]> answers);

    /// <summary>The room of batches of about this many tokens, one at least of which holds any item.</summary>
    /// <param name="tokens">Tokens wanted.</param>
    /// <param name="sets">What is put into them.</param>
    public static Capacity Capacity(int tokens, params IReadOnlyList<TaskSet> sets)
    {
        var sizes = sets.SelectMany(s => Enumerable.Range(0, s.Count).Select(s.Size)).ToList();
        int room = sizes.Select(s => s.Tokens).Append(tokens).Max(), sequences = sizes.Select(s => s.Sequences).Append(Math.Max(1, room / TokensASequence)).Max();
        return new(room, sequences, sizes.Select(s => s.Labels).Append(sets.Any(s => s.Program == "tag") ? room : 2 * sequences).Max());
    }

    /// <summary>Share of the pieces that stand for what a vocabulary does not know.</summary>
    /// <param name="vocabulary">The vocabulary that the set was read with.</param>
    public double UnknownShare(Vocabulary vocabulary)
    {
        var batch = new TokenBatch(Capacity(1, this));
        long pieces = 0, unknown = 0;
        for (int item = 0; item < Count; item++)
        {
            batch.Clear();
            Add(batch, item);
            var tokens = batch.Tokens.Span;
            pieces += tokens.Length - tokens.Count(vocabulary.Classify) - tokens.Count(vocabulary.Separator);
            unknown += tokens.Count(vocabulary.Unknown);
        }

        return unknown / (double)Math.Max(1, pieces);
    }

    /// <summary>A checksum of what a model sees of sets: tokens, segments, labels.</summary>
    public static string Key(params IReadOnlyList<TaskSet> sets)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var set in sets)
        {
            var batch = new TokenBatch(Capacity(1, set));
            for (int item = 0; item < set.Count; item++)
            {
                batch.Clear();
                set.Add(batch, item);
                hash.AppendData(BitConverter.GetBytes(batch.Tokens.Count));
                foreach (var part in (Indices[])[batch.Tokens, batch.Segments, batch.First, batch.Predicted, batch.Labels]) hash.AppendData(MemoryMarshal.AsBytes(part.Span));
                hash.AppendData(MemoryMarshal.AsBytes(batch.Targets.Span));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }

    const int TokensASequence = 8; // shorter ones leave a batch not quite full
}
