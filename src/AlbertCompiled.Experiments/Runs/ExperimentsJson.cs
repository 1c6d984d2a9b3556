using System.Text.Json.Serialization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Experiments;

/// <summary>What experiments keep as JSON.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(Recipe))]
sealed partial class ExperimentsJson : JsonSerializerContext;

/// <summary>Lines of results.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RunResult))]
sealed partial class ResultJson : JsonSerializerContext;
