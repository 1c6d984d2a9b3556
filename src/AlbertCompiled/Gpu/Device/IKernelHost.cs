using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>
/// Takes a device's kernels in the driver's place: an emulator. Memory is then the simulator's, which is the host's own, and kernels are CUDA's.
/// </summary>
internal interface IKernelHost
{
    /// <summary>Memory that kernels may touch from now on.</summary>
    void Register(nint pointer, long bytes);

    /// <summary>Compiles a kernel to PTX, as for a card, and returns what runs it.</summary>
    /// <param name="specialization">Lanes of a group and groups of a multiprocessor, if they are fixed.</param>
    /// <param name="complete">What happens to the text before it runs, if anything.</param>
    Action<AcceleratorStream, KernelConfig, TKernel> Load<TKernel>(KernelSpecialization specialization, Func<string, string>? complete) where TKernel : struct, IGpuKernel;

    /// <summary>Compute capability of the card that it stands for: 90 for 9.0.</summary>
    int Capability { get; }

    /// <summary>Its multiprocessors.</summary>
    int Processors { get; }

    /// <summary>Shared memory of each.</summary>
    int SharedBytes { get; }

    /// <summary>Makes a tensor map of a matrix of bfloat16, with the 128-byte swizzle, as <see cref="CudaDriver.EncodeTiled"/> would.</summary>
    /// <param name="map">128 bytes.</param>
    /// <param name="address">Address of the matrix.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    /// <param name="boxRows">Rows of a box.</param>
    /// <param name="boxColumns">Columns of a box.</param>
    void EncodeTiled(Span<byte> map, ulong address, int rows, int columns, long stride, int boxRows, int boxColumns);
}
