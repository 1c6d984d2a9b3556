namespace AlbertCompiled.Training;

/// <summary>What readers of text skipped or cut, counted from any thread.</summary>
public sealed class TextReport
{
    long emptyDocuments, cutLines, cutSentences;

    /// <summary>Files, records or rows without text.</summary>
    public long EmptyDocuments => Interlocked.Read(ref emptyDocuments);

    /// <summary>Lines beyond <see cref="TextFiles.LongestLine"/>, read in parts.</summary>
    public long CutLines => Interlocked.Read(ref cutLines);

    /// <summary>Sentences beyond <see cref="TextDocuments.LongestSentence"/>, read in parts.</summary>
    public long CutSentences => Interlocked.Read(ref cutSentences);

    /// <summary>One line for the user; null if there is nothing to tell.</summary>
    public string? Summary
    {
        get
        {
            (long Count, string Text)[] parts =
            [
                (EmptyDocuments, "documents without text skipped"),
                (CutLines, $"lines of more than {TextFiles.LongestLine} bytes read in parts"),
                (CutSentences, $"sentences of more than {TextDocuments.LongestSentence} characters cut"),
            ];
            string summary = string.Join(", ", parts.Where(p => p.Count > 0).Select(p => $"{p.Text}: {p.Count}"));
            return summary.Length > 0 ? summary : null;
        }
    }

    internal void CountEmptyDocument() => Interlocked.Increment(ref emptyDocuments);

    internal void CountCutLines(long lines) => Interlocked.Add(ref cutLines, lines);

    internal void CountCutSentence() => Interlocked.Increment(ref cutSentences);
}
