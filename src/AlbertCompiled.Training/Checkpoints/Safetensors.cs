using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>
/// A file of named tensors in the safetensors format: eight bytes of header length (little-endian), a JSON header, the data.
/// The header is read on opening, values on demand. Not thread-safe.
/// </summary>
public sealed partial class Safetensors : IDisposable
{
    const long MaximumHeader = 100_000_000;
    const string MetadataKey = "__metadata__";
    const int Slice = 1 << 20; // elements that travel at once: a span of bytes ends at 2 GB

    readonly Stream stream;
    readonly long start;
    readonly Dictionary<string, SafetensorsEntry> entries = [];
    byte[]? buffer;

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

    /// <summary>True if the file has a tensor of this name.</summary>
    public bool Contains(string name) => entries.ContainsKey(name);

    /// <summary>The place of a tensor.</summary>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    public SafetensorsEntry this[string name] => entries.TryGetValue(name, out var entry) ? entry : throw new KeyNotFoundException($"the file has no tensor {name}");

    /// <summary>The values of a tensor of floating point, F16 and BF16 widened, F64 rounded.</summary>
    /// <exception cref="InvalidDataException">It has another type.</exception>
    public float[] ReadSingles(string name)
    {
        var values = new float[this[name].Count];
        ReadSingles(name, 0, values);
        return values;
    }

    /// <summary>Some values of a tensor of floating point, so that a large one need not be in memory at once.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="first">First element, row-major.</param>
    /// <param name="values">Where they go; its length says how many.</param>
    /// <exception cref="InvalidDataException">It has another type.</exception>
    public void ReadSingles(string name, long first, Span<float> values)
    {
        var entry = this[name];
        if (!entry.Type.IsReal()) throw new InvalidDataException($"{name} holds {entry.Type}, not {ElementType.F32}");
        if (first < 0 || values.Length > entry.Count - first) throw new ArgumentOutOfRangeException(nameof(first));
        int size = entry.Type.Size();
        stream.Position = start + entry.Offset + first * size;
        for (int i = 0; i < values.Length; i += Slice)
        {
            var slice = values[i..Math.Min(i + Slice, values.Length)];
            if (entry.Type == ElementType.F32)
            {
                stream.ReadExactly(MemoryMarshal.AsBytes(slice));
                continue;
            }

            if (buffer is null || buffer.Length < slice.Length * size) buffer = new byte[slice.Length * size];
            stream.ReadExactly(buffer, 0, slice.Length * size);
            Elements.ToSingles(entry.Type, buffer.AsSpan(0, slice.Length * size), slice);
        }
    }

    /// <summary>The values of an F64 tensor, or of another of floating point widened.</summary>
    /// <exception cref="InvalidDataException">It has another type.</exception>
    public double[] ReadDoubles(string name) =>
        this[name].Type is not ElementType.F64 ? Array.ConvertAll(ReadSingles(name), v => (double)v) : Read<double>(name, ElementType.F64);

    /// <summary>The values of an I64 tensor.</summary>
    /// <exception cref="InvalidDataException">It has another type.</exception>
    public long[] ReadIntegers(string name) => Read<long>(name, ElementType.I64);

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

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
        if (length is < 2 or > MaximumHeader && LargeFilePointer.Begins(stream)) throw new InvalidDataException(LargeFilePointer.Cure);
        if (length is < 2 or > MaximumHeader) throw new InvalidDataException($"a header of {length} bytes: this is not a safetensors file");
        if (8 + length > stream.Length) throw new InvalidDataException($"the file is truncated: its header takes {length} bytes, {stream.Length - 8} are left");
        return length;
    }

    void ReadHeader(byte[] json)
    {
        using var document = StrictJson.Parse(json, "the header");
        var read = new List<SafetensorsEntry>();
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (property.Name != MetadataKey) read.Add(ReadEntry(property));
            else if (property.Value.ValueKind == JsonValueKind.Object) Metadata = property.Value.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString());
        }

        foreach (var entry in read.OrderBy(e => e.Offset).ThenBy(e => e.Bytes)) entries.Add(entry.Name, entry);
    }

    static SafetensorsEntry ReadEntry(JsonProperty property)
    {
        try
        {
            string type = property.Value.GetProperty("dtype").GetString() ?? "";
            if (!Elements.TryParse(type, out var element))
                throw new InvalidDataException($"{property.Name} has the unknown dtype {type}; known are {string.Join(", ", Elements.Names)}");
            long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(s => s.GetInt64())];
            var offsets = property.Value.GetProperty("data_offsets");
            var entry = new SafetensorsEntry(property.Name, element, shape, offsets[0].GetInt64());
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
