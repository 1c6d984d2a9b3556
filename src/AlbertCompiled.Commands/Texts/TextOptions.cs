using System.CommandLine;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>The options that say what text is read.</summary>
sealed class TextOptions
{
    static readonly Dictionary<string, SentenceSplit> Splits = new(StringComparer.OrdinalIgnoreCase)
    {
        ["auto"] = SentenceSplit.Auto,
        ["lines"] = SentenceSplit.Lines,
        ["sentences"] = SentenceSplit.Sentences,
    };

    public Option<string[]> Text { get; } = new("--text", "-t") { Description = "Files, or folders of them: *.txt, *.txt.gz, *.jsonl, *.jsonl.gz, *.parquet. Default: the documentation of the .NET SDK", HelpName = "path", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
    public Option<string> Column { get; } = new("--column", "--field") { Description = "The column (Parquet) or field (JSON lines) that holds the text", HelpName = "name", DefaultValueFactory = _ => TextFormat.Default.Column };
    public Option<string> Split { get; } = new("--split") { Description = "Where sentences end: at every line (a blank line ends a document), at full stops in running text, or as the text itself shows", HelpName = "lines|sentences|auto", DefaultValueFactory = _ => "auto" };

    public IEnumerable<Option> All => [Text, Column, Split];

    /// <summary>The form of the text.</summary>
    /// <exception cref="TrainingException">There is no such way to split it, or no text that has a form.</exception>
    public TextFormat Format(ParseResult parsed)
    {
        if (parsed.GetValue(Text)!.Length == 0 && ((Option[])[Column, Split]).FirstOrDefault(o => IsGiven(parsed, o)) is { } option)
            throw new TrainingException($"{option.Name} says how the text lies in the files of --text: name them, or leave {option.Name} out");
        return Read(parsed);
    }

    TextFormat Read(ParseResult parsed) =>
        Splits.TryGetValue(parsed.GetValue(Split)!, out var split) ? new(parsed.GetValue(Column)!, split)
        : throw new TrainingException($"text cannot be split by {parsed.GetValue(Split)}: --split is one of {string.Join(", ", Splits.Keys)}");

    /// <summary>A form with what the options change.</summary>
    public TextFormat Given(ParseResult parsed, TextFormat recorded)
    {
        var given = Read(parsed);
        return new(IsGiven(parsed, Column) ? given.Column : recorded.Column, IsGiven(parsed, Split) ? given.Split : recorded.Split);
    }

    static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>The text.</summary>
    /// <exception cref="TrainingException">It is not there.</exception>
    public ITextSource Source(ParseResult parsed) => Source(parsed.GetValue(Text)!, Format(parsed));

    /// <summary>The text in these files; if there are none, the documentation of the SDK.</summary>
    /// <exception cref="TrainingException">It is not there.</exception>
    public static ITextSource Source(IReadOnlyList<string> paths, TextFormat format) =>
        paths.Count > 0 ? new TextFiles(paths, format) : new SdkDocumentation(SdkLocator.FindRoot());
}
