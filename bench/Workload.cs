using AlbertCompiled.Cpu;
using AlbertCompiled.Models;

namespace AlbertCompiled.Bench;

/// <summary>
/// A model and a batch as the usual comparison has them: B full sequences of S tokens, 15% of the tokens predicted, heads computed for
/// those only.
/// </summary>
internal sealed class Workload : IDisposable
{
    static readonly Dictionary<string, (int B, int S, int Vocabulary, Func<Device, Capacity, Compute, CompiledModel> Create)> Configurations = new()
    {
        ["base"] = (4, 128, 30000, (d, c, p) => AlbertBase.Create(d, c, precision: p)),
        ["small"] = (16, 128, 8000, (d, c, p) => AlbertSmall.Create(d, c, precision: p)),
        ["base-dropout"] = (4, 128, 30000, (d, c, p) => AlbertBaseDropout.Create(d, c, precision: p)),
        ["small-dropout"] = (16, 128, 8000, (d, c, p) => AlbertSmallDropout.Create(d, c, precision: p)),
        ["layers-1"] = (4, 128, 30000, (d, c, p) => AlbertLayers1.Create(d, c, precision: p)),
        ["layers-3"] = (4, 128, 30000, (d, c, p) => AlbertLayers3.Create(d, c, precision: p)),
        ["layers-6"] = (4, 128, 30000, (d, c, p) => AlbertLayers6.Create(d, c, precision: p)),
        ["layers-24"] = (4, 128, 30000, (d, c, p) => AlbertLayers24.Create(d, c, precision: p)),
        ["hidden-256"] = (4, 128, 30000, (d, c, p) => AlbertHidden256.Create(d, c, precision: p)),
        ["hidden-512"] = (4, 128, 30000, (d, c, p) => AlbertHidden512.Create(d, c, precision: p)),
        ["hidden-1024"] = (4, 128, 30000, (d, c, p) => AlbertHidden1024.Create(d, c, precision: p)),
        ["hidden-2048"] = (4, 128, 30000, (d, c, p) => AlbertHidden2048.Create(d, c, precision: p)),
        ["tiny"] = (16, 128, 8000, (d, c, p) => AlbertTiny.Create(d, c, precision: p)),
    };

    readonly string config, precision;
    readonly int sequences, length, threads;
    readonly CompiledModel model;
    readonly TokenBatch batch;
    readonly OptimizerSettings settings;
    readonly long usedBefore;

    public Workload(Options options)
    {
        config = options.Text("config", "base") + options.Text("dropout", "0") switch
        {
            "0" => "",
            "0.1" => "-dropout",
            var other => throw new ArgumentException($"dropout={other} is neither 0 nor 0.1"),
        };
        if (!Configurations.TryGetValue(config, out var c)) throw new ArgumentException($"config={config} is none of {string.Join(", ", Configurations.Keys)}");
        (precision, var compute) = options.Precision();
        var optimizer = options.Text("optimizer", "adamw") switch
        {
            "adamw" => Optimizer.AdamW,
            "lamb" => Optimizer.Lamb,
            var other => throw new ArgumentException($"optimizer={other} is neither adamw nor lamb"),
        };
        (sequences, length, threads) = (options.Number("B", c.B), options.Number("S", c.S), options.Number("threads", 2));
        var capacity = new Capacity(Tokens, sequences, Tokens);
        batch = RandomBatch(capacity, sequences, length, c.Vocabulary, new Random(7));
        Device = Device.Open(options.Text("device", "cpu"), threads);
        usedBefore = GpuSteps.UsedBytes(Device);
        model = c.Create(Device, capacity with { Predictions = batch.Predicted.Count }, compute);
        settings = new OptimizerSettings(optimizer, 1e-4f, ClipNorm: 0, BiasCorrection: true);
    }

    public Device Device { get; }

    /// <summary>Tokens of a step.</summary>
    public int Tokens => sequences * length;

    /// <summary>How much more the cores can do in this precision than in float32.</summary>
    public int PeakFactor => model.Precision.PeakFactor();

    /// <summary>FLOPs of a step's matrix products and attention.</summary>
    public double Flops
    {
        get
        {
            var train = model.Description.Programs.Single(p => p.Name == "train");
            return train.FlopsPerToken * Tokens + train.FlopsPerSequence * sequences + train.FlopsPerPrediction * batch.Predicted.Count
                + train.FlopsPerTokenPair * sequences * length * length;
        }
    }

    /// <summary>The precision of products.</summary>
    public Compute Precision => model.Precision;

    /// <summary>Bytes that the model takes of a card, or 0 where nobody counts them.</summary>
    public long UsedBytes => GpuSteps.UsedBytes(Device) - usedBefore;

    /// <summary>Bytes that are known before the first step: parameters, gradients, moments, the largest arena, weights in the inner kernel's layout, or rounded.</summary>
    public long PlannedBytes =>
        model.ArenaBytes
        + sizeof(float) * (model.Description.ParameterArenas * model.Description.ParameterFloats + (model.Executor is CpuExecutor executor ? executor.PackedFloats : 0))
        + (Device is CpuDevice || model.Precision == Compute.Float32 ? 0 : sizeof(ushort) * model.Description.ParameterFloats);

    /// <summary>Trains one step and returns its loss.</summary>
    public float Step() => model.TrainStep(batch, settings).Loss;

    /// <summary>Trains a step; on a GPU it may still run when this returns.</summary>
    public void Queue() => model.TrainStep(batch, settings);

    public override string ToString() => $"config={config} B={sequences} S={length} threads={threads} dtype={precision} device={Device.Name}";

    public void Dispose()
    {
        model.Dispose();
        Device.Dispose();
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
