using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Metrics against their published definitions, computed by hand.</summary>
public sealed class MetricTests
{
    static ConfusionMatrix Binary(int truePositives, int falseNegatives, int falsePositives, int trueNegatives)
    {
        (int Gold, int Predicted, int Count)[] cells = [(1, 1, truePositives), (1, 0, falseNegatives), (0, 1, falsePositives), (0, 0, trueNegatives)];
        var pairs = cells.SelectMany(c => Enumerable.Repeat((c.Gold, c.Predicted), c.Count)).ToList();
        return new([.. pairs.Select(p => p.Gold)], [.. pairs.Select(p => p.Predicted)], 2);
    }

    [Fact]
    public void Two_classes()
    {
        var c = Binary(truePositives: 6, falseNegatives: 2, falsePositives: 1, trueNegatives: 3);
        Assert.Equal(9.0 / 12, c.Accuracy, 12);
        Assert.Equal(6.0 / 7, c.Precision(1), 12);
        Assert.Equal(6.0 / 8, c.Recall(1), 12);
        Assert.Equal(12.0 / 15, c.F1(1), 12);
        Assert.Equal((12.0 / 15 + 6.0 / 9) / 2, c.MacroF1, 12);
        Assert.Equal((6.0 * 3 - 1 * 2) / Math.Sqrt(7.0 * 8 * 4 * 5), c.Matthews, 12); // (TP·TN − FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN))
    }

    [Fact]
    public void Three_classes()
    {
        var c = new ConfusionMatrix([0, 0, 1, 1, 2, 2], [0, 1, 1, 1, 2, 0], 3);
        Assert.Equal(4.0 / 6, c.Accuracy, 12);
        Assert.Equal((2.0 / 4 + 4.0 / 5 + 2.0 / 3) / 3, c.MacroF1, 12);
        Assert.Equal((4 * 6 - (2 * 2 + 3 * 2 + 1 * 2)) / Math.Sqrt((36.0 - 14) * (36 - 12)), c.Matthews, 12);
        Assert.Equal((1, 1, 0), (c[0, 1], c[2, 0], c[1, 0]));
    }

    [Fact]
    public void What_is_undefined_is_zero()
    {
        Assert.Equal(0, Binary(0, 3, 0, 5).F1(1));
        Assert.Equal(0, Binary(0, 3, 0, 5).Matthews);
        Assert.Equal(0, Binary(4, 0, 0, 0).Matthews);
        Assert.Equal(1, Binary(4, 0, 0, 0).MacroF1); // a class that nobody named does not count
        Assert.Equal(0, new ConfusionMatrix([], [], 2).Accuracy);
        Assert.Equal(0, Correlation.Pearson([0.1, 0.1, 0.1], [1, 2, 3]));
        Assert.Equal(0, Correlation.Spearman([1, 2, 3], [7, 7, 7]));
        Assert.Equal(0, Correlation.Pearson([], []));
    }

    [Fact]
    public void Matthews_of_opposites_is_minus_one() => Assert.Equal(-1, Binary(0, 3, 5, 0).Matthews, 12);

    [Fact]
    public void Counts_beyond_32_bits_do_not_overflow()
    {
        int[] gold = [.. Enumerable.Range(0, 200_000).Select(i => i % 2)], predicted = [.. Enumerable.Range(0, 200_000).Select(i => i % 4 / 2)];
        Assert.Equal(0, new ConfusionMatrix(gold, predicted, 2).Matthews, 12);
    }

    [Fact]
    public void Pearson_is_covariance_over_deviations()
    {
        Assert.Equal(0.8, Correlation.Pearson([1, 2, 3, 4, 5], [2, 1, 4, 3, 5]), 12); // Σdxdy = 8, Σdx² = Σdy² = 10
        Assert.Equal(8 / Math.Sqrt(2 * 294 / 9.0), Correlation.Pearson([1, 2, 3], [1, 4, 9]), 12);
        Assert.Equal(-1, Correlation.Pearson([1, 2], [5, 3]), 12);
    }

    [Fact]
    public void Correlations_do_not_exceed_one_by_rounding()
    {
        double[] x = [-1, -0.5, -0.5, 0.5, 0.5, 1]; // Σdx² = 3, more than √3 · √3
        Assert.Equal((1, -1), (Correlation.Pearson(x, x), Correlation.Pearson(x, [.. x.Select(v => -v)])));
    }

    [Fact]
    public void Spearman_gives_equal_numbers_their_mean_rank()
    {
        Assert.Equal([1, 2.5, 2.5, 4], Correlation.Ranks([10, 20, 20, 30]));
        Assert.Equal([3, 1, 3, 3], Correlation.Ranks([5, -1, 5, 5]));
        Assert.Equal(4.5 / Math.Sqrt(4.5 * 5), Correlation.Spearman([10, 20, 20, 30], [1, 2, 3, 4]), 12);
        Assert.Equal(1, Correlation.Spearman([1, 2, 3], [1, 4, 9]), 12);
    }

    [Fact]
    public void Balanced_weights_sum_to_the_examples()
    {
        Assert.Equal([10.0 / (2 * 8), 10.0 / (2 * 2), 0], ClassWeights.Balanced([8, 2, 0]));
        Assert.Equal([1, 0, 2], ClassWeights.Count([2, 0, null, 2], 3));
    }

    [Theory]
    [InlineData("The  U.S.A. (an) a-b", "usa ab")]
    [InlineData("Theatre of a Anna", "theatre of anna")]
    [InlineData("a–b the1 1a", "–b the1 1a")] // a dash that is not ASCII stays, and ends a word
    [InlineData("$5_000 ~ 10%", "5000 10")]
    [InlineData("a² À\u0301a", "a² à\u0301")] // a combining mark ends a word
    [InlineData("The a an", "")]
    [InlineData("red\u001Cfox\u001D\u001E the\u001Fden", "red fox den")] // white space to Python
    [InlineData("ΟΔΟΣ ΣΑΣ, ΑΣ-Α", "οδος σας αςα")] // lowered before punctuation goes
    [InlineData("İ Ⅳ\u03A3 ﹕Α﹕\u03A3﹕", "i\u0307 ⅳς ﹕α﹕ς﹕")]
    public void Answers_are_normalised_as_by_the_official_script(string answer, string expected) => Assert.Equal(expected, SquadText.Normalize(answer));

    [Theory]
    [InlineData("the Denver Broncos", "Denver Broncos team", 2.0 * 2 / 5)]
    [InlineData("b b c", "b b b", 2.0 * 2 / 6)]
    [InlineData("x", "y", 0)]
    [InlineData("The cat", "cat", 1)]
    public void Answers_overlap_by_words(string gold, string predicted, double f1) => Assert.Equal(f1, SquadText.F1(gold, predicted, version2: false), 12);

    [Fact]
    public void No_words_overlap_with_no_words_in_version_2_alone()
    {
        Assert.Equal((1, 0, 0), (SquadText.F1("", "the", true), SquadText.F1("", "the", false), SquadText.F1("", "cat", true)));
        Assert.True(SquadText.IsExact("The cat!", "cat"));
        Assert.True(SquadText.IsExact("ΟΔΟΣ", "οδος"));
    }

    [Fact]
    public void Entities_are_those_of_conll()
    {
        Assert.Equal([(0, 2, "PER"), (2, 3, "PER"), (4, 5, "LOC"), (5, 7, "ORG")], Entities.Find(["B-PER", "I-PER", "B-PER", "O", "I-LOC", "I-ORG", "I-ORG"]));
        // of (0, 2, PER) and (3, 4, LOC), the second is found; (0, 1, PER) is not the first
        Assert.Equal(2.0 * 1 / (2 + 2), Entities.F1([(["B-PER", "I-PER", "O", "B-LOC"], ["B-PER", "O", "O", "I-LOC"])]), 12);
        Assert.Equal(0, Entities.F1([(["O"], ["O"])]));
    }

    [Theory] // as seqeval 1.2.2 finds them
    [InlineData("S-PER S-PER O S-LOC", "0-1 PER, 1-2 PER, 3-4 LOC")]
    [InlineData("B-PER I-PER E-PER E-PER I-PER", "0-3 PER, 3-4 PER, 4-5 PER")]
    [InlineData("B-ORG M-ORG E-ORG S-ORG I-ORG", "0-3 ORG, 3-4 ORG, 4-5 ORG")]
    [InlineData("U-PER B-LOC L-LOC U-LOC", "0-1 PER, 1-3 LOC, 3-4 LOC")]
    [InlineData("B-PER I-LOC E-LOC O-x -PER B-", "0-1 PER, 1-3 LOC")]
    public void Entities_may_mark_their_ends(string tags, string expected) =>
        Assert.Equal(expected, string.Join(", ", Entities.Find(tags.Split(' ')).Select(e => $"{e.First}-{e.End} {e.Type}")));

    [Fact]
    public void An_entity_of_one_word_that_was_missed_counts() => Assert.Equal(2.0 / 3, Entities.F1([(["S-PER", "O", "B-LOC", "E-LOC"], ["O", "O", "B-LOC", "E-LOC"])]), 12);

    [Fact]
    public void Glue_score_is_the_mean_of_task_means() =>
        Assert.Equal((0.5 + (0.8 + 0.6) / 2) / 2, GlueTasks.Score([[new("matthews", 0.5)], [new("accuracy", 0.8), new("f1", 0.6)]]), 12);
}
