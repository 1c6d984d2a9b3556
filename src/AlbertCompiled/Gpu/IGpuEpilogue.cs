using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>What happens to an element of a matrix product before it is stored: bias, activation, residual, accumulation. Part of the kernel's argument.</summary>
public interface IGpuEpilogue
{
    /// <summary>Consumes one finished element. Neighbouring lanes hold neighbouring columns; each element comes once, in no order.</summary>
    void Apply(float product, int row, int column);
}

/// <summary>C = product.</summary>
/// <param name="target">C, row-major.</param>
/// <param name="stride">Floats from one row of C to the next.</param>
public readonly struct Store(ArrayView<float> target, int stride) : IGpuEpilogue
{
    readonly ArrayView<float> target = target;
    readonly int stride = stride;

    /// <inheritdoc/>
    public void Apply(float product, int row, int column) => target[row * stride + column] = product;
}

/// <summary>C += product.</summary>
/// <param name="target">C, row-major.</param>
/// <param name="stride">Floats from one row of C to the next.</param>
public readonly struct Accumulate(ArrayView<float> target, int stride) : IGpuEpilogue
{
    readonly ArrayView<float> target = target;
    readonly int stride = stride;

    /// <inheritdoc/>
    public void Apply(float product, int row, int column) => target[row * stride + column] += product;
}
