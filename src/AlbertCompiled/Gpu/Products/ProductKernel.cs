using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// A group computes one tile of C, or one part of its contraction, from slices of A and B in shared memory. The finished tile goes through shared memory to the
/// epilogue, whose code then stands in one short loop, with neighbouring lanes at neighbouring columns. Tiles are numbered along the grid's first axis, row by row of
/// tiles: the others end at 65535.
/// </summary>
internal struct ProductKernel<T, TLayout, TBlock, TEpilogue> : IGpuKernel
    where T : unmanaged, IElement<T>
    where TLayout : struct, IProductLayout
    where TBlock : struct, IBlock
    where TEpilogue : struct, IGpuEpilogue
{
    public Operand<T> A, B;
    public Extent M, K;
    public int N, KPerPart;
    public TEpilogue Epilogue;

    /// <inheritdoc/>
    public readonly void Run()
    {
        int stride = TBlock.Tile + Tile.Padding, columns = (N + TBlock.Tile - 1) / TBlock.Tile, m = M.Actual, k1 = K.Actual;
        int row = Grid.IdxX / columns * TBlock.Tile, column = Grid.IdxX % columns * TBlock.Tile;
        if (row >= m) return;
        var tile = SharedMemory.Allocate<float>(64 * 68);
        var a = tile.SubView(0, Tile.Depth * stride);
        var b = tile.SubView(Tile.Depth * stride, Tile.Depth * stride);
        var block = default(TBlock);
        int first = Grid.IdxZ * KPerPart, last = k1 - first < KPerPart ? k1 : first + KPerPart;
        for (int k = first; k < last; k += Tile.Depth)
        {
            if (TLayout.TransposeA) Tile.LoadColumns<T, TBlock>(a, A.Values, A.Stride, k, last, row, m);
            else Tile.LoadRows<T, TBlock>(a, A.Values, A.Stride, row, m, k, last);
            if (TLayout.TransposeB) Tile.LoadRows<T, TBlock>(b, B.Values, B.Stride, column, N, k, last);
            else Tile.LoadColumns<T, TBlock>(b, B.Values, B.Stride, k, last, column, N);
            Group.Barrier();
            block.MultiplyAdd(tile, 0, tile, Tile.Depth);
            Group.Barrier();
        }

        block.Merge(tile, default(Overwrite));
        Group.Barrier();
        for (int e = Group.IdxX; e < TBlock.Tile * TBlock.Tile; e += TBlock.Lanes)
        {
            int i = e / TBlock.Tile, j = e % TBlock.Tile;
            if (row + i < m && column + j < N) Epilogue.Apply(new Float1(tile[i * stride + j]), row + i, column + j);
        }
    }
}

/// <summary>Keeps the products of a part of the contraction: [parts, M, N].</summary>
internal struct PartialProduct : IGpuEpilogue
{
    public ArrayView<float> Products;
    public int M, N;

    /// <inheritdoc/>
    public readonly void Apply<V>(V product, int row, int column) where V : struct, IPack<V> => V.Store(Products, (Grid.IdxZ * M + row) * N + column, product);
}

/// <summary>Adds the parts in order and hands the sums to the epilogue: a group for a piece of a row.</summary>
internal struct ProductSumKernel<TEpilogue> : IGpuKernel where TEpilogue : struct, IGpuEpilogue
{
    public ArrayView<float> Products;
    public Extent M;
    public int Parts, N;
    public TEpilogue Epilogue;

    /// <inheritdoc/>
    public readonly void Run()
    {
        int row = Grid.IdxY, column = Grid.IdxX * Group.DimX + Group.IdxX;
        if (column >= N || row >= M.Actual) return;
        float sum = 0f;
        for (int p = 0; p < Parts; p++) sum += Products[(p * M.Most + row) * N + column];
        Epilogue.Apply(new Float1(sum), row, column);
    }
}
