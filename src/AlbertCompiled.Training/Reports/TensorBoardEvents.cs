using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Google.Protobuf;

namespace AlbertCompiled.Training;

/// <summary>
/// The measurements of a run as a TensorBoard event file beside metrics.jsonl: records of (length, checksum, event, checksum), an event being a
/// protocol buffer (tensorflow/core/util/event.proto). Its bytes follow from those of metrics.jsonl, so a resumed run writes the same ones again.
/// </summary>
sealed class TensorBoardEvents : IDisposable
{
    /// <summary>TensorBoard reads files with "tfevents" in their names.</summary>
    public const string FileName = "events.out.tfevents.run";

    const int WallTimeField = 1, StepField = 2, VersionField = 3, SummaryField = 5; // Event
    const int ValueField = 1, TagField = 1, ScalarField = 2;                        // Summary, Summary.Value

    static readonly string[] HeldOutTags = ["loss", "mlm_loss", "sop_loss", "mlm_accuracy", "sop_accuracy"];
    static readonly string[] StepTags = [.. HeldOutTags, "learning_rate", "gradient_norm", "tokens_per_s"];

    readonly string metrics, path;
    readonly FileStream stream;
    long read;      // bytes of metrics.jsonl
    bool begun;

    /// <summary>Begins the file anew with all that has been measured so far.</summary>
    /// <param name="metrics">metrics.jsonl.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public TensorBoardEvents(string metrics)
    {
        this.metrics = metrics;
        path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(metrics))!, FileName);
        stream = new(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        Append();
    }

    /// <summary>Adds what metrics.jsonl has gained.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Append()
    {
        try
        {
            foreach (string line in NewLines())
                if (MetricsLog.Parse(line) is { } measured) Write(measured);
            stream.Flush();
        }
        catch (IOException e)
        {
            throw new IOException($"cannot write {path}: {e.Reason(path)}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            stream.Dispose();
        }
        catch (IOException)
        {
            // Append has told it, and what is missing follows from metrics.jsonl
        }
    }

    // whole ones, in memory bounded by the longest
    IEnumerable<string> NewLines()
    {
        using var source = new FileStream(metrics, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        source.Position = read;
        var buffer = new byte[1 << 16];
        int held = 0;
        for (int got; (got = source.Read(buffer, held, buffer.Length - held)) > 0;)
        {
            held += got;
            int start = 0;
            for (int end; (end = Array.IndexOf(buffer, (byte)'\n', start, held - start)) >= 0; start = end + 1)
            {
                read += end + 1 - start;
                if (end > start) yield return Encoding.UTF8.GetString(buffer, start, end - start);
            }

            buffer.AsSpan(start, held - start).CopyTo(buffer);
            held -= start;
            if (held == buffer.Length) Array.Resize(ref buffer, 2 * buffer.Length);
        }
    }

    void Write(JsonElement measured)
    {
        if (!begun)
        {
            begun = true;
            Record(stream, Event(Time(measured), 0, output =>
            {
                output.WriteTag(VersionField, WireFormat.WireType.LengthDelimited);
                output.WriteString("brain.Event:2");
            }));
        }

        switch (measured.GetProperty("kind").GetString())
        {
            case "step": Record(stream, Scalars(measured, "train", StepTags)); break;
            case "evaluation" or "final": Record(stream, Scalars(measured, "held-out", HeldOutTags)); break;
        }
    }

    /// <summary>The checksum of a record: CRC-32C, rotated and shifted so that a checksum of checksums is not degenerate.</summary>
    internal static uint MaskedChecksum(ReadOnlySpan<byte> bytes) => BitOperations.RotateRight(Crc32C.Of(bytes), 15) + 0xA282EAD8;

    static long Step(JsonElement measured) => measured.GetProperty("step").GetInt64();

    // runs of earlier versions did not record it
    static double Time(JsonElement measured) => MetricsLog.IsNumber(measured, "time") ? measured.GetProperty("time").GetDouble() : 0;

    static byte[] Scalars(JsonElement measured, string group, string[] tags) => Event(Time(measured), Step(measured), output =>
    {
        using var summary = new MemoryStream();
        var inner = new CodedOutputStream(summary);
        foreach (string tag in tags)
        {
            if (!MetricsLog.IsNumber(measured, tag)) continue;
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
