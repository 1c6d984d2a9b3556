using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>A matrix operand: row-major, rows <see cref="Stride"/> floats apart.</summary>
/// <param name="Values">First element onwards.</param>
/// <param name="Stride">Floats from one row to the next.</param>
public readonly record struct Operand(ArrayView<float> Values, int Stride);

/// <summary>Which operands of a product are stored transposed. Constants of the compiled kernel.</summary>
public interface IProductLayout
{
    /// <summary>A is stored [K, M] instead of [M, K].</summary>
    static abstract bool TransposeA { get; }

    /// <summary>B is stored [N, K] instead of [K, N].</summary>
    static abstract bool TransposeB { get; }
}

/// <summary>C = A·B.</summary>
public readonly struct NN : IProductLayout
{
    /// <inheritdoc/>
    public static bool TransposeA => false;

    /// <inheritdoc/>
    public static bool TransposeB => false;
}

/// <summary>C = A·Bᵀ: a linear layer, whose weight is stored [outputs, inputs].</summary>
public readonly struct NT : IProductLayout
{
    /// <inheritdoc/>
    public static bool TransposeA => false;

    /// <inheritdoc/>
    public static bool TransposeB => true;
}

/// <summary>C = Aᵀ·B: a weight gradient, contracted over the rows of a batch.</summary>
public readonly struct TN : IProductLayout
{
    /// <inheritdoc/>
    public static bool TransposeA => true;

    /// <inheritdoc/>
    public static bool TransposeB => false;
}

/// <summary>C = Aᵀ·Bᵀ.</summary>
public readonly struct TT : IProductLayout
{
    /// <inheritdoc/>
    public static bool TransposeA => true;

    /// <inheritdoc/>
    public static bool TransposeB => true;
}

/// <summary>C[M, N] = op(A)·op(B) with an epilogue, compiled for a device.</summary>
/// <typeparam name="TLayout">Transposes.</typeparam>
/// <typeparam name="TEpilogue">Consumes the elements of C.</typeparam>
public sealed class MatrixProduct<TLayout, TEpilogue>
    where TLayout : struct, IProductLayout
    where TEpilogue : struct, IGpuEpilogue
{
    readonly GpuKernel<ProductKernel<TLayout, Block8, TEpilogue>>? large;
    readonly GpuKernel<ProductKernel<TLayout, Block4, TEpilogue>>? small;

    /// <summary>Compiles the product.</summary>
    public MatrixProduct(GpuDevice device)
    {
        if (device.IsSimulator) small = new(device);
        else large = new(device);
    }

    /// <summary>Queues the product. Sizes are arbitrary; nothing runs if <paramref name="m"/> or <paramref name="n"/> is 0.</summary>
    /// <param name="a">[m, k], or [k, m] if the layout transposes it.</param>
    /// <param name="b">[k, n], or [n, k] if the layout transposes it.</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Length of the contraction.</param>
    /// <param name="epilogue">Consumes the elements of C.</param>
    public void Launch(Operand a, Operand b, int m, int n, int k, in TEpilogue epilogue)
    {
        if (large is not null) Launch(large, new() { A = a.Values, B = b.Values, StrideA = a.Stride, StrideB = b.Stride, M = m, N = n, K = k, Epilogue = epilogue });
        if (small is not null) Launch(small, new() { A = a.Values, B = b.Values, StrideA = a.Stride, StrideB = b.Stride, M = m, N = n, K = k, Epilogue = epilogue });
    }

    static void Launch<TBlock>(GpuKernel<ProductKernel<TLayout, TBlock, TEpilogue>> kernel, in ProductKernel<TLayout, TBlock, TEpilogue> arguments)
        where TBlock : struct, IBlock
    {
        int tile = TBlock.Tile;
        kernel.Launch((arguments.N + tile - 1) / tile, (arguments.M + tile - 1) / tile, 1, TBlock.Lanes, arguments);
    }
}
