using System.Text;

namespace AlbertCompiled.Training;

/// <summary>Makes documents of the lines of a text while they come.</summary>
public static class TextDocuments
{
    /// <summary>Sentences of the longest document. A longer one is cut at a section: a book is one document, but a corpus needs several to hold some out.</summary>
    public const int LongestDocument = 256;

    /// <summary>Characters of the longest sentence; more fit into no sequence.</summary>
    public const int LongestSentence = 4096;

    // what decides how sentences lie in a text
    const int SampleLines = 1000, SampleCharacters = 1 << 20;
    const int LongestParagraph = 1 << 20;

    /// <summary>The documents, each with at least one sentence.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="split">Where sentences end.</param>
    /// <param name="report">Counts sentences that were cut.</param>
    public static IEnumerable<List<Sentence>> Read(IEnumerable<string> lines, SentenceSplit split, TextReport report)
    {
        using var source = lines.GetEnumerator();
        var sample = new List<string>();
        for (int characters = 0; split == SentenceSplit.Auto && sample.Count < SampleLines && characters < SampleCharacters && source.MoveNext(); characters += source.Current.Length)
            sample.Add(source.Current);
        bool perLine = split == SentenceSplit.Lines || (split == SentenceSplit.Auto && HaveSentencePerLine(sample));
        var all = sample.Concat(Rest(source));
        foreach (var document in perLine ? Lines(all) : Prose(all))
            foreach (var part in Cut(document.SelectMany(s => Short(s, report))))
                yield return part;
    }

    static IEnumerable<string> Rest(IEnumerator<string> source)
    {
        while (source.MoveNext()) yield return source.Current;
    }

    static bool HaveSentencePerLine(List<string> lines)
    {
        int full = 0, ends = 0;
        foreach (string line in lines)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            full++;
            if (SentenceSplitter.EndsSentence(line) && SentenceSplitter.Split(line).Take(2).Count() == 1) ends++;
        }

        return full > 1 && 2 * ends > full; // one line shows nothing
    }

    // documents are read one after the other, each to its end
    static IEnumerable<IEnumerable<Sentence>> Lines(IEnumerable<string> lines)
    {
        using var source = lines.GetEnumerator();
        while (source.MoveNext())
            if (!string.IsNullOrWhiteSpace(source.Current)) yield return Block(source);

        static IEnumerable<Sentence> Block(IEnumerator<string> source)
        {
            do yield return new(source.Current.Trim(), 0);
            while (source.MoveNext() && !string.IsNullOrWhiteSpace(source.Current));
        }
    }

    static IEnumerable<IEnumerable<Sentence>> Prose(IEnumerable<string> lines)
    {
        yield return Sentences();

        IEnumerable<Sentence> Sentences()
        {
            var paragraph = new StringBuilder();
            int section = 0;
            foreach (string line in lines.Append(""))
            {
                bool blank = string.IsNullOrWhiteSpace(line);
                if (!blank) paragraph.Append(line).Append('\n');
                if (paragraph.Length == 0 || (!blank && paragraph.Length < LongestParagraph)) continue;
                var sentences = SentenceSplitter.Split(paragraph.ToString()).ToList();
                paragraph.Clear();
                // a paragraph without end goes on with its last sentence, which may go on itself
                if (!blank && sentences.Count > 1 && sentences[^1].Length < LongestParagraph / 2)
                {
                    paragraph.Append(sentences[^1]).Append('\n');
                    sentences.RemoveAt(sentences.Count - 1);
                }

                foreach (string sentence in sentences) yield return new(sentence, section);
                if (blank) section++;
            }
        }
    }

    static IEnumerable<Sentence> Short(Sentence sentence, TextReport report)
    {
        string text = sentence.Text;
        if (text.Length <= LongestSentence) return [sentence];
        report.CountCutSentence();
        return Parts();

        IEnumerable<Sentence> Parts()
        {
            for (int start = 0, length; start < text.Length; start += length)
            {
                length = Math.Min(LongestSentence, text.Length - start);
                if (start + length < text.Length && text.LastIndexOf(' ', start + length - 1, length) is var space && space > start) length = space + 1 - start;
                else if (start + length < text.Length && char.IsHighSurrogate(text[start + length - 1])) length--;
                if (text.AsSpan(start, length).Trim() is { IsEmpty: false } part) yield return sentence with { Text = part.ToString() };
            }
        }
    }

    static IEnumerable<List<Sentence>> Cut(IEnumerable<Sentence> document)
    {
        var part = new List<Sentence>();
        foreach (var sentence in document)
        {
            part.Add(sentence);
            if (part.Count <= LongestDocument) continue;
            int end = LongestDocument, boundary = end;
            while (boundary > 0 && part[boundary].Section == part[boundary - 1].Section) boundary--;
            if (boundary >= LongestDocument / 2) end = boundary;
            yield return part[..end];
            part.RemoveRange(0, end);
        }

        if (part.Count > 0) yield return part;
    }
}
