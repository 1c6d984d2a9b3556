using System.Diagnostics;
using AlbertCompiled.Models;

namespace AlbertCompiled.Bench;

/// <summary>
/// Times whole pretraining steps: forward, backward, update. The work is that of the usual comparison: B full sequences of S tokens,
/// 15% of the tokens predicted, heads computed for those only, dropout off.
/// </summary>
internal static class TrainBenchmark
{
    static readonly Dictionary<string, (int B, int S, int Vocabulary, Func<Device, Capacity, CompiledModel> Create)> Configurations = new()
    {
        ["base"] = (4, 128, 30000, (d, c) => AlbertBase.Create(d, c)),
        ["small"] = (16, 128, 8000, (d, c) => AlbertSmall.Create(d, c)),
        ["tiny"] = (16, 128, 8000, (d, c) => AlbertTiny.Create(d, c)),
    };

    public static void Run(Options options)
    {
        string config = options.Text("config", "base");
        if (!Configurations.TryGetValue(config, out var c)) throw new ArgumentException($"config={config} is none of {string.Join(", ", Configurations.Keys)}");
        if (options.Text("dtype", "fp32") != "fp32") throw new ArgumentException("dtype: only fp32 is compiled");
        var optimizer = options.Text("optimizer", "adamw") switch
        {
            "adamw" => Optimizer.AdamW,
            "lamb" => Optimizer.Lamb,
            var other => throw new ArgumentException($"optimizer={other} is neither adamw nor lamb"),
        };
        int sequences = options.Number("B", c.B), length = options.Number("S", c.S), steps = options.Number("steps", 10), threads = options.Number("threads", 2);

        var random = new Random(7);
        int tokens = sequences * length;
        var capacity = new Capacity(tokens, sequences, tokens);
        var batch = RandomBatch(capacity, sequences, length, c.Vocabulary, random);
        capacity = capacity with { Predictions = batch.Predicted.Count };
        using var device = Device.Open(options.Text("device", "cpu"), threads);
        using var model = c.Create(device, capacity);
        var settings = new OptimizerSettings(optimizer, 1e-4f, ClipNorm: 0, BiasCorrection: true);

        var milliseconds = new List<double>();
        float loss = 0;
        for (int step = -2; step < steps; step++)
        {
            long start = Stopwatch.GetTimestamp();
            loss = model.TrainStep(batch, settings).Loss;
            if (step >= 0) milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        milliseconds.Sort();
        double median = milliseconds[milliseconds.Count / 2];
        Console.WriteLine($"tokens_per_s={tokens / median * 1000:F1} step_ms={median:F2} min_ms={milliseconds[0]:F2} loss={loss:F4} config={config} B={sequences} S={length} threads={threads} dtype=fp32 device={device.Name}");
    }

    static TokenBatch RandomBatch(Capacity capacity, int sequences, int length, int vocabulary, Random random)
    {
        const int mask = 4;
        var batch = new TokenBatch(capacity);
        batch.Clear();
        var tokens = new int[length];
        var segments = new int[length];
        segments.AsSpan(length / 2).Fill(1);
        for (int s = 0; s < sequences; s++)
        {
            var (predicted, labels) = (new List<int>(), new List<int>());
            for (int i = 0; i < length; i++)
            {
                tokens[i] = random.Next(5, vocabulary);
                if (random.NextDouble() >= 0.15) continue;
                predicted.Add(i);
                labels.Add(tokens[i]);
                tokens[i] = mask;
            }

            batch.Add(tokens, segments, predicted.ToArray(), labels.ToArray(), s & 1);
        }

        return batch;
    }
}
