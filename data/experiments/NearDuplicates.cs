using System.Text.RegularExpressions;

namespace AlbertCompiled.TextTasks;

/// <summary>
/// Leaves out texts that say almost what an earlier one says: of all words of the two together they share the given part or more (Jaccard similarity of
/// word sets). Exact: texts that alike share a word among the rarest few of each (prefix filter, Bayardo, Ma and Srikant 2007).
/// </summary>
static partial class NearDuplicates
{
    /// <summary>The items whose text is no near duplicate of one before that was kept.</summary>
    /// <param name="items">The items, the preferred ones first.</param>
    /// <param name="text">The text of an item.</param>
    /// <param name="similarity">From which share of common words two texts are near duplicates, in (0, 1].</param>
    public static List<T> Without<T>(IReadOnlyList<T> items, Func<T, string> text, double similarity)
    {
        string[][] words = [.. items.Select(i => Words(text(i)))];
        var frequency = words.SelectMany(w => w).CountBy(w => w).ToDictionary();
        int[][] ranked = Ranked(words, frequency);
        var kept = new List<int>();
        var holders = new Dictionary<int, List<int>>(); // of a word among an item's rarest
        for (int item = 0; item < items.Count; item++)
        {
            int[] own = ranked[item];
            int rarest = own.Length - (int)Math.Ceiling(similarity * own.Length) + 1;
            if (own.Length == 0 || own.Take(rarest).SelectMany(w => holders.GetValueOrDefault(w) ?? []).Distinct().Any(other => Similarity(own, ranked[other]) >= similarity)) continue;
            kept.Add(item);
            foreach (int word in own.Take(rarest)) (holders.TryGetValue(word, out var list) ? list : holders[word] = []).Add(item);
        }

        return [.. kept.Select(i => items[i])];
    }

    /// <summary>The distinct words of a text: letters and digits, in lower case.</summary>
    public static string[] Words(string text) => [.. Word().Matches(text.ToLowerInvariant()).Select(m => m.Value).Distinct()];

    // words as numbers, the rarest first
    static int[][] Ranked(string[][] words, Dictionary<string, int> frequency)
    {
        var rank = frequency.OrderBy(f => f.Value).ThenBy(f => f.Key, StringComparer.Ordinal).Select((f, i) => (f.Key, i)).ToDictionary();
        return [.. words.Select(w => w.Select(word => rank[word]).Order().ToArray())];
    }

    static double Similarity(int[] a, int[] b)
    {
        int common = 0;
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            if (a[i] == b[j]) (common, i, j) = (common + 1, i + 1, j + 1);
            else if (a[i] < b[j]) i++;
            else j++;
        }

        return (double)common / (a.Length + b.Length - common);
    }

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();
}
