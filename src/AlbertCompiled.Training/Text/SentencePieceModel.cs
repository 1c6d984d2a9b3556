using Google.Protobuf;

namespace AlbertCompiled.Training;

/// <summary>What a piece of a SentencePiece vocabulary is.</summary>
public enum PieceKind
{
    /// <summary>A piece of text.</summary>
    Normal = 1,

    /// <summary>Stands for text outside the vocabulary.</summary>
    Unknown = 2,

    /// <summary>Never comes out of text: [CLS], [SEP], [MASK].</summary>
    Control = 3,

    /// <summary>Text that is never split.</summary>
    UserDefined = 4,

    /// <summary>A reserved id.</summary>
    Unused = 5,

    /// <summary>A byte of text outside the vocabulary.</summary>
    Byte = 6,
}

/// <summary>A piece of a model file.</summary>
/// <param name="Text">The text, "▁" for white space.</param>
/// <param name="Score">Logarithm of its probability.</param>
/// <param name="Kind">What it is.</param>
readonly record struct ScoredPiece(string Text, float Score, PieceKind Kind);

/// <summary>A SentencePiece model file (a protocol buffer, sentencepiece_model.proto): what encoding needs of it.</summary>
sealed class SentencePieceModel
{
    const int PiecesField = 1, TrainerField = 2, NormalizerField = 3;                                      // ModelProto
    const int TextField = 1, ScoreField = 2, KindField = 3;                                                // ModelProto.SentencePiece
    const int TypeField = 3, SuffixField = 24, ByteFallbackField = 35;                                     // TrainerSpec
    const int CharacterMapField = 2, PrefixField = 3, ExtraSpacesField = 4, EscapeField = 5;               // NormalizerSpec
    const int Unigram = 1;

    static readonly string[] Types = ["unigram", "BPE", "word", "character"]; // TrainerSpec.ModelType, from 1

    int type = Unigram;
    bool spaceEndsWord;

    /// <summary>The pieces; the index is the id.</summary>
    public List<ScoredPiece> Pieces { get; } = [];

    /// <summary>Text outside the vocabulary is spelled in <see cref="PieceKind.Byte"/> pieces.</summary>
    public bool ByteFallback { get; private set; }

    /// <summary>Rules that replace characters, compiled; empty if there are none.</summary>
    public byte[] CharacterMap { get; private set; } = [];

    /// <summary>The first word is written like the others, with white space before it.</summary>
    public bool AddDummyPrefix { get; private set; } = true;

    /// <summary>White space is collapsed and trimmed.</summary>
    public bool RemoveExtraSpaces { get; private set; } = true;

    /// <summary>White space is written "▁".</summary>
    public bool EscapeSpaces { get; private set; } = true;

    /// <summary>Reads a model.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no protocol buffer.</exception>
    /// <exception cref="TrainingException">They are one, but no unigram model that can be used.</exception>
    public static SentencePieceModel Parse(byte[] bytes)
    {
        var model = new SentencePieceModel();
        Read(new CodedInputStream(bytes), (field, input) =>
        {
            switch (field)
            {
                case PiecesField: model.Pieces.Add(Piece(input.ReadBytes(), model.Pieces.Count)); return true;
                case TrainerField: Read(input.ReadBytes().CreateCodedInput(), model.Trainer); return true;
                case NormalizerField: Read(input.ReadBytes().CreateCodedInput(), model.Normalizer); return true;
                default: return false;
            }
        });
        model.Check();
        return model;
    }

    static ScoredPiece Piece(ByteString bytes, int id)
    {
        var piece = new ScoredPiece("", 0, PieceKind.Normal);
        Read(bytes.CreateCodedInput(), (field, input) =>
        {
            switch (field)
            {
                case TextField: piece = piece with { Text = input.ReadString() }; return true;
                case ScoreField: piece = piece with { Score = input.ReadFloat() }; return true;
                case KindField: piece = piece with { Kind = (PieceKind)input.ReadEnum() }; return true;
                default: return false;
            }
        });
        if (piece.Text.Length == 0 || piece.Text.Contains('\0')) throw new TrainingException($"piece {id} has no text, or a zero character in it");
        return float.IsFinite(piece.Score) ? piece : throw new TrainingException($"piece {id} ({piece.Text}) has the score {piece.Score}");
    }

    bool Trainer(int field, CodedInputStream input)
    {
        switch (field)
        {
            case TypeField: type = input.ReadEnum(); return true;
            case SuffixField: spaceEndsWord = input.ReadBool(); return true;
            case ByteFallbackField: ByteFallback = input.ReadBool(); return true;
            default: return false;
        }
    }

    bool Normalizer(int field, CodedInputStream input)
    {
        switch (field)
        {
            case CharacterMapField: CharacterMap = input.ReadBytes().ToByteArray(); return true;
            case PrefixField: AddDummyPrefix = input.ReadBool(); return true;
            case ExtraSpacesField: RemoveExtraSpaces = input.ReadBool(); return true;
            case EscapeField: EscapeSpaces = input.ReadBool(); return true;
            default: return false;
        }
    }

    void Check()
    {
        if (Pieces.Count == 0) throw new TrainingException("it holds no pieces");
        if (type != Unigram) throw new TrainingException($"it is a {Types.ElementAtOrDefault(type - 1) ?? $"type {type}"} model; only unigram models can be used");
        if (spaceEndsWord) throw new TrainingException("it was trained with treat_whitespace_as_suffix, which cannot be used");
        if (Pieces.Count(p => p.Kind == PieceKind.Unknown) is var unknown and not 1) throw new TrainingException($"it has {unknown} pieces for unknown text; there must be one");
    }

    // read says whether it took the field; what it leaves is skipped
    static void Read(CodedInputStream input, Func<int, CodedInputStream, bool> read)
    {
        while (input.ReadTag() is var tag and not 0)
            if (!read(WireFormat.GetTagFieldNumber(tag), input)) input.SkipLastField();
    }
}
