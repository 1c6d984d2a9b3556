using System.Globalization;
using System.Reflection;
using AlbertCompiled.Gpu.TensorCores;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace AlbertCompiled.Gpu;

/// <summary>A device that ILGPU drives, with the one stream that everything runs on. Use it from one thread at a time.</summary>
public sealed partial class GpuDevice : Device
{
    /// <summary>ILGPU's simulator runs a lane as a thread, and a barrier is expensive: groups stay small.</summary>
    const int SimulatorLanes = 16;

    readonly Context context;
    MemoryBuffer1D<float, Stride1D.Dense>? workspace;
    MemoryBuffer1D<int, Stride1D.Dense>? turns;

    GpuDevice(string kind, Context context, Accelerator accelerator)
    {
        this.context = context;
        Kind = kind;
        Accelerator = accelerator;
        Stream = accelerator.CreateStream();
        RecordsSteps = IsCuda;
        CopyStream = IsCuda ? accelerator.CreateStream() : Stream;
        Lanes = kind switch { "ilgpu-cpu" => SimulatorLanes, "cuda" or "emulator" => 128, _ => 64 };
        compilers = new(() => new(((CudaAccelerator)accelerator).Backend));
        codeCache = new(() => Environment.GetEnvironmentVariable("CUDA_CACHE_DISABLE") == "1" ? null : CodeCache.For((CudaAccelerator)accelerator));
    }

    /// <inheritdoc/>
    public override string Kind { get; }

    /// <inheritdoc/>
    public override string Name => Describe(Accelerator.Name, Accelerator.MemorySize, Kind);

    /// <summary>The accelerator.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>The stream that copies and launches are queued on, in order.</summary>
    public AcceleratorStream Stream { get; }

    /// <summary>The stream that batches are uploaded on beside the run before; where queues cannot wait for each other, it is <see cref="Stream"/>.</summary>
    internal AcceleratorStream CopyStream { get; }

    /// <summary>True if the CUDA driver runs this device: events and graphs are there.</summary>
    internal bool IsCuda => Kind == "cuda" && !IsOnPaper;

    /// <summary>True if a sequence of launches is recorded once and replayed. Tests compare with launches one by one.</summary>
    internal bool RecordsSteps { get; set; }

    /// <summary>True after <see cref="Dispose"/>: what belonged to the device has gone with it.</summary>
    internal bool IsClosed { get; private set; }

    /// <summary>Counts the replacements of memory that recorded launches may refer to.</summary>
    internal int MemoryVersion { get; private set; }

    /// <summary>Lanes in a group where a kernel does not care.</summary>
    public int Lanes { get; }

    /// <summary>Lanes in a group that has much to add up.</summary>
    internal int LargestGroup => RunsCudaKernels ? GroupReduce.MaxLanes : Lanes;

    /// <summary>Lanes for rows of so many packs: on CUDA whole warps, enough for the row at once unless it is long.</summary>
    internal int LanesOf(int packs) => RunsCudaKernels ? Math.Clamp((packs + 31) / 32 * 32, 32, GroupReduce.MaxLanes) : Lanes;

    /// <summary>True if launches may be recorded: they then depend on no batch, and grids are sized for the largest.</summary>
    internal bool ReplaysSteps => RunsCudaKernels;

    /// <summary>What runs kernels in the driver's place, if anything does.</summary>
    internal IKernelHost? Host { get; private init; }

    /// <summary>True if kernels are compiled for CUDA, whoever runs them.</summary>
    internal bool RunsCudaKernels => Kind == "cuda" || Host is not null;

    /// <summary>Queues a copy within the device.</summary>
    internal void Copy<T>(ArrayView<T> source, ArrayView<T> destination) where T : unmanaged
    {
        if (Rehearsal is null) source.CopyTo(Stream, destination);
    }

    /// <summary>Is told of every launch of a kernel, after it was queued: measurements. Nothing is told while it is null.</summary>
    internal Action<Type>? Observer { get; set; }

    /// <summary>True for ILGPU's simulator, which checks what kernels compute, slowly.</summary>
    public bool IsSimulator => Kind == "ilgpu-cpu";

    /// <summary>Allocates zeroed memory.</summary>
    /// <exception cref="DeviceException">The device has not as much memory left.</exception>
    public MemoryBuffer1D<T, Stride1D.Dense> Allocate<T>(long length) where T : unmanaged
    {
        if (paper is not null) return paper.Allocate<T>(Accelerator, Math.Max(1, length));
        try
        {
            var buffer = Accelerator.Allocate1D<T>(Math.Max(1, length));
            buffer.MemSetToZero(Stream);
            Host?.Register(buffer.NativePtr, buffer.LengthInBytes);
            return buffer;
        }
        catch (AcceleratorException e)
        {
            double size = length * (double)Interop.SizeOf<T>() / 1e6;
            throw new DeviceException($"{Name} cannot allocate {size.ToString("F0", CultureInfo.InvariantCulture)} MB: {e.Message}");
        }
    }

    /// <summary>Bytes that can still be allocated, as far as the driver tells.</summary>
    internal long FreeMemory
    {
        get
        {
            if (!IsCuda) return long.MaxValue;
            Bind();
            return CudaDriver.MemoryInfo().Free;
        }
    }

    /// <summary>Memory for what a kernel leaves to the next one in the queue. It grows with the largest wish.</summary>
    internal ArrayView<float> Workspace(long floats)
    {
        if (workspace is null || workspace.Length < floats)
        {
            Synchronize();
            workspace?.Dispose();
            workspace = null;
            workspace = Allocate<float>(floats);
            MemoryVersion++;
        }

        return workspace.View;
    }

    /// <summary>Counters by which groups of a kernel take turns: 0 before each launch, and 0 again behind it.</summary>
    internal ArrayView<int> Turns(int count)
    {
        if (turns is null || turns.Length < count)
        {
            Synchronize();
            turns?.Dispose();
            turns = null;
            turns = Allocate<int>(count);
            MemoryVersion++;
        }

        return turns.View;
    }

    TensorMaps? tensorMaps;

    /// <summary>The tensor maps of a CUDA device.</summary>
    internal TensorMaps TensorMaps => tensorMaps ??= new(this);

    /// <summary>Makes this the calling thread's device: CUDA keeps one for each thread. Whoever is called from outside calls it first.</summary>
    internal void Bind() => Accelerator.Bind();

    GpuKernel<ClearKernel<Float32>>? clear;
    GpuKernel<ClearKernel<BFloat16>>? clearRounded;

    /// <summary>Zeroes memory.</summary>
    public void Clear<T>(ArrayView<T> view) where T : unmanaged
    {
        if (Interop.SizeOf<T>() == sizeof(float)) Clear(clear ??= new(this), view.Cast<Float32>());
        else Clear(clearRounded ??= new(this), view.Cast<BFloat16>());
    }

    void Clear<T>(GpuKernel<ClearKernel<T>> kernel, ArrayView<T> view) where T : unmanaged, IElement<T>
    {
        int perGroup = Lanes * ClearKernel<T>.PerLane * Float8.Count;
        kernel.Launch((int)((view.Length + perGroup - 1) / perGroup), new() { Target = view });
    }

    /// <summary>Waits for what is queued and copies memory to the host.</summary>
    public void Read<T>(ArrayView<T> source, Span<T> destination) where T : unmanaged
    {
        if (destination.IsEmpty || IsOnPaper) return;
        try
        {
            Bind();
            source.SubView(0, destination.Length).CopyToCPU(Stream, destination);
            Stream.Synchronize();
        }
        catch (AcceleratorException e)
        {
            throw Failed(e);
        }
    }

    /// <summary>Copies memory from the host, which may be written again afterwards.</summary>
    public void Write<T>(ArrayView<T> destination, ReadOnlySpan<T> source) where T : unmanaged
    {
        if (source.IsEmpty || IsOnPaper) return;
        try
        {
            Bind();
            destination.SubView(0, source.Length).CopyFromCPU(Stream, source);
            Stream.Synchronize();
        }
        catch (AcceleratorException e)
        {
            throw Failed(e);
        }
    }

    /// <summary>Waits until everything queued has run.</summary>
    /// <exception cref="DeviceException">Some of it failed.</exception>
    public void Synchronize()
    {
        if (IsOnPaper) return;
        try
        {
            Stream.Synchronize();
        }
        catch (AcceleratorException e)
        {
            throw Failed(e);
        }
    }

    /// <summary>What the driver says, as the one exception that the device's users know.</summary>
    internal DeviceException Failed(AcceleratorException e) => new($"{Name} failed: {(e as CudaException)?.Error ?? FirstLine(e.Message)}");

    /// <summary>Frees what belongs to a device. One that failed has nothing left to free, and the failure is what should be told.</summary>
    internal static void Free(IDisposable owned)
    {
        try
        {
            owned.Dispose();
        }
        catch (AcceleratorException)
        {
            // told already by whoever ran into it first
        }
    }

    /// <summary>bfloat16 needs a card with bfloat16 tensor cores (sm_80); the simulator and OpenCL compute it for the tests' sake.</summary>
    public override bool Computes(Compute precision) =>
        precision == Compute.Float32 || Accelerator is not CudaAccelerator card || card.Architecture >= CudaArchitecture.SM_80;

    /// <inheritdoc/>
    internal override void Admit(CompiledModel model)
    {
        if (IsCuda) new MemoryNeed(model.Description, capacity => BytesOf(model, capacity)).Check(model.Capacity, Name, FreeMemory);
    }

    /// <inheritdoc/>
    public override ParameterSet CreateParameters(ModelDescription description) => new GpuParameterSet(this, description);

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (IsClosed || IsOnPaper) return;
        IsClosed = true;
        if (compilers.IsValueCreated) compilers.Value.Dispose();
        if (tensorMaps is not null) Free(tensorMaps);
        if (workspace is not null) Free(workspace);
        if (turns is not null) Free(turns);
        if (CopyStream != Stream) Free(CopyStream);
        Free(Stream);
        Free(Accelerator);
        context.Dispose();
    }

    /// <summary>The device behind a word.</summary>
    /// <exception cref="DeviceException">There is none; the message says why.</exception>
    public static GpuDevice Open(string kind) =>
        TryOpen(kind, out string reason) ?? throw new DeviceException($"no {kind} device: {reason}");

    /// <summary>The device behind a word, or null and the reason.</summary>
    public static GpuDevice? TryOpen(string kind, out string reason)
    {
        if (kind == "cuda" && !NativeLibraries.Exists(NativeLibraries.Cuda))
            return None($"the NVIDIA driver ({NativeLibraries.Cuda}) is not installed", out reason);
        if (kind == "opencl" && !NativeLibraries.Exists(NativeLibraries.OpenCL))
            return None($"no OpenCL loader ({NativeLibraries.OpenCL}) is installed", out reason);
        Context? context = null;
        try
        {
            context = Context.Create(builder => Enable(builder, kind).EnableKernels());
            var found = context.Devices.OrderByDescending(d => d.MemorySize).FirstOrDefault(d => d.AcceleratorType == TypeOf(kind));
            if (found is not null)
            {
                reason = "";
                var accelerator = found is CPUDevice simulator
                    ? simulator.CreateCPUAccelerator(context, CPUAcceleratorMode.Parallel)
                    : found.CreateAccelerator(context);
                var device = new GpuDevice(kind, context, accelerator);
                if (device.IsCuda) device.Compilers.WarmUp();
                return device;
            }

            context.Dispose();
            return None(kind == "cuda" ? "the driver reports no card" : "no platform has a device that can run the kernels", out reason);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            context?.Dispose();
            return None(FirstLine((e.InnerException ?? e).Message), out reason);
        }
    }

    /// <summary>A device whose memory is the simulator's and whose kernels, compiled for CUDA, run in <paramref name="host"/>.</summary>
    internal static GpuDevice Emulate(IKernelHost host)
    {
        var context = Context.Create(builder => Enable(builder, "ilgpu-cpu").EnableKernels());
        return new("emulator", context, context.Devices.OfType<CPUDevice>().First().CreateCPUAccelerator(context, CPUAcceleratorMode.Parallel)) { Host = host };
    }

    internal static string Describe(string name, long memory, string kind) =>
        kind == "ilgpu-cpu" ? "ILGPU simulator on the processor" : $"{name.Trim()}, {(memory / 1e9).ToString("F1", CultureInfo.InvariantCulture)} GB";

    static Context.Builder Enable(Context.Builder builder, string kind) => kind switch
    {
        "cuda" => builder.Cuda(),
        "opencl" => builder.OpenCL(RunsKernels),
        "ilgpu-cpu" => builder.CPU(new CPUDevice(SimulatorLanes, 1, 1)),
        _ => throw new DeviceException($"{kind} is not a GPU device"),
    };

    static AcceleratorType TypeOf(string kind) => kind switch
    {
        "cuda" => AcceleratorType.Cuda,
        "opencl" => AcceleratorType.OpenCL,
        _ => AcceleratorType.CPU,
    };

    /// <summary>
    /// ILGPU's OpenCL code needs the generic address space. PoCL compiles it but does not report it, so it is told so here.
    /// </summary>
    static bool RunsKernels(CLDevice device)
    {
        if (device.Capabilities.GenericAddressSpace) return true;
        if (!device.PlatformName.Contains("Portable Computing Language", StringComparison.Ordinal)) return false;
        var property = typeof(CLCapabilityContext).GetProperty(nameof(CLCapabilityContext.GenericAddressSpace), BindingFlags.Public | BindingFlags.Instance);
        property?.SetValue(device.Capabilities, true);
        return device.Capabilities.GenericAddressSpace;
    }

    static GpuDevice? None(string why, out string reason)
    {
        reason = why;
        return null;
    }

    static string FirstLine(string message) => message.Split('\n')[0].Trim();
}
