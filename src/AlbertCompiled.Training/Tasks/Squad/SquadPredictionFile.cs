using System.Text.Encodings.Web;
using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>Prediction files as SQuAD's evaluation takes them: a JSON object from question ID to answer, and one from ID to null odds.</summary>
public static class SquadPredictionFile
{
    static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        AllowDuplicateProperties = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = TrainingJson.Default,
    };

    /// <summary>Writes answers.</summary>
    /// <param name="path">The file.</param>
    /// <param name="predictions">The predictions.</param>
    /// <param name="threshold">
    /// Null odds above which the answer is empty. Null: never, as SQuAD 1.1 wants it, and 2.0's evaluation for its search for a threshold.
    /// </param>
    /// <exception cref="TrainingException">The file cannot be written.</exception>
    public static void WriteAnswers(string path, IEnumerable<AnswerPrediction> predictions, double? threshold = null) =>
        Write(path, predictions.ToDictionary(p => p.Id, p => p.AnswerAt(threshold)));

    /// <summary>Writes null odds: how much more a model believes in no answer than in its best one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="predictions">The predictions.</param>
    /// <exception cref="TrainingException">The file cannot be written.</exception>
    public static void WriteNullOdds(string path, IEnumerable<AnswerPrediction> predictions) => Write(path, predictions.ToDictionary(p => p.Id, p => p.NullOdds));

    /// <summary>Reads answers.</summary>
    /// <exception cref="TrainingException">The file cannot be read or is no such object.</exception>
    public static IReadOnlyDictionary<string, string> ReadAnswers(string path) => Read<string>(path, "answer");

    /// <summary>Reads null odds.</summary>
    /// <exception cref="TrainingException">The file cannot be read or is no such object.</exception>
    public static IReadOnlyDictionary<string, double> ReadNullOdds(string path) => Read<double>(path, "number");

    static void Write<T>(string path, Dictionary<string, T> values) => DataFile.Write(path, stream => JsonSerializer.Serialize(stream, values, TrainingJson.Of<Dictionary<string, T>>(Options)));

    static Dictionary<string, T> Read<T>(string path, string what)
    {
        var bytes = DataFile.Bytes(path);
        try
        {
            return JsonSerializer.Deserialize(bytes.Span, TrainingJson.Of<Dictionary<string, T>>(Options)) is { } read && read.Values.All(v => v is not null) ? read : throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new TrainingException($"{path}, line {(e.LineNumber ?? 0) + 1}: not a JSON object from question ID to {what}{(e.Message.StartsWith("Duplicate", StringComparison.Ordinal) ? ": a question stands there twice" : "")}", e);
        }
    }
}
