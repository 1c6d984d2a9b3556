using System.Globalization;
using AlbertCompiled.Bench;
using static TorchSharp.torch;

namespace AlbertCompiled.Peers;

/// <summary>Times updates of a libtorch classifier on the work of <c>bench finetune</c>: each is padded to its longest sentence, under an attention mask. Real tokens count.</summary>
static class TorchFineTuning
{
    public static void Run(Options options)
    {
        string config = options.Text("config", "base"), dtype = options.Text("dtype", "fp32"), dropout = options.Text("dropout", "0");
        int threads = options.Number("threads", 2);
        set_num_threads(threads);
        manual_seed(7);
        var updates = Updates.Read(options);
        var model = new TorchAlbert(Sizes.Of(config), double.Parse(dropout, CultureInfo.InvariantCulture), dtype == "bf16", labels: 2);
        var optimizer = new TorchOptimizer(model.Parameters, "adamw");
        float value = 0;
        double seconds = Updates.Time(updates, update =>
        {
            using var scope = NewDisposeScope();
            int longest = Longest(update);
            var (ids, mask) = (new long[update.Sentences.Length * longest], new bool[update.Sentences.Length * longest]);
            for (int s = 0; s < update.Sentences.Length; s++)
                for (int i = 0; i < update.Sentences[s].Length; i++) (ids[s * longest + i], mask[s * longest + i]) = (update.Sentences[s][i], true);
            var tokens = tensor(ids).reshape(-1, longest);
            var labels = tensor(Enumerable.Range(0, update.Sentences.Length).Select(s => (long)Updates.Label(s)).ToArray());
            var loss = model.Loss(tokens, zeros_like(tokens), tensor(mask).reshape(-1, 1, 1, longest), labels);
            loss.backward();
            optimizer.Step();
            value = loss.item<float>();
        });
        Console.WriteLine($"{Updates.Figures(updates, seconds)} computed={updates.Sum(u => u.Sentences.Length * Longest(u))} loss={value:F4} config={config} dropout={dropout} threads={threads} dtype={dtype}");
    }

    static int Longest(Update update) => update.Sentences.Max(s => s.Length);
}
