using AlbertCompiled.Bench;
using TorchSharp;
using static TorchSharp.torch;

namespace AlbertCompiled.Peers;

/// <summary>Times libtorch's base encoder on one sequence.</summary>
static class TorchInference
{
    public static void Run(Options options)
    {
        int length = options.Number("S", 128), threads = options.Number("threads", 2);
        string dtype = options.Text("dtype", "fp32");
        set_num_threads(threads);
        var model = new TorchAlbert(Sizes.Of("base"), 0, dtype == "bf16");
        var tokens = tensor(Sentences.Random(length).Select(id => (long)id).ToArray()).reshape(1, length);
        var segments = zeros_like(tokens);
        double checksum = 0;
        var (median, least) = Median.Time(options.Number("runs", 20), () =>
        {
            using var scope = NewDisposeScope();
            using var none = inference_mode();
            checksum += model.Encode(tokens, segments).Pooled.to(ScalarType.Float32)[0, 0].item<float>();
        });
        Console.WriteLine($"tokens_per_s={length / median * 1000:F1} latency_ms={median:F2} min_ms={least:F2} checksum={checksum:F4} config=base S={length} threads={threads} dtype={dtype}");
    }
}
