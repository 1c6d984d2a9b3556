using System.Buffers.Binary;
using System.Text;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Event files, read by a reader of the tests' own: framing and checksums of records, then the protocol buffers in them.</summary>
public sealed class EventFileTests
{
    const string Step = "{\"kind\":\"step\",\"step\":300,\"time\":1.5,\"loss\":1,\"mlm_loss\":2,\"sop_loss\":3,\"mlm_accuracy\":0.5,\"sop_accuracy\":0.25,\"learning_rate\":0.001,\"gradient_norm\":4,\"sequence\":32,\"tokens\":10,\"tokens_per_s\":100}\n";
    const string Evaluation = "{\"kind\":\"evaluation\",\"step\":300,\"time\":2.5,\"loss\":9,\"mlm_loss\":8,\"sop_loss\":7,\"mlm_accuracy\":1,\"sop_accuracy\":0,\"sequences\":5,\"predictions\":6}\n";

    [Fact]
    public void The_checksum_is_the_one_of_the_format()
    {
        // CRC-32C's check value, and the vectors of RFC 3720, B.4
        Assert.Equal(0xE3069283, Crc32C("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C(new byte[32]));
        foreach (byte[] bytes in (byte[][])[[], [1], [.. "123456789"u8], new byte[32]]) Assert.Equal(Masked(bytes), TensorBoardEvents.MaskedChecksum(bytes));
    }

    [Fact]
    public void The_first_record_is_the_version_byte_for_byte()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = Written(folder, Step);
        byte[] payload = [0x09, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0x10, 0x00, 0x1A, 0x0D, .. "brain.Event:2"u8];  // wall_time 1.5, step 0, file_version
        byte[] length = [(byte)payload.Length, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal([.. length, .. BitConverter.GetBytes(Masked(length)), .. payload, .. BitConverter.GetBytes(Masked(payload))], bytes[..(payload.Length + 16)]);
    }

    [Fact]
    public void Every_measurement_is_a_record_of_scalars()
    {
        using var folder = new TemporaryFolder();
        var events = Read(Written(folder, Step + Evaluation + Step.Replace("300", "301")));
        Assert.Equal([(0, 1.5), (300, 1.5), (300, 2.5), (301, 1.5)], events.Select(e => (e.Step, e.Time)));
        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.Equal(
            [("train/loss", 1f), ("train/mlm_loss", 2), ("train/sop_loss", 3), ("train/mlm_accuracy", 0.5f), ("train/sop_accuracy", 0.25f), ("train/learning_rate", 0.001f), ("train/gradient_norm", 4), ("train/tokens_per_s", 100)],
            events[1].Scalars);
        Assert.Equal([("held-out/loss", 9f), ("held-out/mlm_loss", 8), ("held-out/sop_loss", 7), ("held-out/mlm_accuracy", 1), ("held-out/sop_accuracy", 0)], events[2].Scalars);
    }

    [Fact]
    public void What_is_appended_is_what_would_have_been_written_at_once()
    {
        using var folder = new TemporaryFolder();
        byte[] whole = Written(folder, Step + Evaluation + Step.Replace("300", "301"));
        string path = folder.Write("metrics.jsonl", Step);
        using (var events = new TensorBoardEvents(path))
        {
            File.AppendAllText(path, Evaluation + Step[..20]);     // a line that is not whole yet waits
            events.Append();
            Assert.Equal(3, Read(File.ReadAllBytes(folder[TensorBoardEvents.FileName])).Count);
            File.AppendAllText(path, Step.Replace("300", "301")[20..]);
            events.Append();
        }

        Assert.Equal(whole, File.ReadAllBytes(folder[TensorBoardEvents.FileName]));
    }

    [Fact]
    public void Lines_are_told_apart_wherever_blocks_end()
    {
        using var folder = new TemporaryFolder();
        string lines = string.Concat(Enumerable.Range(1, 2000).Select(i => Step.Replace("300", $"{i}")));
        Assert.Equal(Enumerable.Range(1, 2000).Select(i => (long)i), Read(Written(folder, lines + new string('x', 200_000) + "\n\n")).Skip(1).Select(e => e.Step));
        Assert.Equal(2000, MetricsLog.Read(folder["metrics.jsonl"]).Steps.Count);
        Assert.False(MetricsLog.HasBaselines(folder["metrics.jsonl"]));
        File.AppendAllText(folder["metrics.jsonl"], "{\"kind\":\"baselines\",\"step\":0,\"most_frequent_token\":0.1,\"previous_token\":0.2,\"first_tokens\":0.5}\n");
        Assert.True(MetricsLog.HasBaselines(folder["metrics.jsonl"]));
    }

    /// <summary>The events of a file. Fails where the format is not kept.</summary>
    internal static List<(long Step, double Time, string Version, List<(string Tag, float Value)> Scalars)> Read(byte[] bytes)
    {
        var events = new List<(long, double, string, List<(string, float)>)>();
        for (int at = 0; at < bytes.Length;)
        {
            int length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)));
            Assert.Equal(Masked(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            byte[] payload = bytes[(at + 12)..(at + 12 + length)];
            Assert.Equal(Masked(payload), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            at += length + 16;

            // message Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; }
            var fields = Fields(payload);
            var scalars = new List<(string, float)>();
            foreach (var (_, summary) in fields.Where(f => f.Field == 5))
            {
                // message Summary { repeated Value value = 1; }, message Value { string tag = 1; float simple_value = 2; }
                foreach (var (field, value) in Fields(summary))
                {
                    Assert.Equal(1, field);
                    var parts = Fields(value).ToDictionary(f => f.Field, f => f.Bytes);
                    scalars.Add((Encoding.UTF8.GetString(parts[1]), BitConverter.ToSingle(parts[2])));
                }
            }

            events.Add((
                BitConverter.ToInt64(fields.Single(f => f.Field == 2).Bytes), BitConverter.ToDouble(fields.Single(f => f.Field == 1).Bytes),
                Encoding.UTF8.GetString(fields.FirstOrDefault(f => f.Field == 3).Bytes ?? []), scalars));
        }

        return events;
    }

    static byte[] Written(TemporaryFolder folder, string metrics)
    {
        new TensorBoardEvents(folder.Write("metrics.jsonl", metrics)).Dispose();
        return File.ReadAllBytes(folder[TensorBoardEvents.FileName]);
    }

    // varints come as eight bytes
    static List<(int Field, byte[] Bytes)> Fields(byte[] message)
    {
        var fields = new List<(int, byte[])>();
        for (int at = 0; at < message.Length;)
        {
            ulong tag = Varint(message, ref at);
            int length = (tag & 7) switch { 0 => 0, 1 => 8, 2 => (int)Varint(message, ref at), 5 => 4, _ => throw new InvalidDataException($"wire type {tag & 7}") };
            byte[] bytes = (tag & 7) == 0 ? BitConverter.GetBytes(Varint(message, ref at)) : message[at..(at + length)];
            at += length;
            fields.Add(((int)(tag >> 3), bytes));
        }

        return fields;
    }

    static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = message[at++];
            value |= (ulong)(b & 127) << shift;
            if (b < 128) return value;
        }
    }

    static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = Crc32C(bytes);
        return (crc >> 15 | crc << 17) + 0xA282EAD8;
    }

    // bit by bit, as the polynomial is written
    static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78 : crc >> 1;
        }

        return ~crc;
    }
}
