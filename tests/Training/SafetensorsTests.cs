using System.Buffers.Binary;
using System.Text;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests.Training;

/// <summary>Safetensors files: round trips, and errors that say what is wrong.</summary>
public class SafetensorsTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        using var stream = new MemoryStream();
        float[] singles = [1, -2.5f, float.Epsilon, 4, 5, 6];
        Safetensors.Write(stream,
        [
            new("matrix", [2, 3], () => singles),
            new("scalar", [], () => new[] { Math.PI }, ElementType.F64),
            new("integers", [3], () => new[] { long.MinValue, 0, 7 }, ElementType.I64),
            new("nothing", [0, 4], () => Array.Empty<float>()),
        ], new Dictionary<string, string> { ["format"] = "pt" });
        using var file = new Safetensors(new MemoryStream(stream.ToArray()));
        Assert.Equal(singles, file.ReadSingles("matrix"));
        Assert.Equal([.. singles.Select(v => (double)v)], file.ReadDoubles("matrix"));
        Assert.Equal([Math.PI], file.ReadDoubles("scalar"));
        Assert.Equal([(float)Math.PI], file.ReadSingles("scalar"));
        Assert.Equal([long.MinValue, 0, 7], file.ReadIntegers("integers"));
        Assert.Empty(file.ReadSingles("nothing"));
        Assert.Equal([2, 3], file["matrix"].Shape);
        Assert.Empty(file["scalar"].Shape);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(4, file.Entries.Count);
        Assert.True(file.Contains("matrix"));
        Assert.False(file.Contains("vector"));
        Assert.Throws<KeyNotFoundException>(() => file.ReadSingles("vector"));
        Assert.Equal("matrix holds F32, not I64", Assert.Throws<InvalidDataException>(() => file.ReadIntegers("matrix")).Message);
        Assert.Throws<InvalidDataException>(() => file.ReadDoubles("integers"));
    }

    [Fact]
    public void Half_precision_is_rounded_to_the_nearest_and_read_exactly()
    {
        float[] values = [0, -0f, 1, -2.5f, 1 + 1f / 256, 1 + 3f / 256, 1 + 1f / 2048, 1 + 3f / 2048, 6e-8f, 65504, -65519, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 1e-45f, 3.3e38f];
        foreach (var type in (ElementType[])[ElementType.F16, ElementType.BF16])
        {
            float[] kept = [.. values.Where(v => type == ElementType.BF16 || float.IsNaN(v) || Math.Abs(v) < 1e5 || float.IsInfinity(v))];
            using var stream = new MemoryStream();
            Safetensors.Write(stream, [new("x", [kept.Length], (first, slice) => kept.AsSpan((int)first, slice.Length).CopyTo(slice), type), new("y", [kept.Length], () => kept)]);
            Assert.Equal(kept.Length * 6, stream.Length - 8 - BinaryPrimitives.ReadInt64LittleEndian(stream.ToArray()));
            using var file = new Safetensors(new MemoryStream(stream.ToArray()));
            Assert.Equal(kept.Select(v => PublishedFiles.Rounded(v, type)), file.ReadSingles("x"));
            var part = new float[3];
            file.ReadSingles("x", 2, part);
            Assert.Equal(file.ReadSingles("x")[2..5], part);
            Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadSingles("x", kept.Length - 2, new float[3]));
        }
    }

    [Fact]
    public void Doubles_hold_every_float_and_are_rounded_to_the_nearest()
    {
        float[] values = [0, -2.5f, 1 / 3f, float.Epsilon, float.MaxValue, float.NegativeInfinity];
        using var stream = new MemoryStream();
        Safetensors.Write(stream, [new("x", [6], (first, slice) => values.AsSpan((int)first, slice.Length).CopyTo(slice), ElementType.F64), new("y", [2], () => new[] { 1 / 3.0, 1e300 }, ElementType.F64)]);
        using var file = new Safetensors(new MemoryStream(stream.ToArray()));
        Assert.Equal(values, file.ReadSingles("x"));
        Assert.Equal(values.Select(v => (double)v), file.ReadDoubles("x"));
        Assert.Equal([1 / 3f, float.PositiveInfinity], file.ReadSingles("y"));
    }

    [Fact]
    public void A_tensor_of_many_slices_travels_whole()
    {
        const int count = (1 << 20) * 2 + 5;
        foreach (var type in (ElementType[])[ElementType.F32, ElementType.F16])
        {
            using var stream = new MemoryStream();
            Safetensors.Write(stream, [new("x", [count], (first, slice) => { for (int i = 0; i < slice.Length; i++) slice[i] = (first + i) % 2000; }, type)]);
            using var file = new Safetensors(new MemoryStream(stream.ToArray()));
            float[] values = file.ReadSingles("x");
            for (int i = 0; i < count; i++) Assert.True(values[i] == i % 2000);
        }
    }

    [Fact]
    public void The_data_starts_on_eight_bytes()
    {
        for (int n = 1; n <= 9; n++)
        {
            using var stream = new MemoryStream();
            Safetensors.Write(stream, [new(new string('x', n), [1], () => new[] { 1f })]);
            Assert.Equal(0, BinaryPrimitives.ReadInt64LittleEndian(stream.ToArray()) % 8);
        }
    }

    [Fact]
    public void A_file_of_the_reference_keeps_its_bytes_through_a_round_trip()
    {
        string path = Path.Combine(Golden.Folder, "e_odd", "model.safetensors");
        using var file = Safetensors.Open(path);
        using var stream = new MemoryStream();
        Safetensors.Write(stream, file.Entries.Select(e => new SafetensorsSource(e.Name, e.Shape, () => file.ReadSingles(e.Name))));
        byte[] original = File.ReadAllBytes(path), copy = stream.ToArray();
        Assert.Equal(original[DataStart(original)..], copy[DataStart(copy)..]);

        static int DataStart(byte[] bytes) => 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    [Fact]
    public void Values_must_fit_their_shape_and_type()
    {
        Assert.Equal("x should be 2 values of F32, not 3 in a Single[]", Refusal(new SafetensorsSource("x", [2], () => new float[3])));
        Assert.Equal("x should be 2 values of F32, not 2 in a Double[]", Refusal(new SafetensorsSource("x", [2], () => new double[2])));
        Assert.Equal("the tensor name x is taken", Refusal(new SafetensorsSource("x", [1], () => new float[1]), new SafetensorsSource("x", [1], () => new float[1])));

        static string Refusal(params SafetensorsSource[] sources) => Assert.Throws<ArgumentException>(() => Safetensors.Write(new MemoryStream(), sources)).Message;
    }

    public static TheoryData<string, int, string> Malformed => new()
    {
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "the file is truncated: the tensors take 8 bytes, 4 are there" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "1 bytes follow the last tensor" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "b overlaps a" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "there is a gap of 4 bytes between the header and a" },
        { """{"a":{"dtype":"0","shape":[1],"data_offsets":[0,4]}}""", 4, "a has the unknown dtype 0; known are F32, F64, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL, F8_E4M3, F8_E5M2" },
        { """{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,8]}}""", 8, "a: BF16 [2] does not take the bytes 0 to 8" },
        { """{"__metadata__":{"\ud800":"x"}}""", 0, "the header holds text that is not Unicode" },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "a: F32 [3] does not take the bytes 0 to 8" },
        { """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[8,0]}}""", 8, "a: F32 [-2] does not take the bytes 8 to 0" },
        { """{"a":{"dtype":"F32","shape":[4611686018427387904,16],"data_offsets":[0,0]}}""", 0, "the header's entry for a lacks a proper dtype, shape or data_offsets" },
        { """{"a":{"dtype":"F32","shape":[2]}}""", 8, "the header's entry for a lacks a proper dtype, shape or data_offsets" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "the header's entry for a lacks a proper dtype, shape or data_offsets" },
        { """{"a":7}""", 8, "the header's entry for a lacks a proper dtype, shape or data_offsets" },
        { """[1,2]""", 8, "the header is not a JSON object" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public void A_malformed_file_is_refused(string header, int data, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => new Safetensors(new MemoryStream(Bytes(header, data)))).Message);

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] whole = Bytes("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8);
        using (new Safetensors(new MemoryStream(whole))) { }
        for (int length = 0; length < whole.Length; length++)
            Assert.Throws<InvalidDataException>(() => new Safetensors(new MemoryStream(whole[..length])));
        Assert.StartsWith("the header is not JSON", Assert.Throws<InvalidDataException>(() => new Safetensors(new MemoryStream(Bytes("{", 3).Concat(whole).ToArray()))).Message);
        Assert.EndsWith("this is not a safetensors file", Assert.Throws<InvalidDataException>(() => new Safetensors(new MemoryStream("PK not a tensor file"u8.ToArray()))).Message);
    }

    static byte[] Bytes(string header, int data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header.PadRight(2)), bytes = new byte[8 + json.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, 8);
        return bytes;
    }
}
