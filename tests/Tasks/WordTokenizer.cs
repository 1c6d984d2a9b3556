using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>A tokenizer for tests: words in lower case, cut into pieces of at most four letters; other characters are pieces of their own.</summary>
internal sealed class WordTokenizer : ITextTokenizer
{
    const int LongestPiece = 4;

    readonly Dictionary<string, int> ids = [];

    public int Classify => 1;

    public int Separator => 2;

    public int Calls { get; private set; }

    public Tokenization Encode(string text)
    {
        Calls++;
        var offsets = new List<TextSpan>();
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i])) continue;
            int length = 1;
            while (char.IsLetter(text[i]) && length < LongestPiece && i + length < text.Length && char.IsLetter(text[i + length])) length++;
            offsets.Add(new(i, length));
            i += length - 1;
        }

        string[] pieces = [.. offsets.Select(o => text.Substring(o.Start, o.Length).ToLowerInvariant())];
        return new([.. pieces.Select(Id)], pieces, [.. offsets]);
    }

    public int Id(string piece) => ids.TryGetValue(piece, out int id) ? id : ids[piece] = ids.Count + 3;
}
