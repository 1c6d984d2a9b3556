using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>A matrix operand: row-major, rows <see cref="Stride"/> elements apart.</summary>
/// <typeparam name="T">Element.</typeparam>
/// <param name="Values">First element onwards.</param>
/// <param name="Stride">Elements from one row to the next.</param>
public readonly record struct Operand<T>(ArrayView<T> Values, int Stride) where T : unmanaged;
