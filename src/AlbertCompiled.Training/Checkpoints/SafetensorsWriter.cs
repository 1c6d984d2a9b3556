using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace AlbertCompiled.Training;

public sealed partial class Safetensors
{
    /// <summary>Writes a file: aside, and renamed once it is whole. A pipe or a device is written as it is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">What shall be in it.</param>
    /// <param name="metadata">Free text.</param>
    /// <exception cref="ArgumentException">Two tensors have one name, or values do not fit their shape or type; what was there before is as it was.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there before is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, IEnumerable<SafetensorsSource> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        FileTarget.Write(path, stream => Write(stream, tensors, metadata));

    /// <summary>Writes to a stream.</summary>
    /// <exception cref="ArgumentException">Two tensors have one name, or values do not fit their shape or type.</exception>
    public static void Write(Stream stream, IEnumerable<SafetensorsSource> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var sources = tensors.ToList();
        var header = new JsonObject();
        if (metadata is not null) header[MetadataKey] = new JsonObject(metadata.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value)));
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
        byte[] json = Encoding.UTF8.GetBytes(header.ToJsonString());
        var bytes = new byte[8 + (json.Length + 7) / 8 * 8];
        bytes.AsSpan(8).Fill((byte)' ');
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length - 8);
        json.CopyTo(bytes.AsSpan(8));
        stream.Write(bytes);
        foreach (var source in sources) source.WriteTo(stream);
    }
}
