using System.Globalization;
using AlbertCompiled.Gpu.TensorCores;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu;

/// <summary>A device that ILGPU drives, with the one stream that everything runs on. Use it from one thread at a time.</summary>
public sealed partial class GpuDevice : Device
{
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
        maker = new(() => new((CudaAccelerator)accelerator));
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

    /// <summary>The innermost scope of a constructor that is at work.</summary>
    internal AllocationScope? Scope { get; set; }

    /// <summary>Opens a scope: what is allocated until its end is freed there unless it is kept.</summary>
    internal AllocationScope Allocations() => new(this);

    /// <summary>Allocates zeroed memory.</summary>
    /// <exception cref="DeviceException">The device has not as much memory left.</exception>
    public MemoryBuffer1D<T, Stride1D.Dense> Allocate<T>(long length) where T : unmanaged
    {
        if (paper is not null) return paper.Allocate<T>(Accelerator, Math.Max(1, length));
        try
        {
            var buffer = Accelerator.Allocate1D<T>(Math.Max(1, length));
            Scope?.Add(buffer);
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
            MemoryVersion++;        // even if nothing can take its place
            workspace = Allocate<float>(floats);
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
            MemoryVersion++;        // even if nothing can take its place
            turns = Allocate<int>(count);
        }

        return turns.View;
    }

    TensorMaps? tensorMaps;

    /// <summary>The tensor maps of a CUDA device.</summary>
    internal TensorMaps TensorMaps => tensorMaps ??= new(this);

    /// <summary>Makes this the calling thread's device: CUDA keeps one for each thread. Whoever is called from outside calls it first.</summary>
    internal void Bind() => Accelerator.Bind();

    /// <summary>
    /// For whoever is about to free what belongs to the device: binds, since a driver frees in the calling thread's context, and waits for what is queued. Where the device is
    /// closed or has failed there is nothing to free.
    /// </summary>
    internal void PrepareToFree()
    {
        if (IsClosed || IsOnPaper) return;
        try
        {
            Bind();
            CopyStream.Synchronize();
            Stream.Synchronize();
        }
        catch (AcceleratorException)
        {
            // told already by whoever ran into it first
        }
    }

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
    /// <param name="source">At least as long as <paramref name="destination"/>.</param>
    /// <param name="destination">Receives the first elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The view is shorter.</exception>
    /// <exception cref="DeviceException">The device failed.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed of.</exception>
    public void Read<T>(ArrayView<T> source, Span<T> destination) where T : unmanaged
    {
        if (destination.IsEmpty || IsOnPaper) return;
        RequireCopy(source.Length, destination.Length);
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
    /// <param name="destination">At least as long as <paramref name="source"/>.</param>
    /// <param name="source">Goes to the first elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The view is shorter.</exception>
    /// <exception cref="DeviceException">The device failed.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed of.</exception>
    public void Write<T>(ArrayView<T> destination, ReadOnlySpan<T> source) where T : unmanaged
    {
        if (source.IsEmpty || IsOnPaper) return;
        RequireCopy(destination.Length, source.Length);
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

    // ILGPU answers a view that is too short, or that is gone with its device, by ending the process
    void RequireCopy(long view, int elements)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        if (elements > view) throw new ArgumentOutOfRangeException(nameof(elements), elements, $"the view holds {view} elements");
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
    internal DeviceException Failed(AcceleratorException e) => new($"{Name} failed: {(e is CudaException { Error: { } error } ? NameOf(error) : FirstLine(e.Message))}");

    // an error that ILGPU does not know is a number there
    static string NameOf(string error) => int.TryParse(error, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? CudaDriver.NameOf(number) : error;

    /// <summary>Frees memory that products may have read, with what tensor cores know of it.</summary>
    internal void Release(MemoryBuffer memory)
    {
        if (!IsClosed) tensorMaps?.Forget((ulong)memory.NativePtr, memory.LengthInBytes);
        Free(memory);
    }

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
        SlotLimit.Check(model.Description, model.Capacity);
        if (!IsCuda) return;
        Maker.WarmUp();
        new MemoryNeed(model.Description, capacity => BytesOf(model, capacity)).Check(model.Capacity, Name, FreeMemory);
    }

    /// <inheritdoc/>
    public override ParameterSet CreateParameters(ModelDescription description) => new GpuParameterSet(this, description);

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (IsClosed || IsOnPaper) return;
        PrepareToFree();
        IsClosed = true;
        if (maker.IsValueCreated) maker.Value.Dispose();
        if (tensorMaps is not null) Free(tensorMaps);
        if (workspace is not null) Free(workspace);
        if (turns is not null) Free(turns);
        if (CopyStream != Stream) Free(CopyStream);
        Free(Stream);
        Free(Accelerator);
        context.Dispose();
    }

    static string FirstLine(string message) => message.Split('\n')[0].Trim();
}
