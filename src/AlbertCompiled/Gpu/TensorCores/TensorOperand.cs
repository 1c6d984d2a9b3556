namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>An operand in device memory: bfloat16, row-major.</summary>
/// <param name="Address">Device address, a multiple of 16.</param>
/// <param name="Stride">Elements from one row to the next: a multiple of 8.</param>
internal readonly record struct TensorOperand(ulong Address, int Stride);
