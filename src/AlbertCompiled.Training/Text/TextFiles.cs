namespace AlbertCompiled.Training;

/// <summary>
/// Text from files: plain text, JSON lines and Parquet, which are told apart by their names. All are read in a stream; memory is
/// bounded by the longest line, record or (Parquet) row group, whatever the size of the file.
/// </summary>
public sealed class TextFiles : ITextSource
{
    /// <summary>Bytes of the longest line of plain text; a longer one is read in parts.</summary>
    public const int LongestLine = 1 << 20;

    /// <summary>Bytes of the longest record of JSON lines.</summary>
    public const int LongestRecord = 1 << 26;

    // the texts of a file's documents; the first row whose ending fits counts
    static readonly (string Ending, Func<string, TextFormat, TextReport, IEnumerable<IEnumerable<string>>> Texts)[] Kinds =
    [
        (".jsonl", JsonLines), (".jsonl.gz", JsonLines), (".ndjson", JsonLines), (".ndjson.gz", JsonLines),
        (".parquet", Parquet),
        (".txt", Plain), (".txt.gz", Plain),
    ];

    readonly string[] files;
    readonly TextFormat format;

    /// <summary>Plain text and the rest in their default form.</summary>
    /// <param name="paths">Files, or folders whose text files are read with those of their subfolders, in order of name.</param>
    /// <exception cref="TrainingException">A path does not exist, or there is no text file.</exception>
    public TextFiles(params IReadOnlyList<string> paths) : this(paths, TextFormat.Default) { }

    /// <summary>Text in a given form.</summary>
    /// <param name="paths">Files, or folders whose text files are read with those of their subfolders, in order of name.</param>
    /// <param name="format">How the text lies in them.</param>
    /// <exception cref="TrainingException">A path does not exist, or there is no text file.</exception>
    public TextFiles(IReadOnlyList<string> paths, TextFormat format)
    {
        files = [.. paths.SelectMany(Expand)];
        this.format = format;
        Description = $"{files.Length} text {(files.Length == 1 ? "file" : "files")} in {string.Join(", ", paths)}";
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Files => files;

    /// <inheritdoc/>
    public string Settings => format == TextFormat.Default ? "" : $"{format.Column} {format.Split}";

    /// <inheritdoc/>
    public TextReport Report { get; } = new();

    /// <inheritdoc/>
    public IEnumerable<Document> Read()
    {
        var previous = default(Document);
        long documents = 0, heldOut = 0;
        foreach (var document in files.SelectMany(Read))
        {
            documents++;
            if (document.HeldOut) heldOut++;
            if (previous is not null) yield return previous;
            previous = document;
        }

        if (previous is not null) yield return HeldOut.TakesLast(documents, heldOut) ? previous with { HeldOut = true } : previous;
    }

    /// <inheritdoc/>
    public IEnumerable<Document> Read(string file)
    {
        int ordinal = 0;
        foreach (var lines in KindOf(file)(file, format, Report))
        {
            bool empty = true;
            foreach (var sentences in TextDocuments.Read(lines, format.Split, Report))
            {
                empty = false;
                string name = $"{Path.GetFileName(file)}#{ordinal++}";
                yield return new(name, HeldOut.Contains(name), sentences);
            }

            if (empty) Report.CountEmptyDocument();
        }
    }

    static Func<string, TextFormat, TextReport, IEnumerable<IEnumerable<string>>> KindOf(string file) =>
        Kinds.FirstOrDefault(k => file.EndsWith(k.Ending, StringComparison.OrdinalIgnoreCase)).Texts ?? Plain;

    static IEnumerable<IEnumerable<string>> Plain(string file, TextFormat format, TextReport report)
    {
        using var lines = new TextLines(TextFile.Open(file), file, LongestLine, LongLines.Cut);
        yield return Each(lines);
        report.CountCutLines(lines.Cuts);
    }

    static IEnumerable<IEnumerable<string>> JsonLines(string file, TextFormat format, TextReport report) => Records.JsonLines(file, format.Column).Select(Lines);

    static IEnumerable<IEnumerable<string>> Parquet(string file, TextFormat format, TextReport report) => Records.Parquet(file, format.Column).Select(Lines);

    static IEnumerable<string> Each(TextLines lines)
    {
        while (lines.Read() is { } line) yield return line;
    }

    static IEnumerable<string> Lines(string? record)
    {
        using var reader = new StringReader(record ?? "");
        while (reader.ReadLine() is { } line) yield return line;
    }

    static IEnumerable<string> Expand(string path) =>
        FileSearch.Exists(path) ? [path]
        : !Directory.Exists(path) ? throw new TrainingException($"no such text file or folder: {path}")
        : TextFile.In(path, name => Kinds.Any(k => name.EndsWith(k.Ending, StringComparison.OrdinalIgnoreCase))) is { Count: > 0 } found ? found
        : throw new TrainingException($"no text in {path}: there is no *.txt, *.jsonl (or either with .gz) or *.parquet file");
}
