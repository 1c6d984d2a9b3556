using ILGPU.Runtime;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>An operand in device memory: bfloat16, row-major. Tensor cores take it if it is aligned.</summary>
/// <param name="Address">Device address.</param>
/// <param name="Stride">Elements from one row to the next.</param>
internal readonly record struct TensorOperand(ulong Address, int Stride)
{
    /// <summary>True if every row begins on a 16-byte boundary.</summary>
    public bool IsAligned => Address % 16 == 0 && Stride % 8 == 0;

    /// <summary>A matrix as an operand.</summary>
    public static TensorOperand Of<T>(Operand<T> operand) where T : unmanaged => new((ulong)operand.Values.LoadEffectiveAddressAsPtr(), operand.Stride);
}
