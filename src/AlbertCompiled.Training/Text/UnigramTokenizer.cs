using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace AlbertCompiled.Training;

/// <summary>
/// The likeliest way to cut a text into pieces (Kudo 2018, the unigram language model): one pass over the text by Viterbi's algorithm.
/// Sums are rounded where SentencePiece rounds them and compared in its order, so that ties fall the same way.
/// </summary>
sealed class UnigramTokenizer
{
    const float UnknownPenalty = 10; // below the least likely piece

    readonly DoubleArray trie;
    readonly double[] scores;
    readonly int[] lengths; // bytes of the pieces as the text writes them
    readonly float unknownScore;
    readonly int unknown;

    /// <summary>A model's pieces.</summary>
    /// <exception cref="TrainingException">A piece is there twice, or there is too much of them.</exception>
    public UnigramTokenizer(SentencePieceModel model, PieceNormalizer normalizer)
    {
        var pieces = model.Pieces;
        unknown = pieces.FindIndex(p => p.Kind == PieceKind.Unknown);
        float least = float.MaxValue, most = float.MinValue;
        foreach (var piece in pieces.Where(p => p.Kind == PieceKind.Normal)) (least, most) = (Math.Min(least, piece.Score), Math.Max(most, piece.Score));
        unknownScore = least - UnknownPenalty;
        scores = new double[pieces.Count];
        lengths = new int[pieces.Count];
        var keys = new List<(byte[] Key, int Value)>();
        for (int id = 0; id < pieces.Count; id++)
        {
            if (pieces[id].Kind is not (PieceKind.Normal or PieceKind.UserDefined) || normalizer.Written(pieces[id].Text) is not { } key) continue;
            keys.Add((key, id));
            lengths[id] = key.Length;
            scores[id] = pieces[id].Kind == PieceKind.Normal ? pieces[id].Score : UserDefinedScore(pieces[id].Text, most);
        }

        trie = DoubleArrayBuilder.Build(keys);
    }

    /// <summary>Cuts a text.</summary>
    /// <param name="text">Normalised text, well-formed UTF-8.</param>
    /// <param name="mergeUnknown">Whether characters outside the vocabulary in a row are one piece.</param>
    /// <param name="buffers">Working memory.</param>
    /// <returns>The pieces in order, in the buffers.</returns>
    public ReadOnlySpan<PieceEnd> Cut(ReadOnlySpan<byte> text, bool mergeUnknown, EncodingBuffers buffers)
    {
        var cells = buffers.Cells(text.Length + 1);
        Search(text, cells);
        return Backtrack(text, cells, mergeUnknown, buffers.Pieces(text.Length));
    }

    // SentencePiece's: such a piece wins over any other way to write its text
    static double UserDefinedScore(string text, float most) => Encoding.UTF8.GetByteCount(text) * Math.Max(most, 1.17549435e-38f) - 0.1;

    void Search(ReadOnlySpan<byte> text, Span<Cell> cells)
    {
        cells.Fill(new(0, Cell.Unreached));
        ref uint units = ref MemoryMarshal.GetArrayDataReference(trie.Units);
        uint root = DoubleArray.Base(0, units);
        for (int start = 0, length; start < text.Length; start += length)
        {
            length = Utf8Text.CharacterLength(text[start]);
            float before = cells[start].Score;
            bool single = false;
            uint at = root;
            for (int i = start; i < text.Length; i++)
            {
                // units lie in whole blocks of 256, so that a base XOR a byte is one of them
                uint node = at ^ text[i], unit = Unsafe.Add(ref units, node);
                if ((unit & DoubleArray.LabelMask) != text[i]) break;
                at = DoubleArray.Base(node, unit);
                if ((unit & DoubleArray.EndsKey) == 0) continue;
                int id = (int)(Unsafe.Add(ref units, at) & DoubleArray.ValueMask);
                cells[i + 1].Improve(scores[id] + before, id);
                single |= i + 1 - start == length;
            }

            if (!single) cells[start + length].Improve(unknownScore + before, unknown);
        }
    }

    ReadOnlySpan<PieceEnd> Backtrack(ReadOnlySpan<byte> text, ReadOnlySpan<Cell> cells, bool mergeUnknown, Span<PieceEnd> pieces)
    {
        int first = pieces.Length, previous = Cell.Unreached;
        for (int end = text.Length; end > 0;)
        {
            int id = cells[end].Piece;
            if (!(mergeUnknown && id == unknown && previous == unknown)) pieces[--first] = new(id, end);
            end = id == unknown ? Utf8Text.CharacterStart(text, end) : end - lengths[id];
            previous = id;
        }

        return pieces[first..];
    }
}

/// <summary>The best way to a place in the text.</summary>
/// <param name="score">Sum of the scores.</param>
/// <param name="piece">The last piece.</param>
struct Cell(float score, int piece)
{
    public const int Unreached = -1;

    public float Score = score;
    public int Piece = piece;

    /// <summary>Takes another way if it is better; of equal ones the first stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Improve(double score, int piece)
    {
        if (Piece != Unreached && !(score > Score)) return;
        Score = (float)score;
        Piece = piece;
    }
}

/// <summary>A piece in a text, which begins where the one before it ends.</summary>
/// <param name="Id">The id.</param>
/// <param name="End">The byte behind it.</param>
readonly record struct PieceEnd(int Id, int End);
