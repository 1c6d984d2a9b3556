using System.Globalization;

namespace AlbertCompiled.Bench;

/// <summary>key=value arguments.</summary>
internal sealed class Options
{
    readonly Dictionary<string, string> values = [];

    public static Options Parse(IEnumerable<string> arguments)
    {
        var options = new Options();
        foreach (string argument in arguments)
        {
            var parts = argument.TrimStart('-').Split('=', 2);
            if (parts.Length != 2) throw new ArgumentException($"{argument} is not key=value");
            options.values[parts[0]] = parts[1];
        }

        return options;
    }

    public string Text(string key, string otherwise) => values.GetValueOrDefault(key, otherwise);

    /// <summary>dtype, with its precision.</summary>
    public (string Name, Compute Precision) Precision() => Text("dtype", "fp32") switch
    {
        "fp32" => ("fp32", Compute.Float32),
        "bf16" => ("bf16", Compute.BFloat16),
        var other => throw new ArgumentException($"dtype={other} is neither fp32 nor bf16"),
    };

    public int Number(string key, int otherwise) => values.TryGetValue(key, out string? v) ? int.Parse(v, CultureInfo.InvariantCulture) : otherwise;
}

/// <summary>A benchmark by name.</summary>
/// <param name="Help">One line.</param>
/// <param name="Run">Runs it and prints its figures.</param>
internal sealed record Benchmark(string Help, Action<Options> Run);

internal static class Benchmarks
{
    public static readonly IReadOnlyDictionary<string, Benchmark> Table = new Dictionary<string, Benchmark>
    {
        ["gemm"] = new("config=base|small dtype=fp32|bf16 threads=2 runs=15: the matrix products of a step beside the peak of the cores", GemmBenchmark.Run),
        ["infer"] = new("threads=2 dtype=fp32|bf16 runs=20 S=128 | sentences=FILE tokens=2048 [onnx=FILE]: the base encoder on one sequence, or on a file of them", InferBenchmark.Run),
        ["sentences"] = new("file=FILE count=512: real paragraphs of 8 to 256 pieces, one a line, as numbers", SentenceFile.Run),
        ["profile"] = new("config=base|small dtype=fp32|bf16 threads=2 steps=5: the time of a training step, kernel by kernel", ProfileBenchmark.Run),
        ["start"] = new("config=base|small dtype=fp32|bf16 threads=2 [B=] [S=]: from the start of the process to the end of the first training step", StartBenchmark.Run),
        ["train"] = new("config=base|small dtype=fp32|bf16 threads=2 steps=6 [B=] [S=] [device=cpu] [optimizer=adamw|lamb]: a pretraining step on random tokens", TrainBenchmark.Run),
    };
}
