using System.Text.Encodings.Web;
using System.Text.Json;

namespace AlbertCompiled.TextTasks;

/// <summary>A text and its class.</summary>
sealed record Example(string Text, string Label)
{
    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static List<Example> Read(string file) => [.. File.ReadLines(file).Select(line => JsonSerializer.Deserialize<Example>(line, Json)!)];

    public static void Write(string file, IEnumerable<Example> examples) => File.WriteAllText(file, string.Concat(examples.Select(e => JsonSerializer.Serialize(e, Json) + "\n")));
}
