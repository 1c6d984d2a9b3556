using System.Globalization;
using System.Runtime.InteropServices;
using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.TensorCores;
using AlbertCompiled.Models;
using AlbertCompiled.Tests.Language;
using AlbertCompiled.Tests.Numbers;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Tests.Gpu.Stub;

/// <summary>What a process does that runs on the stand-in driver.</summary>
static unsafe partial class StubScenarios
{
    const int Watched = 16;     // the first tokens of a batch

    internal static readonly Capacity Capacity = new(256, 8, 64);

    public static Dictionary<string, Action> All { get; } = new()
    {
        ["float32"] = () => Steps(Compute.Float32),
        ["bfloat16"] = () => Steps(Compute.BFloat16),
        ["ahead"] = Ahead,
        ["growth"] = Growth,
        ["lost"] = () => Lost(700),
        ["not-ready"] = () => Lost(802),
        ["twice"] = Twice,
        ["closed"] = Closed,
        ["failed"] = Failed,
        ["encoding"] = Encoding,
        ["memory"] = Memory,
        ["need"] = Need,
        ["refused"] = Refused,
        ["elsewhere"] = Elsewhere,
        ["cards"] = Cards,
        ["auto"] = Auto,
        ["scratch"] = Scratch,
        ["tight"] = Tight,
        ["unable"] = () => Unable(3),
        ["unable-once"] = () => Unable(1),
        ["long"] = Long,
        ["old"] = Old,
        ["measure"] = Measure,
        ["plan-AlbertTiny"] = () => Plan(device => AlbertTiny.Create(device, Capacity)),
        ["plan-AlbertSmall"] = () => Plan(device => AlbertSmall.Create(device, Capacity, precision: Compute.BFloat16)),
        ["plan-AlbertBase"] = () => Plan(device => AlbertBase.Create(device, Capacity, precision: Compute.BFloat16)),
    };

    /// <summary>Training, evaluation, inference: each until it is replayed.</summary>
    static void Steps(Compute precision)
    {
        using var device = GpuDevice.Open("cuda");
        using CompiledModel model = precision == Compute.BFloat16
            ? AlbertSmall.Create(device, Capacity, precision: precision)        // what tensor cores take
            : AlbertTiny.Create(device, Capacity);
        _ = model.ComputeGradients(BatchOf(0)).Loss;    // kernels are compiled, the workspace has its size, the weights are rounded
        for (int i = 0; i < 6; i++)
        {
            Mark($"adamw {i}");
            float loss = model.TrainStep(BatchOf(i), new(Optimizer.AdamW, 1e-3f * i, ClipNorm: i)).Loss;
        }

        for (int i = 0; i < 6; i++)
        {
            Mark($"lamb {i}");
            float norm = model.TrainStep(BatchOf(i), new(Optimizer.Lamb, 1e-3f, BiasCorrection: true)).GradientNorm;
        }

        Mark("gradients");
        _ = model.ComputeGradients(BatchOf(0)).Loss;
        for (int i = 0; i < 4; i++)
        {
            TokenBatch[] parts = [BatchOf(i), BatchOf(i + 1), BatchOf(i + 2)];
            Mark($"parts {i}");
            _ = model.TrainStep(parts, new(Optimizer.Lamb, 1e-3f)).Loss;
        }

        for (int i = 0; i < 6; i++)
        {
            Mark($"evaluate {i}");
            float loss = model.Evaluate(BatchOf(i)).Loss;
        }

        Mark("many");
        var batch = BatchOf(7);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) _ = model.TrainStep(batch, new(Optimizer.AdamW, 1e-3f)).Loss;
        Mark($"managed bytes {GC.GetAllocatedBytesForCurrentThread() - before}");
    }

    /// <summary>Steps queued without a look at their results: what each of them runs on, whatever the streams do.</summary>
    static void Ahead()
    {
        using var device = GpuDevice.Open("cuda");
        using var model = AlbertTiny.Create(device, Capacity);
        var executor = (GpuExecutor<Float32>)model.Executor;
        var state = ((GpuParameterSet)model.Parameters).State;
        Watch(executor.Batch.Tokens.LoadEffectiveAddressAsPtr(), Watched * sizeof(int));
        Watch(state.Run.LoadEffectiveAddressAsPtr(), 2 * sizeof(ulong));
        Watch(executor.Batch.Starts.LoadEffectiveAddressAsPtr(), 4 * sizeof(int));
        var batch = new TokenBatch(Capacity);
        for (int i = 0; i < 10; i++)
        {
            Fill(batch, i);
            ulong hash = Hash(14695981039346656037, MemoryMarshal.AsBytes(batch.Tokens.Span[..Watched]));
            hash = Hash(hash, MemoryMarshal.AsBytes<ulong>([model.Seed, (ulong)model.Step]));
            hash = Hash(hash, MemoryMarshal.AsBytes(batch.Starts[..4]));
            model.TrainStep(batch, new(Optimizer.AdamW, 1e-3f));
            Mark($"expected {hash:x16}");
            batch.Clear();      // the step has its copy
        }

        device.Synchronize();
        Unwatch();
    }

    /// <summary>A second model on the device makes the shared workspace grow under a recorded step.</summary>
    static void Growth()
    {
        using var device = GpuDevice.Open("cuda");
        using var model = AlbertTiny.Create(device, Capacity);
        for (int i = 0; i < 3; i++) Step();
        device.Workspace(device.Workspace(1).Length * 2);
        Mark("grown");
        Step();
        Step();
        Mark("replayed");
        Step();
        Mark("end");

        void Step() => _ = model.TrainStep(BatchOf(1), new(Optimizer.AdamW, 1e-3f)).Loss;
    }

    /// <summary>Rows that the host reads after a replayed run.</summary>
    static void Encoding()
    {
        using var device = GpuDevice.Open("cuda");
        using var model = OddEncoder.Create(device, Capacity);
        var batch = Batches.Random(7, 37, 0, 5, 12, 1);
        float sum = 0;
        for (int i = 0; i < 3; i++) Encode();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) Encode();
        Mark($"managed bytes {GC.GetAllocatedBytesForCurrentThread() - before}");

        void Encode()
        {
            var encoded = model.Encode(batch);
            sum += encoded.Hidden[17][20] + encoded.Pooled[2][0];
        }
    }

    /// <summary>The card has not as much in one piece as it says.</summary>
    static void Scratch()
    {
        using var device = GpuDevice.Open("cuda");
        var product = new ProductShape("NT", 256, 256, 256, true);
        Refuse(1);
        using (var scratch = new ProductScratch(device, [product])) Mark($"{scratch.Holds(product)}");
        using (var scratch = new ProductScratch(device, [product])) Mark($"{scratch.Holds(product)}");
    }

    /// <summary>Products are measured before the first step, if that is worth it.</summary>
    static void Measure()
    {
        using var device = GpuDevice.Open("cuda");
        device.ProductMeasurements = new(ProductRecord.For((CudaAccelerator)device.Accelerator), leastWork: 0);
        using var model = AlbertSmall.Create(device, Capacity, precision: Compute.BFloat16);
        for (int i = 0; i < 3; i++)
        {
            Mark($"step {i}");
            _ = model.TrainStep(BatchOf(i), new(Optimizer.AdamW, 1e-3f)).Loss;
        }

        Mark("end");
    }

    /// <summary>A recorded step with the kernel of each launch.</summary>
    static void Plan(Func<Device, CompiledModel> create)
    {
        using var device = GpuDevice.Open("cuda");
        using var model = create(device);
        device.Observer = kernel => Kernel(Describe(kernel));
        foreach (var optimizer in (Optimizer[])[Optimizer.AdamW, Optimizer.Lamb])
        {
            foreach (string phase in (string[])["queued", "recorded"])
            {
                Mark($"{phase} {optimizer}");
                _ = model.TrainStep(BatchOf(1), new(optimizer, 1e-3f)).Loss;
            }
        }

        Mark("evaluate");
        for (int i = 0; i < 2; i++) _ = model.Evaluate(BatchOf(1)).Loss;
        Mark("end");
    }

    // a kernel's type without the type parameters of what it is nested in
    static string Describe(Type type) =>
        !type.Name.Contains('`') ? type.Name : $"{type.Name[..type.Name.IndexOf('`')]}({string.Join(",", type.GetGenericArguments()[^int.Parse(type.Name[(type.Name.IndexOf('`') + 1)..], CultureInfo.InvariantCulture)..].Select(Describe))})";

    static void Tell(Action action)
    {
        try
        {
            action();
            Mark("nothing");
        }
        catch (Exception e) when (e is DeviceException or ArgumentException or InvalidOperationException)
        {
            Mark($"{e.GetType().Name} {e.Message.Split('\n')[0]}");
        }
    }

    static TokenBatch BatchOf(int seed)
    {
        var batch = new TokenBatch(Capacity);
        Fill(batch, seed);
        return batch;
    }

    // sequences of lengths that differ from seed to seed
    static void Fill(TokenBatch batch, int seed)
    {
        foreach (int length in (int[])[20 + 3 * seed, 9, 31 + seed])
        {
            int[] tokens = [.. Enumerable.Range(0, length).Select(i => (i * 7 + seed * 13 + length) % 100)];
            batch.Add(tokens, new int[length], [1, 3 + seed % 4], [5, 6], seed % 2);
        }
    }

    static ulong Hash(ulong hash, ReadOnlySpan<byte> data)
    {
        foreach (byte b in data) hash = (hash ^ b) * 1099511628211;
        return hash;
    }

    // the calls that the stand-in has beyond the driver's

    static void Mark(string text) => StubMark(text);

    [LibraryImport("libcuda.so.1", EntryPoint = "stub_mark", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void StubMark(string text);

    [LibraryImport("libcuda.so.1", EntryPoint = "stub_kernel", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void Kernel(string text);

    [LibraryImport("libcuda.so.1", EntryPoint = "stub_watch")]
    private static partial void Watch(IntPtr memory, nint bytes);

    [LibraryImport("libcuda.so.1", EntryPoint = "stub_unwatch")]
    private static partial void Unwatch();

    [LibraryImport("libcuda.so.1", EntryPoint = "stub_refuse")]
    private static partial void Refuse(int allocation);

    [LibraryImport("libcuda.so.1", EntryPoint = "stub_fail")]
    private static partial void Fail(int launches, int error);

    [LibraryImport("libcuda.so.1", EntryPoint = "stub_page_locked")]
    private static partial int PageLocked();
}
