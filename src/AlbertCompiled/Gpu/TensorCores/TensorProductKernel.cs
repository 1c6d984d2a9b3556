using ILGPU;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// A group computes one tile of C, or one part of its contraction, on tensor cores. The main loop is text put in at the marker
/// (<see cref="ProductText"/>); it leaves the tile in shared memory, from where lanes hand columns to the epilogue: eight at a time if rows of C consist of such.
/// </summary>
internal struct TensorProductKernel<TTile, TEpilogue> : IGpuKernel
    where TTile : struct, IProductTile
    where TEpilogue : struct, IGpuEpilogue
{
    public ulong A, B;
    public int StrideA, StrideB, N, KPerPart;
    public Extent M, K;
    public TEpilogue Epilogue;

    /// <inheritdoc/>
    public readonly void Run()
    {
        const int rows = ProductVariant.Rows;
        var products = SharedMemory.GetDynamic<float>();
        int m = M.Actual, k = K.Actual;
        int tilesM = (m + rows - 1) / rows, tilesN = (N + TTile.Columns - 1) / TTile.Columns;
        if (Grid.IdxX >= tilesM * tilesN) return;
        int row = TileOrder.Row(Grid.IdxX, tilesM, tilesN) * rows, column = TileOrder.Column(Grid.IdxX, tilesM, tilesN) * TTile.Columns;
        int first = Grid.IdxZ * KPerPart, last = k - first < KPerPart ? k : first + KPerPart;
        CudaAsm.Emit(ProductText.Marker, A, B, row, column, first, last, m, N, StrideA, StrideB);
        Group.Barrier();
        int perRow = TTile.Columns / 8, lane = Group.IdxX;
        if (lane >= TTile.Workers) return;
        int c = lane % perRow * 8;
        if (column + c >= N) return;
        for (int r = lane / perRow; r < rows; r += TTile.Workers / perRow)
        {
            if (row + r >= m) return;
            int at = r * (TTile.Columns + 8) + c;
            if (N % 8 == 0)
            {
                Epilogue.Apply(Float8.Load(products, at), row + r, column + c);
            }
            else
            {
                for (int i = 0; i < 8 && column + c + i < N; i++) Epilogue.Apply(new Float1(products[at + i]), row + r, column + c + i);
            }
        }
    }
}

/// <summary>Adds the parts in order and hands the sums to the epilogue: a lane for eight columns of a row.</summary>
internal struct TensorSumKernel<TEpilogue> : IGpuKernel where TEpilogue : struct, IGpuEpilogue
{
    public ArrayView<float> Products;
    public int Parts, Stride, N;
    public Extent M;
    public TEpilogue Epilogue;

    /// <inheritdoc/>
    public readonly void Run()
    {
        int index = Grid.IdxX * Group.DimX + Group.IdxX, packs = Stride / 8, row = index / packs, column = index % packs * 8, first = row * Stride + column;
        if (row >= M.Actual) return;
        int part = M.Most * Stride;
        if (N % 8 == 0)
        {
            Float8 sum = 0f;
            for (int p = 0; p < Parts; p++) sum += Float8.Load(Products, p * part + first);
            Epilogue.Apply(sum, row, column);
            return;
        }

        for (int i = 0; i < 8 && column + i < N; i++)
        {
            float sum = 0f;
            for (int p = 0; p < Parts; p++) sum += Products[p * part + first + i];
            Epilogue.Apply(new Float1(sum), row, column + i);
        }
    }
}
