namespace AlbertCompiled.Commands;

/// <summary>What a mistyped word was meant to be.</summary>
static class Suggestion
{
    /// <summary>What goes behind what is wrong: the nearest of some words as a question, if one is near, then what else to know.</summary>
    /// <param name="word">The word.</param>
    /// <param name="words">Those that there are.</param>
    /// <param name="more">What else to know, as the beginning of a sentence.</param>
    public static string For(string word, IEnumerable<string> words, string more)
    {
        var (nearest, edits) = words.Select(w => (w, Edits(word.ToLowerInvariant(), w.ToLowerInvariant()))).DefaultIfEmpty(("", int.MaxValue)).MinBy(c => c.Item2);
        return edits <= Math.Max(1, word.Length / 3) ? $": did you mean {nearest}? {more}" : $"; {char.ToLowerInvariant(more[0])}{more[1..]}";
    }

    /// <summary>The same; all words are listed.</summary>
    public static string Among(string word, IEnumerable<string> words) => For(word, words, $"There are {string.Join(", ", words)}");

    // letters to insert, delete, replace or exchange with their neighbour (Damerau 1964, no letter edited twice)
    static int Edits(string a, string b)
    {
        var edits = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    edits[i, j] = i + j;
                    continue;
                }

                edits[i, j] = Math.Min(Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1, edits[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
            }

        return edits[a.Length, b.Length];
    }
}
