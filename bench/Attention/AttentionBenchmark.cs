using System.Diagnostics;
using System.Globalization;
using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.Ptx;
using AlbertCompiled.Gpu.TensorCores;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Bench;

/// <summary>Checks the tensor-core kernels of attention against float64 and times them.</summary>
internal static class AttentionBenchmark
{
    /// <summary>The kernels by name.</summary>
    public static readonly IReadOnlyDictionary<string, AttentionVariant> Variants = new AttentionVariant[]
    {
        Forward<Plain>("forward"), Forward<Dropping>("forward-dropout"),
        Backward<Plain, OwnsQueries>("queries"), Backward<Dropping, OwnsQueries>("queries-dropout"),
        Backward<Plain, OwnsKeys>("keys"), Backward<Dropping, OwnsKeys>("keys-dropout"),
    }.ToDictionary(v => v.Name);

    static AttentionVariant Forward<TForm>(string name) where TForm : struct, IAttentionForm =>
        new(name, Ptx<AttentionForwardTensorKernel<TForm>>, (d, head, resident) => new ForwardCase<TForm>(d, head, resident), TForm.Dropout);

    static AttentionVariant Backward<TForm, TOwner>(string name) where TForm : struct, IAttentionForm where TOwner : struct, IAttentionOwner =>
        new(name, Ptx<AttentionBackwardTensorKernel<TForm, TOwner>>, (d, head, resident) => new BackwardCase<TForm, TOwner>(d, head, resident), TForm.Dropout);

    public static void Run(Options options)
    {
        string kernel = options.Text("kernel", "all"), folder = options.Text("ptx", "");
        int columns = options.Number("head", 64);
        if (!AttentionHead.Takes(columns)) throw new ArgumentException($"head={columns} is no multiple of {AttentionHead.Step} up to {AttentionHead.Most}");
        string form = options.Text("form", "");
        if (form is not ("" or "mma" or "wgmma")) throw new ArgumentException($"form={form} is neither mma nor wgmma");
        var head = AttentionHead.Of(columns, form == "mma" ? ProductCompute.Warp : ProductCompute.Warpgroup);
        if (form == "wgmma" && !head.ByWarpgroup) throw new ArgumentException($"form=wgmma takes no heads of {columns}");
        int resident = options.Number("resident", 0);
        if (folder.Length > 0)
        {
            Directory.CreateDirectory(folder);
            foreach (var v in Variants.Values) File.WriteAllText(Path.Combine(folder, $"{v.Name}-{(head.ByWarpgroup ? "wgmma" : "mma")}-{columns}.ptx"), v.Text(head, resident));
            Console.WriteLine($"{Variants.Count} texts in {folder}");
            return;
        }

        if (kernel == "all")
        {
            string[] failed = [.. Variants.Keys.Where(name => !InOwnProcess(name, options))];
            if (failed.Length > 0) throw new CheckException($"failed: {string.Join(", ", failed)}");
            return;
        }

        if (!Variants.TryGetValue(kernel, out var variant)) throw new ArgumentException($"kernel={kernel} is none of all, {string.Join(", ", Variants.Keys)}");
        using var device = GpuDevice.Open(options.Text("device", "cuda"));
        if (head.ByWarpgroup && !AttentionChoice.Runs(device))
        {
            if (form == "wgmma") throw new ArgumentException("form=wgmma: the device has no wgmma");
            head = AttentionHead.Of(columns, ProductCompute.Warp);
        }

        var one = variant.Create(device, head, resident);
        uint threshold = variant.Dropout ? CounterRandom.Threshold(0.1) : 0;
        var reference = new AttentionReference([1, 17, 128, 129, 300, 512, 64, 5], 3, columns, 0x12345678, threshold, 7);
        one.Check(reference, 0x12345678, threshold);
        if (one.Failures > 0) throw new CheckException($"{kernel}: {one.Failures} checks failed");
        int runs = options.Number("runs", 30);
        int heads = Math.Max(1, 768 / columns);
        foreach (int length in new[] { 512, 128 })
        {
            int sequences = 16384 / length;
            double flops = 4.0 * length * length * columns * heads * sequences * one.Share;
            double seconds = one.Time(sequences, length, heads, threshold, runs);
            Console.WriteLine($"{kernel,-16} {form,-5} {heads,2} heads of {columns,3}  S={length,3}  {seconds * 1e6,8:F1} us  {flops / seconds / 1e12,7:F1} TFLOP/s  {flops / seconds / 989e12,6:P1} of 989");
        }
    }

    /// <summary>Runs this program once more for one kernel: a kernel that breaks the device's context breaks no other's.</summary>
    static bool InOwnProcess(string name, Options options)
    {
        string program = Environment.ProcessPath!;
        string[] own = Environment.GetCommandLineArgs();
        var start = new ProcessStartInfo(program);
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(own[0]);

        // What leads to this benchmark may be more than its name, if another program hosts it.
        foreach (string argument in own[1..].TakeWhile(a => a != "attention")) start.ArgumentList.Add(argument);
        foreach (string argument in new[] { "attention", $"kernel={name}", $"device={options.Text("device", "cuda")}", $"runs={options.Number("runs", 30)}", $"head={options.Number("head", 64)}", $"form={options.Text("form", "mma")}", $"resident={options.Number("resident", 0)}" }) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        if (!process.WaitForExit(options.Number("seconds", 60) * 1000))
        {
            process.Kill();
            process.WaitForExit();
            Console.WriteLine($"{name}: FAIL, no end");
            return false;
        }

        if (process.ExitCode != 0) Console.WriteLine($"{name}: FAIL, exit code {process.ExitCode}");
        return process.ExitCode == 0;
    }

    /// <summary>The text that the driver gets.</summary>
    static string Ptx<TKernel>(AttentionHead head, int resident) where TKernel : struct, IGpuKernel, IAttentionKernel
    {
        using var context = Context.Create(builder => builder.EnableKernels());
        using var backend = new PTXBackend(context, new CudaCapabilityContext(CudaArchitecture.SM_90), CudaArchitecture.SM_90, CudaInstructionSet.ISA_80, null);
        return PatchedKernel<TKernel>.Compile(backend, TKernel.Lanes(head), resident > 0 ? resident : TKernel.Resident(head), text => ResidentKernel<TKernel>.Complete(text, head));
    }
}

/// <summary>A kernel to check and time; groups of a multiprocessor may be given, 0 for what it wants.</summary>
internal sealed record AttentionVariant(string Name, Func<AttentionHead, int, string> Text, Func<GpuDevice, AttentionHead, int, AttentionCase> Create, bool Dropout);

/// <summary>Buffers and launches of one kernel.</summary>
internal abstract class AttentionCase(GpuDevice device, AttentionHead head)
{
    /// <summary>Rows of an outer tile.</summary>
    protected abstract int Tile { get; }

    /// <summary>The kernel's share of 4·S²·D operations: 1 forward; of the gradient's 2.5, ∂queries counts 1, ∂keys and ∂values 1.5.</summary>
    public abstract double Share { get; }

    /// <summary>Whether the forward pass's result is an input.</summary>
    protected virtual bool NeedsContext => true;

    protected abstract void Launch(Buffers b);

    protected abstract void Compare(AttentionReference reference, Buffers b);

    /// <summary>Checks that failed.</summary>
    public int Failures { get; private set; }

    protected GpuDevice Device => device;

    protected AttentionHead Head => head;

    /// <summary>Prints a check.</summary>
    protected void Expect(string check, bool holds)
    {
        if (!holds) Failures++;
        Console.WriteLine($"  {check}: {(holds ? "PASS" : "FAIL")}");
    }

    public void Check(AttentionReference r, uint key, uint threshold)
    {
        using var b = new Buffers(device, r.Starts, r.Heads * head.Columns, r.Heads, key, threshold, Tile);
        b.Projections.View.SubView(0, r.Projections.Length).CopyFromCPU(device.Stream, r.Projections);
        b.Gradient.View.SubView(0, r.Gradient.Length).CopyFromCPU(device.Stream, r.Gradient);
        device.Write(b.LogSum.View, [.. r.LogSum.Select(x => (float)x)]);
        device.Write(b.Delta.View, [.. r.Delta.Select(x => (float)x)]);
        if (NeedsContext) device.Write(b.Context.View.SubView(0, r.Context.Length), [.. r.Context.Select(AttentionReference.Round)]);
        b.BuildList();
        Launch(b);
        device.Synchronize();
        Compare(r, b);
        var once = b.Outputs();
        Launch(b);
        device.Synchronize();
        Expect("twice the same", once.SequenceEqual(b.Outputs()));
    }

    public double Time(int sequences, int length, int heads, uint threshold, int runs)
    {
        int[] starts = [.. Enumerable.Range(0, sequences + 1).Select(s => s * length)];
        using var b = new Buffers(device, starts, heads * head.Columns, heads, 1, threshold, Tile);
        var random = new Random(1);
        var values = new ushort[b.Projections.Length];
        for (int i = 0; i < values.Length; i++) values[i] = AttentionReference.Round(random.NextDouble() * 2 - 1);
        b.Projections.CopyFromCPU(device.Stream, values);
        b.Gradient.View.CopyFromCPU(device.Stream, values.AsSpan(0, (int)b.Gradient.Length));
        device.Write(b.LogSum.View, [.. Enumerable.Repeat((float)Math.Log(length), (int)b.LogSum.Length)]);
        b.BuildList();
        for (int i = 0; i < 5; i++) Launch(b);
        device.Synchronize();
        double best = double.MaxValue;
        for (int repeat = 0; repeat < 3; repeat++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < runs; i++) Launch(b);
            device.Synchronize();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds / runs);
        }

        return best;
    }

    /// <summary>Prints the error of a section of columns relative to its root mean square, and where it is largest.</summary>
    protected void Report(string name, AttentionReference r, double[] expected, Func<int, double> actual, int stride, int column, int columns, double limit)
    {
        double squares = 0, errors = 0, worst = -1;
        int at = 0;
        for (int row = 0; row < r.Tokens; row++)
        {
            for (int c = column; c < column + columns; c++)
            {
                int i = row * stride + c;
                double error = Math.Abs(actual(i) - expected[i]);
                squares += expected[i] * expected[i];
                errors += error * error;
                if (error > worst || double.IsNaN(error)) (worst, at) = (double.IsNaN(error) ? double.MaxValue : error, i);
            }
        }

        double relative = Math.Sqrt(errors / squares);
        int worstRow = at / stride, s = Array.FindLastIndex(r.Starts, x => x <= worstRow);
        Expect(string.Create(CultureInfo.InvariantCulture, $"{name,-8} relative rms error {relative:E2}, largest {worst:E2} at sequence of {r.Lengths[s]}, row {worstRow - r.Starts[s]}, column {at % stride - column}: {actual(at):G5} for {expected[at]:G5}"), relative < limit);
    }

    /// <summary>Device memory, with rows behind the last token that nothing may touch.</summary>
    protected internal sealed class Buffers : IDisposable
    {
        const int GuardRows = 128;

        readonly GpuDevice device;
        readonly AttentionTileLists lists;
        readonly MemoryBuffer1D<int, Stride1D.Dense> starts;
        readonly int[] hostStarts;
        readonly int tile;

        public Buffers(GpuDevice device, int[] hostStarts, int hidden, int heads, uint key, uint threshold, int tile)
        {
            (this.device, this.hostStarts, this.tile, Hidden, Heads, Key, Threshold) = (device, hostStarts, tile, hidden, heads, key, threshold);
            int rows = hostStarts[^1] + GuardRows;
            lists = new(device, hostStarts[^1], hostStarts.Length - 1);
            starts = device.Allocate<int>(hostStarts.Length);
            Projections = device.Allocate<ushort>(rows * 3L * hidden);
            Gradient = device.Allocate<ushort>((long)rows * hidden);
            Context = device.Allocate<ushort>((long)rows * hidden);
            Result = device.Allocate<ushort>(rows * 3L * hidden);
            LogSum = device.Allocate<float>((long)hostStarts[^1] * heads);
            Delta = device.Allocate<float>((long)hostStarts[^1] * heads);
        }

        public int Hidden { get; }

        public int Heads { get; }

        public uint Key { get; }

        public uint Threshold { get; }

        public float KeepScale => Threshold == 0 ? 1f : (float)(1 / (1 - Threshold / 4294967296.0));

        AttentionTiles Tiles => lists.Within(hostStarts[^1], hostStarts.Length - 1);

        public int Items => (tile == lists.Rows ? Tiles.MostNarrow : Tiles.MostWide) * Heads;

        public ulong List => AttentionTensors.Address(tile == lists.Rows ? Tiles.Narrow : Tiles.Wide);

        public MemoryBuffer1D<ushort, Stride1D.Dense> Projections { get; }

        public MemoryBuffer1D<ushort, Stride1D.Dense> Gradient { get; }

        public MemoryBuffer1D<ushort, Stride1D.Dense> Context { get; }

        public MemoryBuffer1D<ushort, Stride1D.Dense> Result { get; }

        public MemoryBuffer1D<float, Stride1D.Dense> LogSum { get; }

        public MemoryBuffer1D<float, Stride1D.Dense> Delta { get; }

        public static ulong Address<T>(MemoryBuffer1D<T, Stride1D.Dense> buffer) where T : unmanaged => (ulong)buffer.View.BaseView.LoadEffectiveAddressAsPtr();

        public void BuildList()
        {
            device.Write(starts.View, hostStarts);
            lists.Build(starts.View, hostStarts.Length - 1);
        }

        public float[] Read(MemoryBuffer1D<float, Stride1D.Dense> buffer)
        {
            var values = new float[buffer.Length];
            device.Read(buffer.View, values);
            return values;
        }

        public ushort[] Read(MemoryBuffer1D<ushort, Stride1D.Dense> buffer)
        {
            var values = new ushort[buffer.Length];
            device.Read(buffer.View, values);
            return values;
        }

        public bool GuardRowsHold(ushort[] values, int stride) => !values.AsSpan(hostStarts[^1] * stride).ContainsAnyExcept((ushort)0);

        public List<uint> Outputs() =>
            [.. Read(Context).Select(x => (uint)x), .. Read(Result).Select(x => (uint)x), .. Read(LogSum).Select(BitConverter.SingleToUInt32Bits), .. Read(Delta).Select(BitConverter.SingleToUInt32Bits)];

        public void Dispose()
        {
            foreach (var buffer in new MemoryBuffer[] { starts, Projections, Gradient, Context, Result, LogSum, Delta }) buffer.Dispose();
            lists.Dispose();
        }
    }
}

internal sealed class ForwardCase<TForm>(GpuDevice device, AttentionHead head, int resident) : AttentionCase(device, head) where TForm : struct, IAttentionForm
{
    readonly ResidentKernel<AttentionForwardTensorKernel<TForm>> kernel = resident > 0 ? new(device, head, resident) : new(device, head);

    public override double Share => 1;

    protected override bool NeedsContext => false;

    protected override int Tile => 16 * AttentionTileText.Warps * Head.ForwardTiles;

    protected override void Launch(Buffers b) => kernel.Launch(b.Items, new()
    {
        Projections = Buffers.Address(b.Projections),
        Context = Buffers.Address(b.Context),
        LogSum = Buffers.Address(b.LogSum),
        List = b.List,
        Stride = 2 * 3 * b.Hidden,
        ContextStride = 2 * b.Hidden,
        LogSumStride = b.Heads,
        Heads = b.Heads,
        Key = DropoutKey.Constant(b.Key),
        Threshold = b.Threshold,
        KeepScale = b.KeepScale,
    });

    protected override void Compare(AttentionReference r, Buffers b)
    {
        Console.WriteLine($"forward, heads of {Head.Columns}, dropout {TForm.Dropout}");
        var context = b.Read(b.Context);
        var logSum = b.Read(b.LogSum);
        Report("context", r, r.Context, i => AttentionReference.Value(context[i]), r.Hidden, 0, r.Hidden, 0.01);
        Report("log-sum", r, r.LogSum, i => logSum[i], r.Heads, 0, r.Heads, 1e-4);
        Expect("guard rows", b.GuardRowsHold(context, r.Hidden));
    }
}

internal sealed class BackwardCase<TForm, TOwner>(GpuDevice device, AttentionHead head, int resident) : AttentionCase(device, head)
    where TForm : struct, IAttentionForm where TOwner : struct, IAttentionOwner
{
    readonly ResidentKernel<AttentionBackwardTensorKernel<TForm, TOwner>> kernel = resident > 0 ? new(device, head, resident) : new(device, head);

    public override double Share => TOwner.Keys ? 1.5 : 1;

    protected override int Tile => 16 * AttentionTileText.Warps;

    protected override void Launch(Buffers b) => kernel.Launch(b.Items, new()
    {
        Projections = Buffers.Address(b.Projections),
        Gradient = Buffers.Address(b.Gradient),
        Context = Buffers.Address(b.Context),
        LogSum = Buffers.Address(b.LogSum),
        Delta = Buffers.Address(b.Delta),
        Result = Buffers.Address(b.Result),
        List = b.List,
        Stride = 2 * 3 * b.Hidden,
        GradientStride = 2 * b.Hidden,
        ContextStride = 2 * b.Hidden,
        ResultStride = 2 * 3 * b.Hidden,
        LogSumStride = b.Heads,
        Heads = b.Heads,
        Key = DropoutKey.Constant(b.Key),
        Threshold = b.Threshold,
        KeepScale = b.KeepScale,
    });

    protected override void Compare(AttentionReference r, Buffers b)
    {
        Console.WriteLine($"backward, owns {(TOwner.Keys ? "keys" : "queries")}, heads of {Head.Columns}, dropout {TForm.Dropout}");
        var result = b.Read(b.Result);
        if (TOwner.Keys)
        {
            Report("keys", r, r.Result, i => AttentionReference.Value(result[i]), 3 * r.Hidden, r.Hidden, r.Hidden, 0.015);
            Report("values", r, r.Result, i => AttentionReference.Value(result[i]), 3 * r.Hidden, 2 * r.Hidden, r.Hidden, 0.01);
        }
        else
        {
            var delta = b.Read(b.Delta);
            Report("delta", r, r.Delta, i => delta[i], r.Heads, 0, r.Heads, 0.01);
            Report("queries", r, r.Result, i => AttentionReference.Value(result[i]), 3 * r.Hidden, 0, r.Hidden, 0.015);
        }

        Expect("guard rows", b.GuardRowsHold(result, 3 * r.Hidden));
    }
}
