namespace AlbertCompiled.Gpu;

/// <summary>
/// A kernel: a struct of views, sizes and constants with the code of one lane. It reaches the device by value as the single
/// argument of <see cref="KernelEntry.Run"/>, so its size does not matter and launching allocates nothing.
/// </summary>
public interface IGpuKernel
{
    /// <summary>Runs one lane: <c>Group.IdxX</c> of <c>Group.DimX</c> lanes in group <c>Grid.IdxX, IdxY, IdxZ</c>.</summary>
    void Run();
}

/// <summary>The entry point that ILGPU compiles, once for each kernel type.</summary>
public static class KernelEntry
{
    /// <summary>Runs one lane of <paramref name="kernel"/>.</summary>
    public static void Run<TKernel>(TKernel kernel) where TKernel : struct, IGpuKernel => kernel.Run();
}
