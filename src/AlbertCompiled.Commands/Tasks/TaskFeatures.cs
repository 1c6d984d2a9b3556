using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>How the examples of any task become tokens. Of a question, and of an option with its question, half of a sequence is kept at most.</summary>
/// <param name="Tokenizer">The model's tokenizer.</param>
/// <param name="Sequence">Tokens of the longest sequence.</param>
/// <param name="Stride">Tokens from one window of a long context to the next.</param>
sealed record TaskFeatures(ITextTokenizer Tokenizer, int Sequence, int Stride)
{
    public TextFeaturizer Texts => new(Tokenizer, Sequence);

    public SpanFeaturizer Spans => new(Tokenizer, Sequence, Stride, Math.Min(SpanFeaturizer.LongestQuestion, Sequence / 2));

    public ChoiceFeaturizer Choices => new(Tokenizer, Sequence, Math.Min(ChoiceFeaturizer.LongestOption, Sequence / 2));

    public TagFeaturizer Tags => new(Tokenizer, Sequence, Stride);
}
