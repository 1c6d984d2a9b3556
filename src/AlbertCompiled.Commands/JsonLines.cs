using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>What commands say or compare as JSON.</summary>
static class JsonLines
{
    // read by people, never pasted into a page
    static readonly JsonSerializerOptions Lines = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, TypeInfoResolver = CliJson.Default };

    static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower, TypeInfoResolver = CliJson.Default };

    /// <summary>A line.</summary>
    public static string Of<T>(T value) => JsonSerializer.Serialize(value, (JsonTypeInfo<T>)Lines.GetTypeInfo(typeof(T)));

    /// <summary>Settings by the names of their options.</summary>
    public static JsonElement Settings(FineTuningConfiguration configuration) =>
        JsonSerializer.SerializeToElement(configuration, (JsonTypeInfo<FineTuningConfiguration>)Options.GetTypeInfo(typeof(FineTuningConfiguration)));
}

/// <summary>All that is written as JSON by type, generated: what reflection alone can write fails in the tests, as it would in programs of one file.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(FineTuningConfiguration))]
[JsonSerializable(typeof(TokenLine))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, object?>))]
[JsonSerializable(typeof(Dictionary<string, float>))]
[JsonSerializable(typeof(float[]))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(float))]
[JsonSerializable(typeof(double))]
sealed partial class CliJson : JsonSerializerContext;
