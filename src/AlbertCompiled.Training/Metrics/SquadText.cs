using System.Text;

namespace AlbertCompiled.Training;

/// <summary>How SQuAD's official evaluation compares two answers (Rajpurkar et al. 2016, 2018).</summary>
public static class SquadText
{
    static readonly HashSet<string> Articles = ["a", "an", "the"];

    /// <summary>Lower case, without ASCII punctuation, without the articles a, an, the, words one space apart.</summary>
    public static string Normalize(string answer) => string.Join(' ', Words(answer));

    /// <summary>True if both are the same after normalisation.</summary>
    public static bool IsExact(string gold, string predicted) => Words(gold).SequenceEqual(Words(predicted));

    /// <summary>
    /// F1 of the words that both have, counting repetitions. Where one of them has no words, SQuAD 2.0's script says 1 if neither has
    /// and 0 otherwise; SQuAD 1.1's always says 0.
    /// </summary>
    /// <param name="gold">A true answer.</param>
    /// <param name="predicted">The predicted answer.</param>
    /// <param name="version2">Which script's rule to take.</param>
    public static double F1(string gold, string predicted, bool version2)
    {
        string[] expected = Words(gold), found = Words(predicted);
        if (expected.Length == 0 || found.Length == 0) return version2 && expected.Length == found.Length ? 1 : 0;
        var left = expected.CountBy(w => w).ToDictionary();
        int same = 0;
        foreach (string word in found)
        {
            if (left.GetValueOrDefault(word) == 0) continue;
            left[word]--;
            same++;
        }

        return 2.0 * same / (expected.Length + found.Length); // = 2PR / (P + R)
    }

    // Lower case and white space are Python's. An article stands between characters that are neither letters nor numbers: "a–b" has one, "a1" has none.
    static string[] Words(string answer)
    {
        var kept = new StringBuilder();
        var run = new StringBuilder();
        foreach (var rune in FullLowerCase.Of(answer).EnumerateRunes())
        {
            if (rune.IsAscii && (Rune.IsPunctuation(rune) || Rune.IsSymbol(rune))) continue;
            if (Rune.IsLetterOrDigit(rune) || Rune.IsNumber(rune))
            {
                run.Append(rune);
                continue;
            }

            EndRun();
            if (rune.IsBmp && TextNormalizer.IsSpace((char)rune.Value)) kept.Append(' ');
            else kept.Append(rune);
        }

        EndRun();
        return kept.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);

        void EndRun()
        {
            string text = run.ToString();
            kept.Append(Articles.Contains(text) ? " " : text);
            run.Clear();
        }
    }
}
