using System.Security.Cryptography;
using Google.Protobuf;
using Microsoft.ML.Tokenizers;

namespace AlbertCompiled.Training;

/// <summary>A SentencePiece vocabulary with ALBERT's special pieces, and its tokenizer. Safe to use from several threads.</summary>
public sealed class Vocabulary
{
    const char WordStart = '▁';

    readonly SentencePieceTokenizer tokenizer;
    readonly string[] pieces;
    readonly PieceKind[] kinds;
    readonly bool[] startsWord;
    readonly Dictionary<string, int> ids;
    readonly Dictionary<int, int[]> resplit;

    Vocabulary(byte[] bytes)
    {
        Bytes = bytes;
        Hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var model = SentencePieceModel.Parse(bytes);
        pieces = [.. model.Pieces.Select(p => p.Text)];
        kinds = [.. model.Pieces.Select(p => p.Kind)];
        ids = [];
        for (int i = 0; i < pieces.Length; i++) ids.TryAdd(pieces[i], i);
        Classify = Special("[CLS]");
        Separator = Special("[SEP]");
        Mask = Special("[MASK]");
        tokenizer = SentencePieceTokenizer.Create(
            new MemoryStream(model.WithBeginAndEnd(Classify, Separator)), addBeginningOfSentence: false, addEndOfSentence: false);
        startsWord = [.. pieces.Select(WordPieces.StartsWord)];
        Ordinary = [.. Enumerable.Range(0, pieces.Length).Where(i => kinds[i] is PieceKind.Normal or PieceKind.UserDefined)];
        resplit = Enumerable.Range(0, pieces.Length).Where(i => WordPieces.EndsInDigitAndComma(pieces[i])).ToDictionary(i => i, Resplit);
    }

    /// <summary>Number of pieces.</summary>
    public int Size => pieces.Length;

    /// <summary>Id of [CLS], which starts every sequence.</summary>
    public int Classify { get; }

    /// <summary>Id of [SEP], which ends a segment.</summary>
    public int Separator { get; }

    /// <summary>Id of [MASK].</summary>
    public int Mask { get; }

    /// <summary>Ids of pieces that stand for text: what a random replacement is drawn from.</summary>
    public IReadOnlyList<int> Ordinary { get; }

    /// <summary>The model file.</summary>
    public byte[] Bytes { get; }

    /// <summary>SHA-256 of the model file.</summary>
    public string Hash { get; }

    /// <summary>Reads a SentencePiece model file (unigram).</summary>
    /// <exception cref="TrainingException">The file is missing, is no such model, or lacks [CLS], [SEP] or [MASK].</exception>
    public static Vocabulary Load(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read the vocabulary {path}: {e.Message}", e);
        }

        try
        {
            return new(bytes);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or ArgumentException or InvalidOperationException or NullReferenceException)
        {
            throw new TrainingException($"{path} is not a SentencePiece unigram model: {e.Message}", e);
        }
        catch (TrainingException e)
        {
            throw new TrainingException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>The piece with this id, "▁" where a word starts.</summary>
    public string Piece(int id) => pieces[id];

    /// <summary>The id of a piece, null if there is none.</summary>
    public int? TryFind(string piece) => ids.TryGetValue(piece, out int id) ? id : null;

    /// <summary>True if the piece starts a word (whole-word masking).</summary>
    public bool StartsWord(int id) => startsWord[id];

    /// <summary>The ids of a text, normalised as ALBERT does, without special pieces.</summary>
    public int[] Encode(string text) => EncodeNormalized(TextNormalizer.Normalize(text));

    /// <summary>The ids of text that goes on where other text stopped: its first piece starts no word.</summary>
    public int[] EncodeContinuation(string text)
    {
        int[] encoded = Encode(text);
        if (encoded.Length == 0 || pieces[encoded[0]][0] != WordStart) return encoded;
        string rest = pieces[encoded[0]][1..];
        return rest.Length == 0 ? encoded[1..] : ids.TryGetValue(rest, out int id) ? [id, .. encoded[1..]] : encoded;
    }

    int[] EncodeNormalized(string text)
    {
        var result = new List<int>();
        foreach (int id in tokenizer.EncodeToIds(text, addBeginningOfSentence: false, addEndOfSentence: false))
            if (resplit.TryGetValue(id, out int[]? parts)) result.AddRange(parts);
            else if (kinds[id] != PieceKind.Unknown || result.Count == 0 || kinds[result[^1]] != PieceKind.Unknown) result.Add(id); // a run of unknown text is one piece
        return [.. result];
    }

    // "▁1990," becomes "▁1990" and ",": numbers share no statistics with the comma behind them
    int[] Resplit(int id)
    {
        string text = pieces[id];
        var parts = tokenizer.EncodeToIds(text[..^1].Replace(WordStart.ToString(), ""), addBeginningOfSentence: false, addEndOfSentence: false).ToList();
        if (text[0] != WordStart && parts.Count > 0 && pieces[parts[0]][0] == WordStart)
        {
            string rest = pieces[parts[0]][1..];
            if (rest.Length == 0) parts.RemoveAt(0);
            else if (ids.TryGetValue(rest, out int inner)) parts[0] = inner;
        }

        return ids.TryGetValue(",", out int comma) ? [.. parts, comma] : [id];
    }

    int Special(string piece) =>
        ids.TryGetValue(piece, out int id) ? id : throw new TrainingException($"the vocabulary has no piece {piece}; data/train-vocabulary.sh shows how to train one");
}
