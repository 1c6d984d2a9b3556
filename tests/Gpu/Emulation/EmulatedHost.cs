using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.Ptx;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Backends;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>
/// Runs a device's kernels in the emulator: each is compiled to the PTX that a card would get, checked as text when it is loaded, and every launch must be free
/// of findings. So whatever runs on a device runs here, programs of whole training steps included.
/// </summary>
sealed class EmulatedHost : IKernelHost
{
    /// <summary>The word for a device of this kind in tests.</summary>
    public const string Kind = "emulator";

    readonly Context context;
    readonly PTXBackend backend;
    readonly GlobalMemory memory = new();

    readonly bool runs;

    /// <summary>A host, or with <paramref name="runs"/> false one that compiles and checks texts only: launches then do nothing.</summary>
    /// <param name="runs">Whether launches run.</param>
    /// <param name="card">The architecture; null for sm_90.</param>
    public EmulatedHost(bool runs = true, CudaArchitecture? card = null)
    {
        this.runs = runs;
        var architecture = card ?? CudaArchitecture.SM_90;
        Capability = architecture.Major * 10 + architecture.Minor;
        context = Context.Create(builder => builder.EnableKernels());
        backend = new(context, new CudaCapabilityContext(architecture), architecture, CudaInstructionSet.ISA_88, null);
    }

    /// <summary>Launches so far, by kernel.</summary>
    public List<LaunchReport> Reports { get; } = [];

    /// <summary>Kernels that were loaded.</summary>
    public List<EmulatedKernel> Kernels { get; } = [];

    public int Capability { get; }

    /// <summary>Few, so that small products already go around.</summary>
    public int Processors => 3;

    public int SharedBytes => 228 * 1024;

    public void EncodeTiled(Span<byte> map, ulong address, int rows, int columns, long stride, int boxRows, int boxColumns) =>
        new TensorMap(address, [columns, rows], [stride], [boxColumns, boxRows], 128).Encode().CopyTo(map);

    public void Register(nint pointer, long bytes) => memory.Add(pointer, bytes, $"buffer of {bytes}");

    public Action<AcceleratorStream, KernelConfig, TKernel> Load<TKernel>(KernelSpecialization specialization, Func<string, string>? complete) where TKernel : struct, IGpuKernel
    {
        string text = KernelLoader.Compile(backend, typeof(TKernel), specialization);
        var kernel = EmulatedKernel.Load(complete is null ? text : complete(text));
        PtxCheck.Assert(kernel);
        Kernels.Add(kernel);
        if (!runs) return (_, _, _) => { };
        return (stream, config, arguments) =>
        {
            stream.Synchronize();
            var report = kernel.Launch(memory, Size(config.GridDim), Size(config.GroupDim), config.SharedMemoryConfig.NumElements * config.SharedMemoryConfig.ElementSize, KernelArguments<TKernel>.Of(arguments));
            Reports.Add(report.AssertClean());
        };
    }

    static (int, int, int) Size(Index3D size) => (size.X, size.Y, size.Z);
}
