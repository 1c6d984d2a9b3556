using AlbertCompiled.Gpu.TensorCores;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>
/// C[M, N] = op(A)·op(B) with an epilogue, for a device. Factors of bfloat16 go to the tensor cores of a CUDA card of compute capability 8.0 or more if their rows
/// begin on 16-byte boundaries.
/// </summary>
/// <typeparam name="T">Element of A and B.</typeparam>
/// <typeparam name="TLayout">Transposes.</typeparam>
/// <typeparam name="TEpilogue">Consumes the elements of C.</typeparam>
public sealed class MatrixProduct<T, TLayout, TEpilogue>
    where T : unmanaged, IElement<T>
    where TLayout : struct, IProductLayout
    where TEpilogue : struct, IGpuEpilogue
{
    readonly GpuDevice device;
    readonly TensorProducts<TLayout, TEpilogue>? tensor;
    Kernels<Block8>? large;
    Kernels<Block4>? small;

    /// <summary>A product for <paramref name="device"/>; its kernels are compiled when first launched.</summary>
    public MatrixProduct(GpuDevice device)
    {
        this.device = device;
        if (typeof(T) == typeof(BFloat16)) tensor = TensorProducts<TLayout, TEpilogue>.For(device);
    }

    /// <summary>Its forms on tensor cores, or null.</summary>
    internal TensorProducts<TLayout, TEpilogue>? Tensor => tensor;

    /// <summary>Queues the product. Sizes are arbitrary; nothing runs if <paramref name="m"/> or <paramref name="n"/> is 0. How it is cut into parts depends on bounds alone.</summary>
    /// <param name="a">[m, k], or [k, m] if the layout transposes it.</param>
    /// <param name="b">[k, n], or [n, k] if the layout transposes it.</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Length of the contraction.</param>
    /// <param name="epilogue">Consumes the elements of C.</param>
    public void Launch(Operand<T> a, Operand<T> b, Extent m, int n, Extent k, in TEpilogue epilogue)
    {
        if (tensor is not null && tensor.TryLaunch(TensorOperand.Of(a), TensorOperand.Of(b), m, n, k, epilogue)) return;
        if (device.IsSimulator) (small ??= new(device)).Launch(a, b, m, n, k, epilogue);
        else (large ??= new(device)).Launch(a, b, m, n, k, epilogue);
    }

    sealed class Kernels<TBlock>(GpuDevice device) where TBlock : struct, IBlock
    {
        const int EnoughGroups = 512;       // of 64 lanes: what keeps a large card busy
        const int LeastSteps = 128;         // of the contraction, to a group

        GpuKernel<ProductKernel<T, TLayout, TBlock, TEpilogue>>? whole;
        GpuKernel<ProductKernel<T, TLayout, TBlock, PartialProduct>>? partial;
        GpuKernel<ProductSumKernel<TEpilogue>>? sum;

        public void Launch(Operand<T> a, Operand<T> b, Extent m, int n, Extent k, in TEpilogue epilogue)
        {
            int rows = (m.Most + TBlock.Tile - 1) / TBlock.Tile, columns = (n + TBlock.Tile - 1) / TBlock.Tile;
            int parts = rows * columns == 0 ? 1 : Math.Min(k.Most / LeastSteps, (EnoughGroups + rows * columns - 1) / (rows * columns));
            if (parts < 2)
            {
                (whole ??= new(device)).Launch(checked(rows * columns), 1, 1, TBlock.Lanes, new() { A = a, B = b, M = m, N = n, K = k, KPerPart = k.Most, Epilogue = epilogue });
                return;
            }

            // Few tiles and a long contraction, such as a weight's gradient: the contraction is cut into parts, which are added in order.
            int perPart = ((k.Most + parts - 1) / parts + Tile.Depth - 1) / Tile.Depth * Tile.Depth;
            parts = (k.Most + perPart - 1) / perPart;
            var products = device.Workspace((long)parts * m.Most * n);
            (partial ??= new(device)).Launch(rows * columns, 1, parts, TBlock.Lanes, new()
            {
                A = a,
                B = b,
                M = m,
                N = n,
                K = k,
                KPerPart = perPart,
                Epilogue = new() { Products = products, M = m.Most, N = n },
            });
            (sum ??= new(device)).Launch((n + device.Lanes - 1) / device.Lanes, m.Most, 1, device.Lanes, new() { Products = products, Parts = parts, M = m, N = n, Epilogue = epilogue });
        }
    }
}
