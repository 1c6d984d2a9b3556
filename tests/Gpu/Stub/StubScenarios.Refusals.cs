using AlbertCompiled.Gpu;
using AlbertCompiled.Models;
using AlbertCompiled.Tests.Language;
using AlbertCompiled.Tests.Numbers;

namespace AlbertCompiled.Tests.Gpu.Stub;

/// <summary>Cards that are lost, too small, too old, or hold what another process needs.</summary>
static unsafe partial class StubScenarios
{
    /// <summary>A launch fails in the middle of a run.</summary>
    static void Lost(int error)
    {
        using var device = GpuDevice.Open("cuda");
        using var model = AlbertTiny.Create(device, Capacity);
        Fail(20, error);
        Tell(() => model.TrainStep(BatchOf(1), new(Optimizer.AdamW, 1e-3f)));
        Tell(() => model.TrainStep(BatchOf(1), new(Optimizer.AdamW, 1e-3f)));
        Tell(() => model.Parameters.Read(model.Description.Parameters[0].Name));
    }

    /// <summary>A model is disposed of twice, and so are its parameters.</summary>
    static void Twice()
    {
        using var device = GpuDevice.Open("cuda");
        using var model = AlbertTiny.Create(device, Capacity);
        for (int i = 0; i < 3; i++) _ = model.TrainStep(BatchOf(1), new(Optimizer.AdamW, 1e-3f)).Loss;
        model.Dispose();
        model.Parameters.Dispose();
    }

    /// <summary>A model outlives its device.</summary>
    static void Closed()
    {
        var device = GpuDevice.Open("cuda");
        using var model = AlbertTiny.Create(device, Capacity);
        _ = model.TrainStep(BatchOf(1), new(Optimizer.AdamW, 1e-3f)).Loss;
        using var memory = device.Allocate<float>(4);
        Tell(() => device.Read(memory.View, new float[5]));
        Tell(() => device.Write(memory.View, new float[5]));
        device.Dispose();
        Tell(() => device.Read(memory.View, new float[4]));
        Tell(() => model.Parameters.Read(model.Description.Parameters[0].Name));
        Tell(() => model.Parameters.Write(ParameterState.Value, 0, [1f]));
        Tell(() => model.Parameters.Update(new(Optimizer.AdamW, 1e-3f), 1));
        Tell(() => model.TrainStep(BatchOf(1), new(Optimizer.AdamW, 1e-3f)));
    }

    /// <summary>A run that fails leaves no outputs, not even those of the run before it.</summary>
    static void Failed()
    {
        using var device = GpuDevice.Open("cuda");
        using var model = AlbertTiny.Create(device, Capacity);
        model.Predict(BatchOf(1));
        Fail(20, 700);
        Tell(() => model.TrainStep(BatchOf(1), new(Optimizer.AdamW, 1e-3f)));
        Tell(() => model.ReadOutput("logits", new float[1 << 20]));
    }

    /// <summary>A portable product of more rows than the grid's second axis has tiles for.</summary>
    static void Long()
    {
        const int m = 70_000 * 64;
        using var device = GpuDevice.Open("cuda");
        using var a = device.Allocate<Float32>(m);
        using var b = device.Allocate<Float32>(1);
        using var c = device.Allocate<Float32>(m);
        var product = new MatrixProduct<Float32, NT, Store<Float32>>(device);
        product.Launch(new(a.View, 1), new(b.View, 1), m, 1, 1, new(c.View, 1));
        device.Synchronize();
        Mark("queued");
    }

    /// <summary>A batch that the card's memory does not hold.</summary>
    static void Memory()
    {
        using var device = GpuDevice.Open("cuda");
        Mark("before");
        Tell(() => AlbertTiny.Create(device, new(1 << 20, 1 << 14)));
    }

    /// <summary>What models take of the card against what was planned, once all their programs have run.</summary>
    static void Need()
    {
        foreach (var capacity in (Capacity[])[Capacity, new(1000, 40, 160)])
        {
            Compare(device => AlbertTiny.Create(device, capacity), Train);
            Compare(device => AlbertSmall.Create(device, capacity, precision: Compute.BFloat16), Train);
            Compare(device => OddEncoder.Create(device, capacity, precision: Compute.BFloat16), model => Read(model.Infer("encode", Batches.Random(7, 37, 0, 5, 12, 1))));
        }

        static void Train(CompiledModel model)
        {
            foreach (var optimizer in (Optimizer[])[Optimizer.AdamW, Optimizer.Lamb]) _ = model.TrainStep(BatchOf(1), new(optimizer, 1e-3f)).Loss;
            _ = model.TrainStep([BatchOf(1), BatchOf(2)], new(Optimizer.AdamW, 1e-3f)).Loss;
            _ = model.Evaluate(BatchOf(1)).Loss;
            Read(model.Infer("predict", BatchOf(1)));
        }

        static void Read(InferenceOutputs outputs)
        {
            for (int i = 0; i < outputs.Program.Outputs.Length; i++)
                if (!outputs.Program.Outputs[i].IsScalar) _ = outputs[i].Count;
        }

        static void Compare(Func<GpuDevice, CompiledModel> create, Action<CompiledModel> run)
        {
            using var device = GpuDevice.Open("cuda");
            long before = device.FreeMemory;
            using var model = create(device);
            run(model);
            long taken = before - device.FreeMemory;
            Mark($"{model.Description.Name} {model.Precision} {model.Capacity.Tokens} planned {device.BytesOf(model, model.Capacity)} taken {taken}");
        }
    }

    /// <summary>Each allocation of a model in turn fails: what the failure leaves of the card's memory.</summary>
    static void Refused()
    {
        using var device = GpuDevice.Open("cuda");
        AlbertTiny.Create(device, Capacity).Dispose();
        long before = device.FreeMemory;
        int locked = PageLocked();
        for (int allocation = 1; ; allocation++)
        {
            Refuse(allocation);
            CompiledModel? model = null;
            try
            {
                model = AlbertTiny.Create(device, Capacity);
                _ = model.ArenaBytes;
                Refuse(0);
                Mark($"after {allocation - 1}");
                model.Dispose();
                return;
            }
            catch (DeviceException)
            {
                model?.Dispose();
                if (PageLocked() != locked) Mark($"allocation {allocation} leaves {PageLocked() - locked} pieces of page-locked memory");
                if (device.FreeMemory != before) Mark($"allocation {allocation} leaves {before - device.FreeMemory} bytes");
            }
        }
    }

    /// <summary>A model is disposed of by a thread that never saw the device.</summary>
    static void Elsewhere()
    {
        using var device = GpuDevice.Open("cuda");
        var model = AlbertTiny.Create(device, Capacity);
        for (int i = 0; i < 3; i++) _ = model.TrainStep(BatchOf(1), new(Optimizer.AdamW, 1e-3f)).Loss;
        var thread = new Thread(model.Dispose);
        thread.Start();
        thread.Join();
        Mark("disposed");
    }

    /// <summary>Which card a word opens.</summary>
    static void Cards()
    {
        foreach (string word in (string[])["cuda", "cuda:0", "cuda:1", "cuda:2"])
        {
            Tell(() =>
            {
                using var device = Device.Open(word);
                Mark($"{word} is {device.Kind}, {device.Name}");
            });
        }

        foreach (var info in Device.List().Where(d => d.Kind.StartsWith("cuda", StringComparison.Ordinal))) Mark($"{info.Kind} {info.Name}");
    }

    /// <summary>What auto opens.</summary>
    static void Auto()
    {
        using var device = Device.Open("auto", threads: 1);
        Mark($"{device.Kind}: {device.PassedOver ?? "nothing"}");
    }

    /// <summary>Beside operands of its own a measurement finds no room for what a form wants for its parts.</summary>
    static void Tight()
    {
        const int m = 4608, n = 3072, k = 4096;
        using var device = GpuDevice.Open("cuda");
        using var a = device.Allocate<AlbertCompiled.Gpu.BFloat16>(m * k);
        using var b = device.Allocate<AlbertCompiled.Gpu.BFloat16>(n * k);
        using var c = device.Allocate<AlbertCompiled.Gpu.BFloat16>(m * n);
        using var rest = device.Allocate<byte>(device.FreeMemory - 188_000_000);
        var product = new MatrixProduct<AlbertCompiled.Gpu.BFloat16, NT, Store<AlbertCompiled.Gpu.BFloat16>>(device);
        void Queue() => product.Launch(new(a.View, k), new(b.View, k), m, n, k, new(c.View, n));
        device.Rehearse(Queue);
        Queue();
        device.Synchronize();       // what follows frees the operands
        Mark("queued");
    }

    /// <summary>Memory under a recorded sequence is given back, and nothing takes its place.</summary>
    static void Unable(int runs)
    {
        using var device = GpuDevice.Open("cuda");
        using var graph = new StepGraph(device, () => device.Clear(device.Workspace(1000)));
        for (int i = 0; i < runs; i++) graph.Run();
        Mark("refused");
        Tell(() => device.Workspace(1L << 40));
        Mark("after");
        for (int i = 0; i < 3; i++) graph.Run();
        Mark("end");
    }

    /// <summary>A card without bfloat16.</summary>
    static void Old()
    {
        using var device = GpuDevice.Open("cuda");
        Tell(() => AlbertTiny.Create(device, Capacity, precision: Compute.BFloat16));
        using var model = AlbertTiny.Create(device, Capacity);
        for (int i = 0; i < 3; i++) Tell(() => _ = model.TrainStep(BatchOf(1), new(Optimizer.AdamW, 1e-3f)).Loss);
    }
}
