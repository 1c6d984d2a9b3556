using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AlbertCompiled.Training;

public sealed partial class Safetensors
{
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
        foreach (var source in sources) source.WriteTo(stream);
    }
}
