namespace AlbertCompiled.Bench;

/// <summary>Times the base encoder. One sequence of S tokens: its latency. A file of sentences: real tokens per second over the whole file.</summary>
internal static class InferBenchmark
{
    public static void Run(Options options)
    {
        int runs = options.Number("runs", 20);
        string onnx = options.Text("onnx", "");
        using var encoder = new EncoderWorkload(options);
        if (onnx.Length > 0) encoder.WriteOnnx(onnx);
        double checksum = 0;
        var (median, least) = Median.Time(runs, () => checksum += encoder.Encode());
        Console.WriteLine($"tokens_per_s={encoder.Tokens / median * 1000:F1} latency_ms={median:F2} min_ms={least:F2} checksum={checksum:F4} {encoder}");
    }
}
