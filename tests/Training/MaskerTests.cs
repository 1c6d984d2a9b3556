using System.Text.Json;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Masking against statistics of the original code (tests/golden/j_data).</summary>
public sealed class MaskerTests
{
    const int Sequences = 4000;
    const double Continuation = 0.3; // share of pieces that continue a word, as in the golden runs

    static readonly Vocabulary Vocabulary = TestText.Vocabulary;
    static readonly int[] Starts = [.. Vocabulary.Ordinary.Where(Vocabulary.StartsWord)], Continuations = [.. Vocabulary.Ordinary.Where(i => !Vocabulary.StartsWord(i))];

    public static TheoryData<int> GoldenRuns => [.. Enumerable.Range(0, Masking().Count).Where(i => Masking()[i].GetProperty("favor_shorter_ngram").GetBoolean())];

    [Theory]
    [MemberData(nameof(GoldenRuns))]
    public void Statistics_are_those_of_the_original(int run)
    {
        var golden = Masking()[run];
        int length = golden.GetProperty("S").GetInt32();
        var options = new MaskingOptions(0.15, golden.GetProperty("ngram").GetInt32(), golden.GetProperty("max_predictions_per_seq").GetInt32());
        var measured = Measure(options, length, golden.GetProperty("p_continuation").GetDouble());

        Assert.Equal(golden.GetProperty("mean_masked").GetDouble(), measured.Masked, 0.01);
        foreach (var action in golden.GetProperty("action").EnumerateObject())
            Assert.Equal(action.Value.GetDouble(), measured.Actions[action.Name], 0.006);
        foreach (var run2 in golden.GetProperty("masked_word_run_len").EnumerateObject())
            Assert.Equal(run2.Value.GetDouble(), measured.Runs.GetValueOrDefault(int.Parse(run2.Name)), 0.012);
    }

    [Fact]
    public void Ngrams_of_n_words_have_probability_proportional_to_one_nth()
    {
        Assert.Equal([6.0 / 11, 3.0 / 11, 2.0 / 11], Masker.NgramProbabilities(3).Select(p => Math.Round(p, 15)), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([1.0], Masker.NgramProbabilities(1));
    }

    [Fact]
    public void The_last_word_but_one_draws_among_the_lengths_that_fit_there()
    {
        // Two of three words are masked. The last two are: a third of the time from the last but one, as a pair or by a second draw of two; from the last by a second draw.
        const double Pair = 1 / 3.0, Expected = (Pair + (1 - Pair) / 2 + 0.5) / 3; // 0.389; with the original's 5/11 0.409
        const int Draws = 40_000;
        var masker = new Masker(Vocabulary, new MaskingOptions(Share: 0.4), 5);
        int last = 0;
        for (int i = 0; i < Draws; i++)
        {
            int[] tokens = [Vocabulary.Classify, Starts[0], Starts[1], Starts[2], Vocabulary.Separator];
            var random = new RandomStream(5, RandomPurpose.Masking, i);
            masker.Mask(tokens, ref random);
            Assert.Equal(2, masker.Count);
            if (masker.Predicted[0] == 2) last++;
        }

        Assert.Equal(Expected, last / (double)Draws, 0.008);
    }

    [Fact]
    public void Words_are_masked_whole()
    {
        var masker = new Masker(Vocabulary, new(), 128);
        for (int i = 0; i < 500; i++)
        {
            int[] tokens = Sequence(128, new Random(i), Continuation);
            var masked = tokens.ToArray();
            var random = new RandomStream(1, RandomPurpose.Masking, i);
            masker.Mask(masked, ref random);
            var predicted = masker.Predicted.ToArray().ToHashSet();
            for (int t = 2; t < 127; t++)
                if (!Vocabulary.StartsWord(tokens[t]) && tokens[t - 1] != Vocabulary.Separator && tokens[t] != Vocabulary.Separator)
                    Assert.Equal(predicted.Contains(t - 1), predicted.Contains(t));
        }
    }

    [Fact]
    public void Labels_are_the_original_tokens_and_special_pieces_are_never_chosen()
    {
        var masker = new Masker(Vocabulary, new(), 128);
        int[] tokens = Sequence(128, new Random(5), Continuation), masked = [.. tokens];
        var random = new RandomStream(1, RandomPurpose.Masking, 0);
        masker.Mask(masked, ref random);
        Assert.Equal(masker.Predicted.ToArray().Order(), masker.Predicted.ToArray());
        Assert.Equal(masker.Predicted.ToArray().Select(p => tokens[p]), masker.Labels.ToArray());
        Assert.DoesNotContain(masker.Labels.ToArray(), l => l == Vocabulary.Classify || l == Vocabulary.Separator);
        for (int t = 0; t < 128; t++)
            if (!masker.Predicted.Contains(t)) Assert.Equal(tokens[t], masked[t]);
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(10, 2)] // 1.5 rounds to even
    [InlineData(30, 4)] // 4.5 rounds to even
    [InlineData(128, 19)]
    [InlineData(512, 20)]
    public void Predictions_are_fifteen_percent_up_to_twenty(int length, int expected) => Assert.Equal(expected, new MaskingOptions().Predictions(length));

    [Fact]
    public void Masking_never_predicts_more_than_a_fifth()
    {
        for (int length = Packer.ShortestSequence; length <= 512; length++)
            Assert.True(new MaskingOptions().Predictions(length) * 5 <= length, $"{length}");
    }

    static List<JsonElement> Masking() =>
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "j_data", "masking_stats.json"))).RootElement.GetProperty("masking").EnumerateArray()];

    static (double Masked, Dictionary<string, double> Actions, Dictionary<int, double> Runs) Measure(MaskingOptions options, int length, double continuation)
    {
        var masker = new Masker(Vocabulary, options, length);
        double masked = 0, replaced = 0, kept = 0, random = 0, runs = 0;
        var lengths = new Dictionary<int, double>();
        for (int i = 0; i < Sequences; i++)
        {
            int[] tokens = Sequence(length, new Random(i), continuation), original = [.. tokens];
            var draws = new RandomStream(3, RandomPurpose.Masking, i);
            masker.Mask(tokens, ref draws);
            masked += masker.Count;
            foreach (int p in masker.Predicted)
                if (tokens[p] == Vocabulary.Mask) replaced++;
                else if (tokens[p] == original[p]) kept++;
                else random++;
            foreach (int run in Runs(original, masker.Predicted.ToArray().ToHashSet()))
            {
                lengths[run] = lengths.GetValueOrDefault(run) + 1;
                runs++;
            }
        }

        return (masked / Sequences, new() { ["mask"] = replaced / masked, ["keep"] = kept / masked, ["random"] = random / masked }, lengths.ToDictionary(l => l.Key, l => l.Value / runs));
    }

    // lengths, in words, of runs of words that are masked side by side
    static IEnumerable<int> Runs(int[] tokens, HashSet<int> predicted)
    {
        int run = 0;
        bool inWord = false;
        for (int t = 0; t < tokens.Length; t++)
        {
            bool special = tokens[t] == Vocabulary.Classify || tokens[t] == Vocabulary.Separator;
            if (special) continue;
            bool starts = !inWord || Vocabulary.StartsWord(tokens[t]);
            inWord = true;
            if (!starts) continue;
            if (predicted.Contains(t))
            {
                run++;
                continue;
            }

            if (run > 0) yield return run;
            run = 0;
        }

        if (run > 0) yield return run;
    }

    static int[] Sequence(int length, Random random, double continuation)
    {
        int[] tokens = [.. Enumerable.Range(0, length).Select(_ => random.NextDouble() < continuation ? Continuations[random.Next(Continuations.Length)] : Starts[random.Next(Starts.Length)])];
        tokens[0] = Vocabulary.Classify;
        tokens[length / 2] = tokens[length - 1] = Vocabulary.Separator;
        return tokens;
    }
}
