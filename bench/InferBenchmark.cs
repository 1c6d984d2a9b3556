using AlbertCompiled.Models;

namespace AlbertCompiled.Bench;

/// <summary>
/// Times the base encoder. One sequence of S tokens: its latency. A file of sentences: real tokens per second over the whole file, packed into batches of at
/// most the given tokens in the file's order, without padding.
/// </summary>
internal static class InferBenchmark
{
    public static void Run(Options options)
    {
        int threads = options.Number("threads", 2), runs = options.Number("runs", 20), length = options.Number("S", 128);
        string file = options.Text("sentences", ""), onnx = options.Text("onnx", "");
        var (dtype, precision) = options.Precision();
        int[][] sentences = file.Length > 0 ? Sentences.Read(file) : [Sentences.Random(length)];
        int tokens = file.Length > 0 ? options.Number("tokens", 2048) : length;
        int longest = sentences.Max(s => s.Length);
        if (tokens < longest) throw new ArgumentException($"tokens={tokens} is less than the longest sentence, {longest}");
        using var device = Device.Open(options.Text("device", "cpu"), threads);
        using var model = AlbertBaseEncoder.Create(device, new(tokens, Math.Min(tokens, sentences.Length), 1), precision: precision);
        if (onnx.Length > 0) model.ToOnnx().Save(onnx);
        var batches = Batches(sentences, model.Capacity);
        double checksum = 0;
        var (median, least) = Median.Time(runs, () =>
        {
            foreach (var batch in batches) checksum += model.Encode(batch).Pooled[0][0];
        });
        int total = sentences.Sum(s => s.Length);
        Console.WriteLine($"tokens_per_s={total / median * 1000:F1} latency_ms={median:F2} min_ms={least:F2} checksum={checksum:F4} "
            + $"config=base sentences={sentences.Length} tokens={total} batches={batches.Count} threads={threads} dtype={dtype} device={device.Name}");
    }

    static List<TokenBatch> Batches(int[][] sentences, Capacity capacity)
    {
        var batches = new List<TokenBatch>();
        int room = 0;
        foreach (int[] sentence in sentences)
        {
            if (sentence.Length > room)
            {
                batches.Add(new(capacity));
                room = capacity.Tokens;
            }

            batches[^1].Add(sentence, new int[sentence.Length]);
            room -= sentence.Length;
        }

        return batches;
    }
}
