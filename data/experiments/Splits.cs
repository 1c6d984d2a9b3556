using System.Text;
using AlbertCompiled.Training;

namespace AlbertCompiled.TextTasks;

/// <summary>The examples of a task, and their files.</summary>
/// <param name="Train">To learn from.</param>
/// <param name="Development">To choose by.</param>
/// <param name="Test">To judge by.</param>
/// <param name="Unseen">To judge by, of text that pretraining has not read; or none.</param>
sealed record Splits(IReadOnlyList<Example> Train, IReadOnlyList<Example> Development, IReadOnlyList<Example> Test, IReadOnlyList<Example> Unseen)
{
    static readonly int[] Sizes = [100, 300, 1_000, 3_000, 10_000];

    /// <summary>From which share of common words two texts are the same to us.</summary>
    public const double Similarity = 0.7;

    /// <summary>Splits texts, without near duplicates, in an order that a checksum decides: half to learn from, a fifth to choose by, three tenths to judge by.</summary>
    public static Splits ByText(IEnumerable<Example> examples)
    {
        var distinct = NearDuplicates.Without([.. examples.OrderBy(e => Order(e.Text)).ThenBy(e => e.Text, StringComparer.Ordinal).ThenBy(e => e.Label, StringComparer.Ordinal)], e => e.Text, Similarity);
        return Of(distinct, test: 3 * distinct.Count / 10, development: distinct.Count / 5);
    }

    /// <summary>The first examples to judge by, the next to choose by, the rest to learn from.</summary>
    public static Splits Of(List<Example> examples, int test, int development, IReadOnlyList<Example>? unseen = null) =>
        new(examples[(test + development)..], examples[test..(test + development)], examples[..test], unseen ?? []);

    /// <summary>A number that nothing but the text decides.</summary>
    public static uint Order(string text) => Crc32.Of(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes train.jsonl, dev.jsonl, test.jsonl, unseen.jsonl, and as train-N.jsonl the first N training examples, one of every class before all others.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        List<Example> train = [.. Train.DistinctBy(e => e.Label)];
        train.AddRange(Train.Except(train));
        Example.Write(Path.Combine(folder, "train.jsonl"), train);
        Example.Write(Path.Combine(folder, "dev.jsonl"), Development);
        Example.Write(Path.Combine(folder, "test.jsonl"), Test);
        if (Unseen.Count > 0) Example.Write(Path.Combine(folder, "unseen.jsonl"), Unseen);
        foreach (int size in Sizes.Where(s => s < train.Count)) Example.Write(Path.Combine(folder, $"train-{size}.jsonl"), train.Take(size));
        Console.WriteLine($"{folder}: {Train.Count} to learn from, {Development.Count} to choose by, {Test.Count} to judge by, {Unseen.Count} more that pretraining has not read; {Train.Select(e => e.Label).Distinct().Count()} classes");
    }
}
