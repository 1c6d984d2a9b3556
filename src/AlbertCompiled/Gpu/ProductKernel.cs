using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// A group computes one tile of C from slices of A and B in shared memory. The finished tile goes through shared memory to the
/// epilogue, whose code then stands in one short loop, with neighbouring lanes at neighbouring columns.
/// </summary>
internal struct ProductKernel<TLayout, TBlock, TEpilogue> : IGpuKernel
    where TLayout : struct, IProductLayout
    where TBlock : struct, IBlock
    where TEpilogue : struct, IGpuEpilogue
{
    public ArrayView<float> A, B;
    public int StrideA, StrideB, M, N, K;
    public TEpilogue Epilogue;

    /// <inheritdoc/>
    public readonly void Run()
    {
        int stride = TBlock.Tile + Tile.Padding, row = Grid.IdxY * TBlock.Tile, column = Grid.IdxX * TBlock.Tile;
        var tile = SharedMemory.Allocate<float>(64 * 68);
        var a = tile.SubView(0, Tile.Depth * stride);
        var b = tile.SubView(Tile.Depth * stride, Tile.Depth * stride);
        var block = default(TBlock);
        for (int k = 0; k < K; k += Tile.Depth)
        {
            if (TLayout.TransposeA) Tile.LoadColumns<TBlock>(a, A, StrideA, k, K, row, M);
            else Tile.LoadRows<TBlock>(a, A, StrideA, row, M, k, K);
            if (TLayout.TransposeB) Tile.LoadRows<TBlock>(b, B, StrideB, column, N, k, K);
            else Tile.LoadColumns<TBlock>(b, B, StrideB, k, K, column, N);
            Group.Barrier();
            block.MultiplyAdd(tile, 0, tile, Tile.Depth);
            Group.Barrier();
        }

        block.Merge(tile, default(Overwrite));
        Group.Barrier();
        for (int e = Group.IdxX; e < TBlock.Tile * TBlock.Tile; e += TBlock.Lanes)
        {
            int i = e / TBlock.Tile, j = e % TBlock.Tile;
            if (row + i < M && column + j < N) Epilogue.Apply(tile[i * stride + j], row + i, column + j);
        }
    }
}
