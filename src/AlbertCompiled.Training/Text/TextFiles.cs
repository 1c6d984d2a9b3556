using System.Text;

namespace AlbertCompiled.Training;

/// <summary>
/// Plain text files: one sentence a line with a blank line between documents, or prose whose paragraphs are split into sentences.
/// Which of the two a file is shows in its lines: if most end like one sentence, they are sentences.
/// </summary>
public sealed class TextFiles : ITextSource
{
    // Longer documents are cut at a section: a book is one document, but a corpus needs several to hold some out.
    const int LongestDocument = 256;

    readonly string[] files;

    /// <summary>A file, or all *.txt files of a folder and its subfolders, in order of name.</summary>
    /// <param name="paths">Files or folders.</param>
    /// <exception cref="TrainingException">A path does not exist, or there is no text file.</exception>
    public TextFiles(params IReadOnlyList<string> paths)
    {
        files = [.. paths.SelectMany(Expand)];
        Description = $"{files.Length} text {(files.Length == 1 ? "file" : "files")} in {string.Join(", ", paths)}";
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Files => files;

    /// <inheritdoc/>
    public IEnumerable<Document> Read()
    {
        var previous = default(Document);
        bool anyHeldOut = false;
        foreach (var document in files.SelectMany(Read))
        {
            anyHeldOut |= document.HeldOut;
            if (previous is not null) yield return previous;
            previous = document;
        }

        // a small corpus may have no name whose checksum falls into the twentieth: its last document serves
        if (previous is not null) yield return anyHeldOut ? previous : previous with { HeldOut = true };
    }

    /// <inheritdoc/>
    public IEnumerable<Document> Read(string file)
    {
        int ordinal = 0;
        foreach (var sentences in ReadFile(file).SelectMany(Cut))
        {
            string name = $"{Path.GetFileName(file)}#{ordinal++}";
            yield return new(name, HeldOut.Contains(name), sentences);
        }
    }

    static IEnumerable<string> Expand(string path) =>
        File.Exists(path) ? [path]
        : !Directory.Exists(path) ? throw new TrainingException($"no such text file or folder: {path}")
        : Directory.GetFiles(path, "*.txt", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } found ? found
        : throw new TrainingException($"no *.txt file in {path}");

    static IEnumerable<List<Sentence>> ReadFile(string file)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file, Encoding.UTF8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {file}: {e.Message}", e);
        }

        return HasSentencePerLine(lines) ? SentencePerLine(lines) : Prose(lines);
    }

    static bool HasSentencePerLine(string[] lines)
    {
        int full = 0, ends = 0;
        foreach (string line in lines)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            full++;
            if (SentenceSplitter.EndsSentence(line) && SentenceSplitter.Split(line).Take(3).Count() < 3) ends++;
        }

        return 2 * ends > full;
    }

    static IEnumerable<List<Sentence>> SentencePerLine(string[] lines)
    {
        var document = new List<Sentence>();
        foreach (string line in lines.Append(""))
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                document.Add(new(line.Trim(), 0));
                continue;
            }

            if (document.Count == 0) continue;
            yield return document;
            document = [];
        }
    }

    static IEnumerable<List<Sentence>> Prose(string[] lines)
    {
        var document = new List<Sentence>();
        var paragraph = new StringBuilder();
        int section = 0;
        foreach (string line in lines.Append(""))
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                paragraph.Append(line).Append('\n');
                continue;
            }

            foreach (string sentence in SentenceSplitter.Split(paragraph.ToString())) document.Add(new(sentence, section));
            if (paragraph.Length > 0) section++;
            paragraph.Clear();
        }

        if (document.Count > 0) yield return document;
    }

    static IEnumerable<List<Sentence>> Cut(List<Sentence> document)
    {
        int start = 0;
        while (document.Count - start > LongestDocument)
        {
            int end = start + LongestDocument, boundary = end;
            while (boundary > start && document[boundary].Section == document[boundary - 1].Section) boundary--;
            if (boundary - start >= LongestDocument / 2) end = boundary;
            yield return document[start..end];
            start = end;
        }

        yield return document[start..];
    }
}
