using System.Security.Cryptography;
using Google.Protobuf;

namespace AlbertCompiled.Training;

/// <summary>A SentencePiece vocabulary with ALBERT's special pieces, and its tokenizer. Safe to use from several threads.</summary>
public sealed class Vocabulary
{
    const char WordStart = '▁';
    const int LongestText = 1 << 28;

    readonly string[] pieces;
    readonly PieceKind[] kinds;
    readonly bool[] startsWord;
    readonly Dictionary<string, int> ids;
    readonly PieceNormalizer normalizer;
    readonly UnigramTokenizer tokenizer;
    readonly Part[]?[] resplit;
    readonly int[]? bytePieces; // by byte: what spells text outside the vocabulary; null: an unknown piece does

    Vocabulary(byte[] bytes, string source)
    {
        (Bytes, Source) = (bytes, source);
        Hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var model = SentencePieceModel.Parse(bytes);
        pieces = [.. model.Pieces.Select(p => p.Text)];
        kinds = [.. model.Pieces.Select(p => p.Kind)];
        ids = [];
        for (int i = 0; i < pieces.Length; i++) ids.TryAdd(pieces[i], i);
        Classify = Special("[CLS]");
        Separator = Special("[SEP]");
        Mask = Special("[MASK]");
        Unknown = Array.IndexOf(kinds, PieceKind.Unknown);
        normalizer = new(model);
        tokenizer = new(model, normalizer);
        startsWord = [.. pieces.Select(WordPieces.StartsWord)];
        Ordinary = [.. Enumerable.Range(0, pieces.Length).Where(i => kinds[i] is PieceKind.Normal or PieceKind.UserDefined)];
        bytePieces = model.ByteFallback ? [.. Enumerable.Range(0, 256).Select(b => ids.GetValueOrDefault($"<0x{b:X2}>", Unknown))] : null;
        resplit = new Part[pieces.Length][];
        resplit = [.. Enumerable.Range(0, pieces.Length).Select(id => WordPieces.EndsInDigitAndComma(pieces[id]) ? Resplit(id) : null)]; // parts are not split again
    }

    /// <summary>The vocabulary that comes with the library: 8,000 pieces of the documentation of .NET's libraries.</summary>
    public static Vocabulary Default => OfLibrary.Value;

    static readonly Lazy<Vocabulary> OfLibrary = new(() =>
    {
        const string name = "docs-8000.model";
        using var stream = typeof(Vocabulary).Assembly.GetManifestResourceStream(name)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Parse(bytes, name);
    });

    /// <summary>Number of pieces.</summary>
    public int Size => pieces.Length;

    /// <summary>Id of [CLS], which starts every sequence.</summary>
    public int Classify { get; }

    /// <summary>Id of [SEP], which ends a segment.</summary>
    public int Separator { get; }

    /// <summary>Id of [MASK].</summary>
    public int Mask { get; }

    /// <summary>Id of the piece that stands for text outside the vocabulary.</summary>
    public int Unknown { get; }

    /// <summary>Ids of pieces that stand for text: what a random replacement is drawn from.</summary>
    public IReadOnlyList<int> Ordinary { get; }

    /// <summary>The model file.</summary>
    public byte[] Bytes { get; }

    /// <summary>The path that it was read from.</summary>
    public string Source { get; }

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
            throw new TrainingException($"cannot read the vocabulary {path}: {e.Reason(path)}", e);
        }

        return LargeFilePointer.Begins(bytes) ? throw new TrainingException($"cannot read the vocabulary {path}: {LargeFilePointer.Cure}") : Parse(bytes, path);
    }

    /// <summary>A model file's bytes.</summary>
    /// <exception cref="TrainingException">They are no such model.</exception>
    internal static Vocabulary Parse(byte[] bytes, string path)
    {
        try
        {
            return new(bytes, path);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new TrainingException($"{path} is not a SentencePiece model, or a damaged one: name another, such as a published spiece.model; data/train-vocabulary.sh shows how to train one", e);
        }
        catch (TrainingException e)
        {
            throw new TrainingException($"the vocabulary {path} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>The piece with this id, "▁" where a word starts.</summary>
    public string Piece(int id) => pieces[id];

    /// <summary>The id of a piece, null if there is none.</summary>
    public int? TryFind(string piece) => ids.TryGetValue(piece, out int id) ? id : null;

    /// <summary>True if the piece starts a word (whole-word masking).</summary>
    public bool StartsWord(int id) => startsWord[id];

    /// <summary>The ids of a text, normalised as ALBERT does, without special pieces.</summary>
    /// <exception cref="TrainingException">The text has more than 268,435,456 characters.</exception>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var buffers = EncodingBuffers.Take();
        Encode(text, startsWord: true, mapped: false, buffers);
        int[] result = [.. buffers.Ids];
        buffers.GiveBack();
        return result;
    }

    /// <summary>Appends the ids of a text to a list.</summary>
    /// <exception cref="TrainingException">The text has more than 268,435,456 characters.</exception>
    public void Encode(ReadOnlySpan<char> text, List<int> result)
    {
        var buffers = EncodingBuffers.Take();
        Encode(text, startsWord: true, mapped: false, buffers);
        result.AddRange(buffers.Ids);
        buffers.GiveBack();
    }

    /// <summary>The ids of text that goes on where other text stopped: its first piece starts no word.</summary>
    /// <exception cref="TrainingException">The text has more than 268,435,456 characters.</exception>
    public int[] EncodeContinuation(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var buffers = EncodingBuffers.Take();
        Encode(text, startsWord: false, mapped: false, buffers);
        int[] result = [.. buffers.Ids];
        buffers.GiveBack();
        return result;
    }

    /// <summary>A text in pieces, each with its place in the text as it was given.</summary>
    /// <exception cref="TrainingException">The text has more than 268,435,456 characters.</exception>
    public Tokenization EncodeWithOffsets(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var buffers = EncodingBuffers.Take();
        Encode(text, startsWord: true, mapped: true, buffers);
        var result = new Tokenization([.. buffers.Ids], [.. buffers.Ids.Select(Piece)], [.. buffers.Offsets]);
        buffers.GiveBack();
        return result;
    }

    void Encode(ReadOnlySpan<char> text, bool startsWord, bool mapped, EncodingBuffers buffers)
    {
        if (text.Length > LongestText) throw new TrainingException($"a text of {text.Length} characters is too long to encode: cut it into parts of at most {LongestText}");
        TextNormalizer.Normalize(text, lowerCase: true, mapped, buffers.Plain);
        normalizer.Normalize(buffers.Plain, startsWord, mapped, buffers.Normal);
        int start = 0;
        foreach (var (id, end) in tokenizer.Cut(buffers.Normal.Bytes, mergeUnknown: bytePieces is null, buffers))
        {
            if (resplit[id] is { } parts)
                foreach (var part in parts) Add(part.Id, start + part.First, start + part.Last);
            else if (id == Unknown && bytePieces is not null)
                foreach (byte b in normalizer.Spelled(buffers.Normal.Bytes[start..end])) Add(bytePieces[b], start, end);
            else Add(id, start, end);
            start = end;
        }

        void Add(int id, int first, int last)
        {
            buffers.Ids.Add(id);
            if (mapped) buffers.Offsets.Add(buffers.Normal.Span(first, last));
        }
    }

    // "▁1990," becomes "▁1990" and ",": numbers share no statistics with the comma behind them
    Part[] Resplit(int id)
    {
        string piece = pieces[id];
        var parts = Encode(piece[..^1].Replace(WordStart.ToString(), "")).ToList();
        if (piece[0] != WordStart && parts.Count > 0 && pieces[parts[0]] is [WordStart, .. var rest])
        {
            if (rest.Length == 0) parts.RemoveAt(0);
            else parts[0] = ids.GetValueOrDefault(rest, Unknown);
        }

        parts.Add(ids.GetValueOrDefault(",", Unknown));
        int whole = Written(id);
        if (parts.Sum(Written) != whole) return [.. parts.Select(p => new Part(p, 0, whole))]; // a part is unknown text
        int last = 0;
        return [.. parts.Select(p => new Part(p, last, last += Written(p)))];
    }

    // bytes of the piece in normalised text
    int Written(int id) => normalizer.Written(pieces[id])?.Length ?? 0;

    int Special(string piece) =>
        ids.TryGetValue(piece, out int id) ? id : throw new TrainingException($"it has no piece {piece}; data/train-vocabulary.sh shows how to train one");

    // a part of a piece that is split again: its id, and its bytes in the piece's
    readonly record struct Part(int Id, int First, int Last);
}
