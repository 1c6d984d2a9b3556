namespace AlbertCompiled.Training;

/// <summary>A vocabulary as the tokenizer of a task.</summary>
/// <param name="vocabulary">The vocabulary.</param>
public sealed class VocabularyTokenizer(Vocabulary vocabulary) : ITextTokenizer
{
    /// <inheritdoc/>
    public int Classify => vocabulary.Classify;

    /// <inheritdoc/>
    public int Separator => vocabulary.Separator;

    /// <inheritdoc/>
    public Tokenization Encode(string text) => vocabulary.EncodeWithOffsets(text);
}
