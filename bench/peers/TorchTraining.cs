using System.Diagnostics;
using System.Globalization;
using AlbertCompiled.Bench;
using TorchSharp;
using static TorchSharp.torch;

namespace AlbertCompiled.Peers;

/// <summary>Times whole pretraining steps of libtorch on the work of <c>bench train</c>.</summary>
static class TorchTraining
{
    const int Mask = 4;

    public static void Run(Options options)
    {
        string config = options.Text("config", "base"), dtype = options.Text("dtype", "fp32");
        var sizes = Sizes.Of(config);
        int b = options.Number("B", sizes.B), s = options.Number("S", sizes.S), threads = options.Number("threads", 2);
        set_num_threads(threads);
        manual_seed(7);
        var model = new TorchAlbert(sizes, double.Parse(options.Text("dropout", "0"), CultureInfo.InvariantCulture), dtype == "bf16");
        var optimizer = new TorchOptimizer(model.Parameters, options.Text("optimizer", "adamw"));
        var random = new Random(7);
        var (tokens, predicted, labels) = (new long[b * s], new List<long>(), new List<long>());
        for (int i = 0; i < tokens.Length; i++)
        {
            tokens[i] = random.Next(5, sizes.Vocabulary);
            if (random.NextDouble() >= 0.15) continue;
            predicted.Add(i);
            labels.Add(tokens[i]);
            tokens[i] = Mask;
        }

        var segments = zeros([b, s], ScalarType.Int64);
        segments.narrow(1, s / 2, s - s / 2).fill_(1);
        var (ids, rows, answers) = (tensor(tokens).reshape(b, s), tensor(predicted.ToArray()), tensor(labels.ToArray()));
        var orders = tensor(Enumerable.Range(0, b).Select(i => (long)(i & 1)).ToArray());
        float value = 0;
        double first = 0; // from the start of the process to the end of the first step
        var (median, least) = Median.Time(options.Number("steps", 6), () =>
        {
            using var scope = NewDisposeScope();
            var loss = model.Loss(ids, segments, rows, answers, orders);
            loss.backward();
            optimizer.Step();
            value = loss.item<float>();
            if (first == 0) first = (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalMilliseconds;
        });
        Console.WriteLine($"tokens_per_s={b * s / median * 1000:F1} step_ms={median:F2} min_ms={least:F2} first_step_ms={first:F0} loss={value:F4} config={config} B={b} S={s} threads={threads} dtype={dtype}");
    }
}
