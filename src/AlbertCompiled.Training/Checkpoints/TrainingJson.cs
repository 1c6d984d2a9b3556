using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AlbertCompiled.Training;

/// <summary>All that the library writes or reads as JSON by type, generated: programs of one file, trimmed and native ones have no reflection for it.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CheckpointState))]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(RunConfiguration))]
[JsonSerializable(typeof(FineTuningConfiguration))]
[JsonSerializable(typeof(CorpusManifest))]
[JsonSerializable(typeof(CorpusProgress))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(SquadFile.SquadJson))]
[JsonSerializable(typeof(RaceFolder.PassageJson))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, double>))]
[JsonSerializable(typeof(Dictionary<string, object>))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(float))]
[JsonSerializable(typeof(double))]
sealed partial class TrainingJson : JsonSerializerContext
{
    /// <summary>How a type is written under options whose resolver this is.</summary>
    public static JsonTypeInfo<T> Of<T>(JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
}
