using Google.Protobuf;

namespace AlbertCompiled.Onnx;

/// <summary>
/// A protocol buffer as a list of fields. Each knows its size before it is written, so that nested messages need no buffer and
/// large contents are produced while they are written.
/// </summary>
sealed class ProtobufMessage
{
    readonly List<Action<CodedOutputStream, Stream>> fields = [];

    /// <summary>Bytes of all fields.</summary>
    public long Size { get; private set; }

    public ProtobufMessage Add(int field, long value) => Add(field, WireFormat.WireType.Varint, CodedOutputStream.ComputeInt64Size(value), (output, _) => output.WriteInt64(value));

    public ProtobufMessage Add(int field, float value) => Add(field, WireFormat.WireType.Fixed32, CodedOutputStream.ComputeFloatSize(value), (output, _) => output.WriteFloat(value));

    public ProtobufMessage Add(int field, string value) => Add(field, WireFormat.WireType.LengthDelimited, CodedOutputStream.ComputeStringSize(value), (output, _) => output.WriteString(value));

    public ProtobufMessage Add(int field, ProtobufMessage value) => AddDelimited(field, value.Size, value.Write);

    public ProtobufMessage AddAll(int field, IEnumerable<ProtobufMessage> values) => values.Aggregate(this, (message, value) => message.Add(field, value));

    public ProtobufMessage AddAll(int field, IEnumerable<long> values) => values.Aggregate(this, (message, value) => message.Add(field, value));

    public ProtobufMessage AddAll(int field, IEnumerable<string> values) => values.Aggregate(this, (message, value) => message.Add(field, value));

    /// <summary>A field of bytes that <paramref name="write"/> sends to the stream.</summary>
    public ProtobufMessage AddBytes(int field, long length, Action<Stream> write) => AddDelimited(field, length, (output, stream) =>
    {
        output.Flush();
        write(stream);
    });

    /// <summary>Writes all fields.</summary>
    public void Write(Stream stream)
    {
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        Write(output, stream);
    }

    void Write(CodedOutputStream output, Stream stream)
    {
        foreach (var field in fields) field(output, stream);
    }

    ProtobufMessage AddDelimited(int field, long length, Action<CodedOutputStream, Stream> write) =>
        Add(field, WireFormat.WireType.LengthDelimited, CodedOutputStream.ComputeUInt64Size((ulong)length) + length, (output, stream) =>
        {
            output.WriteLength(checked((int)length));
            write(output, stream);
        });

    ProtobufMessage Add(int field, WireFormat.WireType type, long size, Action<CodedOutputStream, Stream> write)
    {
        Size += CodedOutputStream.ComputeTagSize(field) + size;
        fields.Add((output, stream) =>
        {
            output.WriteTag(field, type);
            write(output, stream);
        });
        return this;
    }
}
