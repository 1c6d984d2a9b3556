using System.Text.Encodings.Web;
using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>Small JSON files: written aside, flushed and renamed, so that there is always a whole one.</summary>
static class JsonFiles
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // read by people, never pasted into a page
        TypeInfoResolver = TrainingJson.Default,
    };

    public static void Write<T>(string path, T value) => DurableFiles.Write(path, stream => JsonSerializer.Serialize(stream, value, TrainingJson.Of<T>(Options)));

    /// <summary>The file of a value.</summary>
    public static byte[] Bytes<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, TrainingJson.Of<T>(Options));

    /// <exception cref="TrainingException">The file is missing or damaged.</exception>
    public static T Read<T>(string path) where T : class
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize(stream, TrainingJson.Of<T>(Options)) ?? throw new JsonException("it holds null");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {path}: {e.Reason(path)}", e);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new TrainingException($"{path} is corrupted: {What(e)}", e);
        }
    }

    // in place of the names of types
    static string What(Exception e)
    {
        const string Missing = "missing required properties including: ";
        if (e is not JsonException { LineNumber: { } line } json) return e.Message;
        if (json.Message.IndexOf(Missing, StringComparison.Ordinal) is > 0 and var at) return $"it lacks {json.Message[(at + Missing.Length)..].Split('.')[0]}";
        return $"line {line + 1} is not as it was written{(json.Path is { Length: > 2 } path ? $", in {path[2..]}" : "")}";
    }
}
