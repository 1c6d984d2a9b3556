namespace AlbertCompiled.Training;

/// <summary>Where sentences end.</summary>
public enum SentenceSplit
{
    /// <summary>Each file or record shows it: if most of its first lines end like one sentence, lines are sentences; else it is running text.</summary>
    Auto,

    /// <summary>A line is a sentence, a blank line ends a document.</summary>
    Lines,

    /// <summary>Running text: sentences end at full stops, a blank line ends a paragraph.</summary>
    Sentences,
}

/// <summary>How text lies in its files.</summary>
/// <param name="Column">The column (Parquet) or field (JSON lines) that holds the text.</param>
/// <param name="Split">Where sentences end.</param>
public sealed record TextFormat(string Column, SentenceSplit Split)
{
    /// <summary>What is taken unless told otherwise.</summary>
    public static TextFormat Default { get; } = new("text", SentenceSplit.Auto);
}
