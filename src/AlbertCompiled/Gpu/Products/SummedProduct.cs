using AlbertCompiled.Gpu.TensorCores;
using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// A <see cref="MatrixProduct{T, TLayout, TEpilogue}"/> of whose result the columns are summed, over each chunk of <see cref="ArenaPlan.ChunkRows"/> rows: on tensor cores by the lanes of the
/// epilogue, which have the elements at hand, else by a kernel that reads them again.
/// </summary>
/// <typeparam name="T">Element of A, B and the result.</typeparam>
/// <typeparam name="TLayout">Transposes.</typeparam>
/// <typeparam name="TEpilogue">Consumes the elements of C.</typeparam>
public sealed class SummedProduct<T, TLayout, TEpilogue>
    where T : unmanaged, IElement<T>
    where TLayout : struct, IProductLayout
    where TEpilogue : struct, IGpuSummedEpilogue
{
    readonly MatrixProduct<T, TLayout, Summed<TEpilogue>> product;
    readonly TensorSums<TLayout, TEpilogue> tensor;
    readonly GpuRows<ChunkSums<T>, Float8>? packs;
    readonly GpuRows<ChunkSums<T>, Float1>? columns;

    /// <summary>A product of <paramref name="n"/> columns for <paramref name="device"/>; its kernels are compiled when first launched.</summary>
    public SummedProduct(GpuDevice device, int n)
    {
        product = new(device);
        tensor = new(device);
        if (n % Float8.Count == 0) packs = new(device, n);
        else columns = new(device, n);
    }

    /// <summary>Queues the product and the sums (see <see cref="MatrixProduct{T, TLayout, TEpilogue}.Launch"/>).</summary>
    /// <param name="a">[m, k], or [k, m] if the layout transposes it.</param>
    /// <param name="b">[k, n], or [n, k] if the layout transposes it.</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Length of the contraction.</param>
    /// <param name="epilogue">Consumes the elements of C.</param>
    /// <param name="result">Where it stores what it returns.</param>
    /// <param name="partials">Receives the sums: [chunks, n].</param>
    public void Launch(Operand<T> a, Operand<T> b, Extent m, int n, Extent k, in TEpilogue epilogue, Operand<T> result, ArrayView<float> partials)
    {
        var summed = new Summed<TEpilogue>(epilogue, partials);
        if (product.Tensor is { } products && tensor.TryLaunch(products, TensorOperand.Of(a), TensorOperand.Of(b), m, n, k, summed)) return;
        product.Launch(a, b, m, n, k, summed);
        var sums = new ChunkSums<T>(result.Values, result.Stride, n, partials);
        packs?.LaunchBlocks(m, sums);
        columns?.LaunchBlocks(m, sums);
    }
}
