using System.Text;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests.Training.Fuzz;

/// <summary>What the rows of fuzzed parsers share.</summary>
internal static class FuzzInputs
{
    /// <summary>A vocabulary that is read in no time. What the tokenizer loads at the first text beyond ASCII is there, and no input is charged for it.</summary>
    public static Vocabulary Vocabulary { get; } = Ready(Vocabulary.Parse(VocabularyBytes, "made.model"));

    public static byte[] VocabularyBytes => ModelBytes.Of(
        ("\u2581", -2, PieceKind.Normal), ("\u2581a", -1, PieceKind.Normal), ("\u2581the", -1, PieceKind.Normal), ("b", -2, PieceKind.Normal), ("c", -2, PieceKind.Normal), (".", -3, PieceKind.Normal));

    static Vocabulary Ready(Vocabulary vocabulary)
    {
        vocabulary.EncodeWithOffsets("é");
        return vocabulary;
    }

    public static byte[][] Texts(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Counts an answer of no as a refusal, for readers that only say yes or no.</summary>
    public static void RefuseUnless(bool accepted)
    {
        if (!accepted) throw new TrainingException("no");
    }
}
