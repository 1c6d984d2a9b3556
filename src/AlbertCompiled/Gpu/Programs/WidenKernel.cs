using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>Activations as float32, for the host.</summary>
internal struct WidenKernel<T> : IGpuKernel where T : unmanaged, IElement<T>
{
    public ArrayView<T> Source;
    public ArrayView<float> Target;
    public int Length;

    /// <inheritdoc/>
    public readonly void Run()
    {
        int at = Grid.IdxX * Group.DimX + Group.IdxX;
        if (at < Length) Target[at] = T.Read(Source[at]);
    }
}

/// <summary>Float32 as activations: the copy of the parameters that products read. A lane takes eight.</summary>
internal struct RoundKernel<T> : IGpuKernel where T : unmanaged, IElement<T>
{
    public ArrayView<float> Source;
    public ArrayView<T> Target;
    public int Packs;

    /// <inheritdoc/>
    public readonly void Run()
    {
        int pack = Grid.IdxX * Group.DimX + Group.IdxX;
        if (pack < Packs) T.Store(Target, pack * 8, Float8.Load(Source, pack * 8));
    }
}
