using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;
using Google.Protobuf;

namespace AlbertCompiled.Training;

/// <summary>
/// The measurements of a run as a TensorBoard event file: records of (length, checksum, event, checksum), an event being a protocol
/// buffer (tensorflow/core/util/event.proto).
/// </summary>
public static class TensorBoardEvents
{
    const string FileName = "events.out.tfevents.run";
    const int WallTimeField = 1, StepField = 2, VersionField = 3, SummaryField = 5; // Event
    const int ValueField = 1, TagField = 1, ScalarField = 2;                        // Summary, Summary.Value

    static readonly string[] StepTags = ["loss", "mlm_loss", "sop_loss", "mlm_accuracy", "sop_accuracy", "learning_rate", "gradient_norm", "tokens_per_s"];

    /// <summary>Writes the event file of a run folder, in place of an earlier one.</summary>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    public static void Write(RunFolder run)
    {
        var log = MetricsLog.Read(run.Metrics);
        string path = Path.Combine(run.Folder, FileName);
        double time = new DateTimeOffset(File.GetLastWriteTimeUtc(run.Configuration)).ToUnixTimeSeconds(); // when the run began
        try
        {
            using var stream = File.Create(path);
            Record(stream, Event(time, 0, output =>
            {
                output.WriteTag(VersionField, WireFormat.WireType.LengthDelimited);
                output.WriteString("brain.Event:2");
            }));
            var evaluations = new Queue<JsonElement>(log.Evaluations);
            foreach (var step in log.Steps)
            {
                time += step.GetProperty("tokens").GetDouble() / Math.Max(1, step.GetProperty("tokens_per_s").GetDouble());
                Record(stream, Scalars(time, step, "train", StepTags));
                while (evaluations.TryPeek(out var next) && Step(next) <= Step(step)) Record(stream, Scalars(time, evaluations.Dequeue(), "held-out", StepTags[..5]));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot write {path}: {e.Message}", e);
        }
    }

    /// <summary>The checksum of a record: CRC-32C, rotated and shifted so that a checksum of checksums is not degenerate.</summary>
    internal static uint MaskedChecksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte b in bytes) crc = BitOperations.Crc32C(crc, b);
        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }

    static long Step(JsonElement measured) => measured.GetProperty("step").GetInt64();

    static byte[] Scalars(double time, JsonElement measured, string group, string[] tags) => Event(time, Step(measured), output =>
    {
        using var summary = new MemoryStream();
        var inner = new CodedOutputStream(summary);
        foreach (string tag in tags)
        {
            using var value = new MemoryStream();
            var innermost = new CodedOutputStream(value);
            innermost.WriteTag(TagField, WireFormat.WireType.LengthDelimited);
            innermost.WriteString($"{group}/{tag}");
            innermost.WriteTag(ScalarField, WireFormat.WireType.Fixed32);
            innermost.WriteFloat(measured.GetProperty(tag).GetSingle());
            innermost.Flush();
            inner.WriteTag(ValueField, WireFormat.WireType.LengthDelimited);
            inner.WriteBytes(ByteString.CopyFrom(value.ToArray()));
        }

        inner.Flush();
        output.WriteTag(SummaryField, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(summary.ToArray()));
    });

    static byte[] Event(double time, long step, Action<CodedOutputStream> content)
    {
        using var stream = new MemoryStream();
        var output = new CodedOutputStream(stream);
        output.WriteTag(WallTimeField, WireFormat.WireType.Fixed64);
        output.WriteDouble(time);
        output.WriteTag(StepField, WireFormat.WireType.Varint);
        output.WriteInt64(step);
        content(output);
        output.Flush();
        return stream.ToArray();
    }

    static void Record(Stream stream, byte[] payload)
    {
        Span<byte> header = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(header, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], MaskedChecksum(header[..8]));
        stream.Write(header);
        stream.Write(payload);
        BinaryPrimitives.WriteUInt32LittleEndian(header, MaskedChecksum(payload));
        stream.Write(header[..4]);
    }
}
