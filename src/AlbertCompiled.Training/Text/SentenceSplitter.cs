using System.Buffers;
using System.Text;

namespace AlbertCompiled.Training;

/// <summary>
/// Cuts running text into sentences: at full stops, exclamation and question marks before a word that does not begin with a small
/// letter or a digit, unless the full stop belongs to an abbreviation or an initial.
/// </summary>
public static class SentenceSplitter
{
    const string Stops = ".!?।", WideStops = "。！？", Closing = "\"'”’»)]", Opening = "\"'“‘«([¿¡„";

    static readonly SearchValues<char> AllStops = SearchValues.Create(Stops + WideStops);

    // what a capital may follow without a new sentence; before digits and small letters no sentence ends anyway
    static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Abbreviations = new HashSet<string>(
    [
        "Mr", "Mrs", "Ms", "Mx", "Messrs", "Mme", "Mlle", "Dr", "Prof", "Rev", "Fr", "Hon", "Sr", "Jr", "St", "Mt", "Ft",
        "Gen", "Col", "Maj", "Capt", "Cpt", "Cmdr", "Lt", "Sgt", "Adm", "Gov", "Sen", "Rep", "Pres", "Supt",
        "Co", "Corp", "Inc", "Ltd", "Bros", "Univ", "Dept", "Assn", "vs", "cf", "etc", "al", "viz", "approx", "resp", "incl", "ibid",
        "Vol", "vol", "Fig", "fig", "Figs", "Eq", "eq", "Sec", "Ch", "ed", "eds", "trans", "pp", "Ph.D",
        "Jan", "Feb", "Aug", "Sept", "Oct", "Nov", "Dec",
    ]).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The sentences of <paramref name="paragraph"/>, white space collapsed.</summary>
    public static IEnumerable<string> Split(string paragraph)
    {
        string text = Collapse(paragraph);
        int start = 0;
        for (int i = NextStop(text, 0); i >= 0; i = NextStop(text, i + 1))
        {
            int end = i + 1;
            while (end < text.Length && Closing.Contains(text[end])) end++;
            if (end == text.Length) break;
            bool wide = WideStops.Contains(text[i]);
            if (!wide && (text[end] != ' ' || !StartsSentence(text[end + 1]) || (end == i + 1 && text[i] == '.' && IsAbbreviation(text.AsSpan(start..i))))) continue;
            yield return text[start..end];
            start = text[end] == ' ' ? end + 1 : end;
            i = end - 1;
        }

        if (start < text.Length) yield return text[start..];
    }

    /// <summary>True if a line looks like a whole sentence: its end is one.</summary>
    public static bool EndsSentence(ReadOnlySpan<char> line)
    {
        line = line.TrimEnd().TrimEnd(Closing);
        return line.Length > 0 && (line[^1] is ':' or ';' or '…' || AllStops.Contains(line[^1]));
    }

    static int NextStop(string text, int from) => text.AsSpan(from).IndexOfAny(AllStops) is var at && at < 0 ? -1 : from + at;

    static bool StartsSentence(char c) => char.IsUpper(c) || Opening.Contains(c) || (char.IsLetter(c) && !char.IsLower(c));

    // the word before a full stop is an abbreviation, an initial ("J"), or has full stops itself ("e.g", "U.S")
    static bool IsAbbreviation(ReadOnlySpan<char> before)
    {
        var word = before[(before.LastIndexOf(' ') + 1)..].TrimStart(Opening);
        if (word.Length == 1) return char.IsUpper(word[0]);
        if (Abbreviations.Contains(word)) return true;
        if (word.Length % 2 == 0) return false;
        for (int i = 0; i < word.Length; i++)
            if (i % 2 == 0 ? !char.IsLetter(word[i]) : word[i] != '.') return false;
        return word.Length > 1;
    }

    static string Collapse(string paragraph)
    {
        var result = new StringBuilder(paragraph.Length);
        bool gap = false;
        foreach (char c in paragraph)
        {
            bool space = char.IsWhiteSpace(c);
            if (!space && gap && result.Length > 0) result.Append(' ');
            if (!space) result.Append(c);
            gap = space;
        }

        return result.ToString();
    }
}
