using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>Data sets that are one JSON object, with the names and types of a record.</summary>
static class DataJson
{
    // parts of the serializer's messages that name our types
    const string MissingProperties = "missing required properties", WrongKind = "could not be converted";

    static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        TypeInfoResolver = TrainingJson.Default,
    };

    /// <summary>Reads such a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">Whose format it should have, for messages.</param>
    /// <exception cref="TrainingException">It cannot be read, or is not of that format.</exception>
    public static T Read<T>(string path, string format) where T : class
    {
        var bytes = DataFile.Bytes(path);
        try
        {
            return JsonSerializer.Deserialize(bytes.Span, TrainingJson.Of<T>(Options)) ?? throw new JsonException("null, not an object");
        }
        catch (JsonException e)
        {
            string place = e.LineNumber is { } line ? $", line {line + 1}, byte {e.BytePositionInLine + 1}" : "";
            string inside = e.Path is { Length: > 1 } at ? $" at {at}" : "";
            throw new TrainingException($"{path}{place}: not {format}'s format{inside}: {What(e.Message.Split(" Path: ")[0])}", e);
        }
    }

    static string What(string message) => message.IndexOf(MissingProperties, StringComparison.Ordinal) is >= 0 and var missing ? message[missing..]
        : message.Contains(WrongKind) ? "the value is of another kind"
        : message;
}
