using AlbertCompiled.Bench;
using Microsoft.ML.OnnxRuntime;

namespace AlbertCompiled.Peers;

/// <summary>Times ONNX Runtime on an exported encoder, all optimizations on: one sequence, or sentences in padded batches, of which real tokens count.</summary>
static class OnnxInference
{
    /// <summary>A batch as the runtime wants it.</summary>
    sealed record Padded(int Tokens, Dictionary<string, OrtValue> Inputs);

    public static void Run(Options options)
    {
        string model = options.Text("model", ""), file = options.Text("sentences", ""), order = options.Text("order", "given");
        if (!File.Exists(model)) throw new ArgumentException($"model={model}: no such file; bench infer onnx=FILE writes one");
        if (order is not ("given" or "sorted")) throw new ArgumentException($"order={order} is neither given nor sorted");
        int threads = options.Number("threads", 2), runs = options.Number("runs", 20), size = options.Number("batch", file.Length > 0 ? 8 : 1);
        int[][] sentences = file.Length > 0 ? Sentences.Read(file) : [Sentences.Random(options.Number("S", 128))];
        if (order == "sorted") sentences = [.. sentences.OrderBy(s => s.Length)];
        using var settings = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            EnableMemoryPattern = true,
            EnableCpuMemArena = true,
        };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "1");
        settings.AddSessionConfigEntry("session.set_denormal_as_zero", "1");
        using var session = new InferenceSession(model, settings);
        using var run = new RunOptions();
        var batches = sentences.Chunk(size).Select(Pad).ToList();
        double checksum = 0;
        var (median, least) = Median.Time(runs, () =>
        {
            foreach (var batch in batches)
            {
                using var outputs = session.Run(run, batch.Inputs, session.OutputNames);
                checksum += outputs[session.OutputNames.ToList().IndexOf("pooled")].GetTensorDataAsSpan<float>()[0];
            }
        });
        int tokens = batches.Sum(b => b.Tokens);
        Console.WriteLine($"tokens_per_s={tokens / median * 1000:F1} latency_ms={median:F2} min_ms={least:F2} checksum={checksum:F4} "
            + $"sentences={sentences.Length} tokens={tokens} batches={batches.Count} batch={size} order={order} threads={threads} dtype=fp32");
    }

    static Padded Pad(int[][] sentences)
    {
        int longest = sentences.Max(s => s.Length);
        var (ids, mask, segments) = (new long[sentences.Length * longest], new long[sentences.Length * longest], new long[sentences.Length * longest]);
        for (int s = 0; s < sentences.Length; s++)
            for (int i = 0; i < sentences[s].Length; i++) (ids[s * longest + i], mask[s * longest + i]) = (sentences[s][i], 1);
        OrtValue Value(long[] data) => OrtValue.CreateTensorValueFromMemory(data, [sentences.Length, longest]);
        return new(sentences.Sum(s => s.Length), new() { ["input_ids"] = Value(ids), ["attention_mask"] = Value(mask), ["token_type_ids"] = Value(segments) });
    }
}
