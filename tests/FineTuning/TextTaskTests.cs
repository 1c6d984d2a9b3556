using AlbertCompiled.TextTasks;

namespace AlbertCompiled.Tests.FineTuning;

/// <summary>The data of docs/experiments.md do not leak from training to test sets.</summary>
public class TextTaskTests
{
    static readonly List<Example> Texts = Random(600);

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.7)]
    [InlineData(1.0)]
    public void Near_duplicates_are_those_that_all_pairs_compared_would_find(double similarity)
    {
        var expected = new List<Example>();
        foreach (var text in Texts)
            if (!expected.Any(kept => Similarity(kept, text) >= similarity)) expected.Add(text);
        Assert.InRange(expected.Count, 10, Texts.Count - 10);
        Assert.Equal(expected, NearDuplicates.Without(Texts, t => t.Text, similarity));
    }

    [Fact]
    public void No_test_text_is_nearly_a_training_text_and_the_order_of_the_source_does_not_matter()
    {
        var splits = Splits.ByText(Texts);
        var all = splits.Test.Concat(splits.Development).Concat(splits.Train).ToList();
        foreach (var (i, text) in all.Index()) Assert.DoesNotContain(all.Skip(i + 1), other => Similarity(text, other) >= Splits.Similarity);
        Assert.Equal(splits.Train, Splits.ByText(Texts.AsEnumerable().Reverse()).Train);
        Assert.Equal(3 * all.Count / 10, splits.Test.Count);
    }

    [Fact]
    public void The_smallest_training_file_has_every_class_and_texts_that_come_back_as_they_were()
    {
        var rare = new Example("\"a\"\nrare, class", "rare");
        string folder = Directory.CreateTempSubdirectory("albert-splits").FullName;
        new Splits([.. Enumerable.Range(0, 200).Select(i => new Example($"text {i}", "often")), rare], [rare], [rare], []).Write(folder);
        var train = Example.Read(Path.Combine(folder, "train-100.jsonl"));
        Assert.Equal(100, train.Count);
        Assert.Contains(rare, train);
        Assert.False(File.Exists(Path.Combine(folder, "unseen.jsonl")));
        Directory.Delete(folder, recursive: true);
    }

    static double Similarity(Example a, Example b)
    {
        string[] x = NearDuplicates.Words(a.Text), y = NearDuplicates.Words(b.Text);
        return (double)x.Intersect(y).Count() / x.Union(y).Count();
    }

    // few words, so that many texts are alike
    static List<Example> Random(int count)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(i => new Example(string.Join(' ', Enumerable.Range(0, random.Next(2, 9)).Select(_ => $"w{Math.Min(random.Next(25), random.Next(25))}")), i % 2 == 0 ? "even" : "odd"))];
    }
}
