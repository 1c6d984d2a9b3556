using System.Diagnostics;
using System.Globalization;

namespace AlbertCompiled.Bench;

/// <summary>What an update of fine-tuning reads: sentences as token ids.</summary>
internal sealed record Update(int[][] Sentences)
{
    /// <summary>Real tokens.</summary>
    public int Tokens => Sentences.Sum(s => s.Length);
}

/// <summary>Updates of fine-tuning that every contestant makes.</summary>
internal static class Updates
{
    /// <summary>The first steps × batch sentences of a file, cut into updates in the file's order, or sorted by length before.</summary>
    public static List<Update> Read(Options options)
    {
        string file = options.Text("sentences", ""), order = options.Text("order", "given");
        int size = options.Number("batch", 32), steps = options.Number("steps", 4);
        if (!File.Exists(file)) throw new ArgumentException($"sentences={file}: no such file; bench sentences writes one");
        if (order is not ("given" or "sorted")) throw new ArgumentException($"order={order} is neither given nor sorted");
        IEnumerable<int[]> sentences = Sentences.Read(file).Take(size * steps);
        if (order == "sorted") sentences = sentences.OrderBy(s => s.Length);
        return [.. sentences.Chunk(size).Select(chunk => new Update(chunk))];
    }

    /// <summary>The class of an update's sentence: the time does not depend on it.</summary>
    public static int Label(int sentence) => sentence % 2;

    /// <summary>Makes every update once, after the first to warm up; the seconds of all.</summary>
    public static double Time(IReadOnlyList<Update> updates, Action<Update> work)
    {
        work(updates[0]);
        long start = Stopwatch.GetTimestamp();
        foreach (var update in updates) work(update);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>What to print of them.</summary>
    public static string Figures(IReadOnlyList<Update> updates, double seconds) => string.Create(CultureInfo.InvariantCulture,
        $"tokens_per_s={updates.Sum(u => u.Tokens) / seconds:F1} step_ms={seconds / updates.Count * 1000:F1} steps={updates.Count} sentences={updates.Sum(u => u.Sentences.Length)} tokens={updates.Sum(u => u.Tokens)}");
}
