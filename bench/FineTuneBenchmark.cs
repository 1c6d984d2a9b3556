using AlbertCompiled.Models;

namespace AlbertCompiled.Bench;

/// <summary>
/// Times updates of a classifier on real sentences of mixed length: each reads some of them, packed end to end. Padding is not computed, so real tokens
/// are all there are.
/// </summary>
internal static class FineTuneBenchmark
{
    static readonly Dictionary<(string Config, string Dropout), Func<Device, Capacity, Compute, CompiledModel>> Models = new()
    {
        [("base", "0")] = (d, c, p) => AlbertBaseJudge.Create(d, c, precision: p),
        [("base", "0.1")] = (d, c, p) => AlbertBaseDropoutJudge.Create(d, c, precision: p),
        [("small", "0")] = (d, c, p) => AlbertSmallJudge.Create(d, c, precision: p),
        [("small", "0.1")] = (d, c, p) => AlbertSmallDropoutJudge.Create(d, c, precision: p),
    };

    public static void Run(Options options)
    {
        string config = options.Text("config", "base"), dropout = options.Text("dropout", "0");
        if (!Models.TryGetValue((config, dropout), out var create)) throw new ArgumentException($"config={config} dropout={dropout}: config is base or small, dropout 0 or 0.1");
        var (dtype, precision) = options.Precision();
        int threads = options.Number("threads", 2);
        var updates = Updates.Read(options);
        int most = updates.Max(u => u.Tokens), sequences = updates.Max(u => u.Sentences.Length);
        using var device = Device.Open(options.Text("device", "cpu"), threads);
        var capacity = new Capacity(most, sequences, sequences);
        using var model = create(device, capacity, precision);
        var settings = new OptimizerSettings(Optimizer.AdamW, 1e-4f, ClipNorm: 0, BiasCorrection: true);
        var batch = new TokenBatch(capacity);
        float loss = 0;
        double seconds = Updates.Time(updates, update =>
        {
            batch.Clear();
            for (int s = 0; s < update.Sentences.Length; s++) batch.AddLabelled(update.Sentences[s], new int[update.Sentences[s].Length], Updates.Label(s));
            loss = model.TrainStep(batch, settings).Loss;
        });
        Console.WriteLine($"{Updates.Figures(updates, seconds)} computed={updates.Sum(u => u.Tokens)} loss={loss:F4} config={config} dropout={dropout} threads={threads} dtype={dtype} device={device.Name}");
    }
}
