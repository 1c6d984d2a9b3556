namespace AlbertCompiled.Training;

/// <summary>What turns texts into the tokens of a model.</summary>
public interface ITextTokenizer
{
    /// <summary>Id of [CLS], which starts a sequence.</summary>
    int Classify { get; }

    /// <summary>Id of [SEP], which ends a segment.</summary>
    int Separator { get; }

    /// <summary>A text in pieces, each with its place in the text as it was given.</summary>
    Tokenization Encode(string text);
}
