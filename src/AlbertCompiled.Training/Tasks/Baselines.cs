using System.Runtime.InteropServices;

namespace AlbertCompiled.Training;

/// <summary>What simple rules reach on the same held-out batches: figures without which a model's mean little.</summary>
/// <param name="MostFrequentToken">Masked tokens found by always naming the most frequent one.</param>
/// <param name="PreviousToken">Masked tokens found by the commonest successor, in training text, of the true token before.</param>
/// <param name="FirstTokens">Sequences whose order is told by a rule that sees only the first tokens of A and B.</param>
public sealed record Baselines(double MostFrequentToken, double PreviousToken, double FirstTokens)
{
    const ulong Seed = 17;
    const int Passes = 4;                  // packings that the order rule learns from
    const long MostTokens = 20_000_000;    // counts converge long before

    /// <summary>Learns the rules from training text and scores them.</summary>
    public static Baselines Measure(Corpus corpus, Vocabulary vocabulary, Recipe recipe, Capacity capacity, HeldOutSet heldOut)
    {
        var successors = new SuccessorTable(vocabulary.Size);
        long read = 0;
        foreach (int document in corpus.TrainingDocuments)
        {
            if (read > MostTokens) break;
            int previous = vocabulary.Classify;
            for (int s = corpus.FirstSentence(document); s < corpus.FirstSentence(document + 1); s++)
            {
                int[] sentence = corpus.Sentence(s);
                successors.CountPair(vocabulary.Classify, sentence[0]);
                foreach (int token in sentence)
                {
                    successors.Count(token);
                    successors.CountPair(previous, token);
                    previous = token;
                }

                read += sentence.Length;
            }
        }

        successors.Freeze();
        var order = LearnOrder(corpus, vocabulary, recipe, capacity);
        long frequent = 0, succeeded = 0, predictions = 0, told = 0, sequences = 0;
        foreach (var batch in heldOut.Batches)
        {
            var original = Unmasked(batch);
            for (int i = 0; i < batch.Predicted.Count; i++, predictions++)
            {
                int before = original[batch.Predicted.Buffer[i] - 1], label = batch.Labels.Buffer[i];
                if (label == successors.MostFrequent) frequent++;
                if (label == successors.After(before == vocabulary.Separator ? vocabulary.Classify : before)) succeeded++; // a segment starts like a sequence
            }

            for (int i = 0; i < batch.First.Count; i++, sequences++)
            {
                var sequence = original.AsSpan(batch.Starts[i]..batch.Starts[i + 1]);
                if (order.IsSwapped(FirstOfA(sequence), FirstOfB(sequence, vocabulary)) == (batch.Order.Buffer[i] == 1)) told++;
            }
        }

        return new((double)frequent / Math.Max(1, predictions), (double)succeeded / Math.Max(1, predictions), (double)told / Math.Max(1, sequences));
    }

    static FirstTokensRule LearnOrder(Corpus corpus, Vocabulary vocabulary, Recipe recipe, Capacity capacity)
    {
        var rule = new FirstTokensRule(vocabulary.Size);
        var builder = new SequenceBuilder(corpus, vocabulary, recipe.LongestSequence);
        var planner = new EpochPlanner(corpus, corpus.TrainingDocuments, recipe.Packing with { ShortShare = 0 }, recipe.LongestSequence, capacity, Seed);
        long read = 0;
        for (int pass = 0; pass < Passes && read < MostTokens; pass++)
        {
            // a window of a large corpus is sample enough
            var sequences = planner.Draw(pass, 0, keepRest: true).Sequences;
            for (int i = 0; i < sequences.Length; i++)
            {
                var random = new RandomStream(Seed, RandomPurpose.Truncation, pass, i);
                builder.Build(sequences[i], ref random);
                rule.Learn(FirstOfA(builder.Tokens), FirstOfB(builder.Tokens, vocabulary), sequences[i].Label == 1);
                read += builder.Length;
            }
        }

        return rule;
    }

    static int FirstOfA(ReadOnlySpan<int> sequence) => sequence[1];

    // a sequence of one segment has no B; its [CLS] stands there
    static int FirstOfB(ReadOnlySpan<int> sequence, Vocabulary vocabulary) => sequence[(sequence.IndexOf(vocabulary.Separator) + 1) % sequence.Length];

    static int[] Unmasked(TokenBatch batch)
    {
        int[] tokens = batch.Tokens.Span.ToArray();
        for (int i = 0; i < batch.Predicted.Count; i++) tokens[batch.Predicted.Buffer[i]] = batch.Labels.Buffer[i];
        return tokens;
    }
}

/// <summary>The commonest token, and the commonest successor of each.</summary>
sealed class SuccessorTable(int vocabulary)
{
    readonly Dictionary<long, int> pairs = [];
    readonly long[] counts = new long[vocabulary];
    readonly int[] after = new int[vocabulary];

    public int MostFrequent { get; private set; }

    public int After(int token) => after[token];

    public void Count(int token) => counts[token]++;

    public void CountPair(int token, int next) => CollectionsMarshal.GetValueRefOrAddDefault(pairs, (long)token * vocabulary + next, out _)++;

    public void Freeze()
    {
        MostFrequent = Array.IndexOf(counts, counts.Max());
        after.AsSpan().Fill(MostFrequent);
        var best = new int[vocabulary];
        foreach (var (pair, count) in pairs)
        {
            int previous = (int)(pair / vocabulary), token = (int)(pair % vocabulary);
            if (count > best[previous] || (count == best[previous] && token < after[previous])) (best[previous], after[previous]) = (count, token);
        }
    }
}

/// <summary>Naive Bayes on two tokens.</summary>
sealed class FirstTokensRule(int vocabulary)
{
    readonly int[,] a = new int[vocabulary, 2], b = new int[vocabulary, 2];

    public void Learn(int firstOfA, int firstOfB, bool swapped)
    {
        a[firstOfA, swapped ? 1 : 0]++;
        b[firstOfB, swapped ? 1 : 0]++;
    }

    public bool IsSwapped(int firstOfA, int firstOfB) => Evidence(a, firstOfA) + Evidence(b, firstOfB) > 0;

    static double Evidence(int[,] counts, int token) => Math.Log((counts[token, 1] + 1.0) / (counts[token, 0] + 1.0));
}
