using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.Ptx;

/// <summary>A kernel's code on a card. ILGPU hands a driver texts only, which the driver then compiles one at a time: so loading and launching are done here.</summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
/// <param name="function">The code's entry point in the card's context, with which it goes.</param>
internal sealed unsafe class CardKernel<TKernel>(IntPtr function) where TKernel : struct, IGpuKernel
{
    /// <summary>Queues a grid of groups. It allocates nothing.</summary>
    /// <exception cref="CudaException">The driver refuses the launch.</exception>
    public void Launch(AcceleratorStream stream, KernelConfig grid, TKernel kernel)
    {
        byte* block = stackalloc byte[KernelArguments<TKernel>.Bytes];
        KernelArguments<TKernel>.Fill(kernel, block);
        nint bytes = KernelArguments<TKernel>.Bytes;
        const nint buffer = 1, size = 2, end = 0;                       // CU_LAUNCH_PARAM_…
        nint* arguments = stackalloc nint[] { buffer, (nint)block, size, (nint)(&bytes), end };
        var (groups, lanes) = (grid.GridDim, grid.GroupDim);
        stream.Accelerator.Bind();
        CudaException.ThrowIfFailed(CudaAPI.CurrentAPI.LaunchKernel(
            function, groups.X, groups.Y, groups.Z, lanes.X, lanes.Y, lanes.Z, grid.SharedMemoryConfig.ArraySize, ((CudaStream)stream).StreamPtr, 0, (nint)arguments));
    }
}
