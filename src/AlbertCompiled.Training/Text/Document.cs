namespace AlbertCompiled.Training;

/// <summary>A sentence of a document.</summary>
/// <param name="Text">The text, one line.</param>
/// <param name="Section">Ordinal of the section (paragraph, member of a type) it stands in; grows along the document.</param>
public readonly record struct Sentence(string Text, int Section);

/// <summary>Sentences in their order. Sequences never cross a document's end.</summary>
/// <param name="Name">What a person would call it.</param>
/// <param name="HeldOut">Kept out of training, for evaluation.</param>
/// <param name="Sentences">At least one.</param>
public sealed record Document(string Name, bool HeldOut, IReadOnlyList<Sentence> Sentences);

/// <summary>Where documents come from.</summary>
public interface ITextSource
{
    /// <summary>One line that says what the text is.</summary>
    string Description { get; }

    /// <summary>The files read. Their contents decide whether a prepared corpus can be used again.</summary>
    IReadOnlyList<string> Files { get; }

    /// <summary>Reads all documents, in an order that depends on the contents only.</summary>
    /// <exception cref="TrainingException">A file is missing or unreadable.</exception>
    IEnumerable<Document> Read();

    /// <summary>Reads the documents of one of <see cref="Files"/>, always in the same order. All files in turn give all documents.</summary>
    /// <exception cref="TrainingException">The file is missing or unreadable.</exception>
    IEnumerable<Document> Read(string file);
}
