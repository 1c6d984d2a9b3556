using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>target += source, by one group: the scalar outputs of a batch's parts.</summary>
internal struct AddKernel : IGpuKernel
{
    public ArrayView<float> Source, Target;
    public int Length;

    /// <inheritdoc/>
    public readonly void Run()
    {
        for (int i = Group.IdxX; i < Length; i += Group.DimX) Target[i] += Source[i];
    }
}
