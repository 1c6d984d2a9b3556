using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>A matrix operand: row-major, rows <see cref="Stride"/> floats apart.</summary>
/// <param name="Values">First element onwards.</param>
/// <param name="Stride">Floats from one row to the next.</param>
public readonly record struct Operand(ArrayView<float> Values, int Stride);
