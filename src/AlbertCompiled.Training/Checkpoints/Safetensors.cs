using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AlbertCompiled.Training;

/// <summary>Element types of tensors in a file.</summary>
public enum ElementType
{
    /// <summary>float.</summary>
    F32,

    /// <summary>double.</summary>
    F64,

    /// <summary>long.</summary>
    I64,
}

/// <summary>A tensor's place in a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its dimensions; empty for a scalar.</param>
/// <param name="Offset">First byte, from the start of the data.</param>
public sealed record SafetensorsEntry(string Name, ElementType Type, long[] Shape, long Offset)
{
    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>Number of bytes.</summary>
    public long Bytes => checked(Count * (Type == ElementType.F32 ? 4 : 8));
}

/// <summary>A tensor to write. Its values are asked for when their turn comes, so that a large model is never in memory twice.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its dimensions; empty for a scalar.</param>
/// <param name="Values">Returns a float[], double[] or long[], as <paramref name="Type"/> says.</param>
/// <param name="Type">Its element type.</param>
public sealed record SafetensorsSource(string Name, long[] Shape, Func<Array> Values, ElementType Type = ElementType.F32);

/// <summary>
/// A file of named tensors in the safetensors format: eight bytes of header length (little-endian), a JSON header, the data.
/// The header is read on opening, values on demand. Not thread-safe.
/// </summary>
public sealed class Safetensors : IDisposable
{
    const long MaximumHeader = 100_000_000;
    const string MetadataKey = "__metadata__";

    readonly Stream stream;
    readonly long start;
    readonly Dictionary<string, SafetensorsEntry> entries = [];

    /// <summary>Reads the header of a seekable stream, which from now on belongs to this object.</summary>
    /// <exception cref="InvalidDataException">The file is truncated or malformed; the message says where.</exception>
    public Safetensors(Stream stream)
    {
        this.stream = stream;
        try
        {
            long length = ReadHeaderLength();
            start = 8 + length;
            var bytes = new byte[length];
            stream.ReadExactly(bytes);
            ReadHeader(bytes);
            CheckLayout();
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The tensors, in the order of their data.</summary>
    public IReadOnlyCollection<SafetensorsEntry> Entries => entries.Values;

    /// <summary>Free text that the writer left.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; private set; } = new Dictionary<string, string>();

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidDataException">The file is truncated or malformed; the message says where.</exception>
    public static Safetensors Open(string path) => new(File.OpenRead(path));

    /// <summary>Writes a file. It is complete only when this returns.</summary>
    public static void Write(string path, IEnumerable<SafetensorsSource> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var stream = File.Create(path);
        Write(stream, tensors, metadata);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Writes to a stream.</summary>
    /// <exception cref="ArgumentException">Two tensors have one name, or values do not fit their shape or type.</exception>
    public static void Write(Stream stream, IEnumerable<SafetensorsSource> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var sources = tensors.ToList();
        var header = new JsonObject();
        if (metadata is not null) header[MetadataKey] = JsonSerializer.SerializeToNode(metadata);
        long offset = 0;
        foreach (var source in sources)
        {
            var entry = new SafetensorsEntry(source.Name, source.Type, source.Shape, offset);
            if (source.Name == MetadataKey || header.ContainsKey(source.Name)) throw new ArgumentException($"the tensor name {source.Name} is taken");
            header[source.Name] = new JsonObject
            {
                ["dtype"] = source.Type.ToString(),
                ["shape"] = new JsonArray([.. source.Shape.Select(s => JsonValue.Create(s))]),
                ["data_offsets"] = new JsonArray(offset, offset += entry.Bytes),
            };
        }

        // Spaces pad the header, so that the data starts on an 8-byte boundary.
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var bytes = new byte[8 + (json.Length + 7) / 8 * 8];
        bytes.AsSpan(8).Fill((byte)' ');
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length - 8);
        json.CopyTo(bytes.AsSpan(8));
        stream.Write(bytes);
        foreach (var source in sources) WriteValues(stream, source);
    }

    /// <summary>True if the file has a tensor of this name.</summary>
    public bool Contains(string name) => entries.ContainsKey(name);

    /// <summary>The place of a tensor.</summary>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    public SafetensorsEntry this[string name] => entries.TryGetValue(name, out var entry) ? entry : throw new KeyNotFoundException($"the file has no tensor {name}");

    /// <summary>The values of an F32 tensor.</summary>
    /// <exception cref="InvalidDataException">It has another type.</exception>
    public float[] ReadSingles(string name) => Read<float>(name, ElementType.F32);

    /// <summary>The values of an F64 tensor, or of an F32 tensor widened.</summary>
    /// <exception cref="InvalidDataException">It has another type.</exception>
    public double[] ReadDoubles(string name) =>
        this[name].Type == ElementType.F32 ? Array.ConvertAll(ReadSingles(name), v => (double)v) : Read<double>(name, ElementType.F64);

    /// <summary>The values of an I64 tensor.</summary>
    /// <exception cref="InvalidDataException">It has another type.</exception>
    public long[] ReadIntegers(string name) => Read<long>(name, ElementType.I64);

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    static void WriteValues(Stream stream, SafetensorsSource source)
    {
        var values = source.Values();
        ElementType? type = values switch { float[] => ElementType.F32, double[] => ElementType.F64, long[] => ElementType.I64, _ => null };
        long count = new SafetensorsEntry(source.Name, source.Type, source.Shape, 0).Count;
        if (type != source.Type || values.LongLength != count)
            throw new ArgumentException($"{source.Name} should be {count} values of {source.Type}, not {values.LongLength} in a {values.GetType().Name}");
        switch (values)
        {
            case float[] singles: Write<float>(stream, singles); break;
            case double[] doubles: Write<double>(stream, doubles); break;
            case long[] integers: Write<long>(stream, integers); break;
        }
    }

    // A span of bytes ends at 2 GB: values travel in slices.
    const int Slice = 1 << 22;

    static void Write<T>(Stream stream, ReadOnlySpan<T> values) where T : unmanaged
    {
        for (int i = 0; i < values.Length; i += Slice) stream.Write(MemoryMarshal.AsBytes(values[i..Math.Min(i + Slice, values.Length)]));
    }

    T[] Read<T>(string name, ElementType type) where T : unmanaged
    {
        var entry = this[name];
        if (entry.Type != type) throw new InvalidDataException($"{name} holds {entry.Type}, not {type}");
        var values = new T[entry.Count];
        stream.Position = start + entry.Offset;
        for (int i = 0; i < values.Length; i += Slice) stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()[i..Math.Min(i + Slice, values.Length)]));
        return values;
    }

    long ReadHeaderLength()
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("the format is little-endian, this machine is not");
        Span<byte> bytes = stackalloc byte[8];
        if (stream.Length < 8) throw new InvalidDataException($"a safetensors file starts with 8 bytes of header length; this one has {stream.Length} in all");
        stream.Position = 0;
        stream.ReadExactly(bytes);
        long length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        if (length is < 2 or > MaximumHeader) throw new InvalidDataException($"a header of {length} bytes: this is not a safetensors file");
        if (8 + length > stream.Length) throw new InvalidDataException($"the file is truncated: its header takes {length} bytes, {stream.Length - 8} are left");
        return length;
    }

    void ReadHeader(byte[] json)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"the header is not JSON: {e.Message}", e);
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new InvalidDataException("the header is not a JSON object");
            var read = new List<SafetensorsEntry>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name != MetadataKey) read.Add(ReadEntry(property));
                else if (property.Value.ValueKind == JsonValueKind.Object) Metadata = property.Value.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString());
            }

            foreach (var entry in read.OrderBy(e => e.Offset).ThenBy(e => e.Bytes))
                if (!entries.TryAdd(entry.Name, entry)) throw new InvalidDataException($"the header names {entry.Name} twice");
        }
    }

    static SafetensorsEntry ReadEntry(JsonProperty property)
    {
        try
        {
            string type = property.Value.GetProperty("dtype").GetString() ?? "";
            if (!Enum.GetNames<ElementType>().Contains(type))
                throw new InvalidDataException($"{property.Name} has the unknown dtype {type}; known are {string.Join(", ", Enum.GetNames<ElementType>())}");
            long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(s => s.GetInt64())];
            var offsets = property.Value.GetProperty("data_offsets");
            var entry = new SafetensorsEntry(property.Name, Enum.Parse<ElementType>(type), shape, offsets[0].GetInt64());
            if (shape.Any(s => s < 0) || entry.Offset < 0 || offsets[1].GetInt64() - entry.Offset != entry.Bytes)
                throw new InvalidDataException($"{property.Name}: {type} [{string.Join(", ", shape)}] does not take the bytes {entry.Offset} to {offsets[1]}");
            return entry;
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException($"the header's entry for {property.Name} lacks a proper dtype, shape or data_offsets", e);
        }
    }

    /// <summary>The data must be covered by the tensors without gap or overlap.</summary>
    void CheckLayout()
    {
        long end = 0;
        string last = "the header";
        foreach (var entry in entries.Values)
        {
            if (entry.Offset < end) throw new InvalidDataException($"{entry.Name} overlaps {last}");
            if (entry.Offset > end) throw new InvalidDataException($"there is a gap of {entry.Offset - end} bytes between {last} and {entry.Name}");
            (end, last) = (entry.Offset + entry.Bytes, entry.Name);
        }

        long length = stream.Length - start;
        if (length < end) throw new InvalidDataException($"the file is truncated: the tensors take {end} bytes, {length} are there");
        if (length > end) throw new InvalidDataException($"{length - end} bytes follow the last tensor");
    }
}
