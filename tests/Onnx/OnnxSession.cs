using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AlbertCompiled.Tests.Onnx;

/// <summary>A model in a runtime that knows it from its file only.</summary>
internal sealed class OnnxSession : IDisposable
{
    readonly InferenceSession session;

    /// <param name="path">The file.</param>
    /// <param name="optimized">Where the runtime writes the graph that it made of it; null for nowhere.</param>
    public OnnxSession(string path, string? optimized = null)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        if (optimized is not null)
        {
            options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED;
            options.OptimizedModelFilePath = optimized;
        }

        session = new(path, options);
    }

    /// <summary>Names of inputs and outputs with their shapes: −1 for what a call brings.</summary>
    public string[] Ports => [.. session.InputMetadata.Concat(session.OutputMetadata).Select(p => $"{p.Key} [{string.Join(", ", p.Value.Dimensions)}]")];

    /// <summary>Runs sequences padded to the longest with the token 1.</summary>
    /// <returns>The rows of the tokens, or of the sequences: padding left out, as in a packed batch.</returns>
    public Dictionary<string, float[]> Run(IReadOnlyList<(int[] Tokens, int[] Segments)> sequences)
    {
        int length = sequences.Max(s => s.Tokens.Length);
        NamedOnnxValue Input(string name, Func<(int[] Tokens, int[] Segments), int, long> value)
        {
            var tensor = new DenseTensor<long>([sequences.Count, length]);
            for (int s = 0; s < sequences.Count; s++)
                for (int i = 0; i < length; i++) tensor[s, i] = value(sequences[s], i);
            return NamedOnnxValue.CreateFromTensor(name, tensor);
        }

        using var results = session.Run(
        [
            Input("input_ids", (s, i) => i < s.Tokens.Length ? s.Tokens[i] : 1),
            Input("attention_mask", (s, i) => i < s.Tokens.Length ? 1 : 0),
            Input("token_type_ids", (s, i) => i < s.Tokens.Length ? s.Segments[i] : 0),
        ]);
        return results.ToDictionary(r => r.Name, r =>
        {
            var tensor = r.AsTensor<float>();
            if (tensor.Dimensions.Length < 3) return tensor.ToArray();
            int columns = tensor.Dimensions[2];
            float[] all = tensor.ToArray();
            return sequences.SelectMany((sequence, s) => all.Skip(s * length * columns).Take(sequence.Tokens.Length * columns)).ToArray();
        });
    }

    public void Dispose() => session.Dispose();
}
