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

/// <summary>The parts of a SentencePiece model file (a protocol buffer, sentencepiece_model.proto) that the tokenizer library keeps to itself.</summary>
sealed class SentencePieceModel
{
    const int PiecesField = 1, TrainerField = 2;                    // ModelProto
    const int TextField = 1, KindField = 3;                         // ModelProto.SentencePiece
    const int BeginIdField = 41, EndIdField = 42, BeginPieceField = 46, EndPieceField = 47; // TrainerSpec

    readonly byte[] bytes;
    int beginId = 1, endId = 2; // the defaults of the format

    SentencePieceModel(byte[] bytes) => this.bytes = bytes;

    /// <summary>The pieces; the index is the id.</summary>
    public List<(string Text, PieceKind Kind)> Pieces { get; } = [];

    /// <exception cref="InvalidProtocolBufferException">The bytes are no such model.</exception>
    public static SentencePieceModel Parse(byte[] bytes)
    {
        var model = new SentencePieceModel(bytes);
        var input = new CodedInputStream(bytes);
        while (input.ReadTag() is var tag and not 0)
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case PiecesField: model.Pieces.Add(Piece(input.ReadBytes())); break;
                case TrainerField: model.ReadTrainer(input.ReadBytes()); break;
                default: input.SkipLastField(); break;
            }

        return model;
    }

    /// <summary>
    /// The file for a reader that insists on begin and end pieces. ALBERT's published model has none (ids -1); a second trainer
    /// section, which the format merges into the first, names [CLS] and [SEP] and changes no id.
    /// </summary>
    public byte[] WithBeginAndEnd(int begin, int end)
    {
        if (beginId >= 0 && endId >= 0) return bytes;
        using var section = new MemoryStream();
        var inner = new CodedOutputStream(section);
        WriteInteger(inner, BeginIdField, begin);
        WriteInteger(inner, EndIdField, end);
        WriteText(inner, BeginPieceField, Pieces[begin].Text);
        WriteText(inner, EndPieceField, Pieces[end].Text);
        inner.Flush();
        using var file = new MemoryStream();
        file.Write(bytes);
        var outer = new CodedOutputStream(file);
        outer.WriteTag(TrainerField, WireFormat.WireType.LengthDelimited);
        outer.WriteBytes(ByteString.CopyFrom(section.ToArray()));
        outer.Flush();
        return file.ToArray();
    }

    static (string, PieceKind) Piece(ByteString bytes)
    {
        string text = "";
        var kind = PieceKind.Normal;
        var input = bytes.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case TextField: text = input.ReadString(); break;
                case KindField: kind = (PieceKind)input.ReadEnum(); break;
                default: input.SkipLastField(); break;
            }

        return (text, kind);
    }

    void ReadTrainer(ByteString bytes)
    {
        var input = bytes.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case BeginIdField: beginId = input.ReadInt32(); break;
                case EndIdField: endId = input.ReadInt32(); break;
                default: input.SkipLastField(); break;
            }
    }

    static void WriteInteger(CodedOutputStream output, int field, int value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt32(value);
    }

    static void WriteText(CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }
}
