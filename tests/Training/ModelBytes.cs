using System.Text;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Writes SentencePiece model files by hand.</summary>
internal static class ModelBytes
{
    static readonly (string, float, PieceKind)[] Special =
        [("<pad>", 0, PieceKind.Control), ("<unk>", 0, PieceKind.Unknown), ("[CLS]", 0, PieceKind.Control), ("[SEP]", 0, PieceKind.Control), ("[MASK]", 0, PieceKind.Control)];

    /// <summary>A unigram model of the special pieces (ids 0 to 4) and these.</summary>
    public static byte[] Of(params (string Text, float Score, PieceKind Kind)[] pieces) => [.. Special.Concat(pieces).SelectMany(p => Piece(p.Item1, p.Item2, p.Item3))];

    public static byte[] Piece(string text, float score, PieceKind kind) =>
        Field(1, [.. Field(1, Encoding.UTF8.GetBytes(text)), 0x15, .. BitConverter.GetBytes(score), 0x18, (byte)kind]);

    /// <summary>A trainer section; later ones win.</summary>
    public static byte[] Trainer(params (int Field, byte Value)[] settings) => Field(2, Settings(settings));

    /// <summary>A normaliser section; later ones win.</summary>
    public static byte[] Normalizer(params (int Field, byte Value)[] settings) => Field(3, Settings(settings));

    /// <summary>A normaliser section with a character map.</summary>
    public static byte[] CharacterMap(byte[] map) => Field(3, Field(2, map));

    public static Vocabulary Load(TemporaryFolder folder, params byte[][] parts)
    {
        File.WriteAllBytes(folder["made.model"], [.. parts.SelectMany(p => p)]);
        return Vocabulary.Load(folder["made.model"]);
    }

    static byte[] Settings((int Field, byte Value)[] settings) => [.. settings.SelectMany(s => (byte[])[.. Varint((uint)s.Field << 3), s.Value])];

    static byte[] Field(int number, byte[] content) => [.. Varint((uint)number << 3 | 2), .. Varint((uint)content.Length), .. content];

    static IEnumerable<byte> Varint(uint value)
    {
        for (; value >= 0x80; value >>= 7) yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
