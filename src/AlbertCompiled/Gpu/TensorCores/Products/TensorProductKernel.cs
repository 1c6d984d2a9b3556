using ILGPU;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// A group computes one tile of C, or one part of its contraction, on tensor cores. Its lanes hand columns of the tile to the epilogue: eight at a time if rows of C consist of such.
/// </summary>
internal struct TensorProductKernel<TTile, TEpilogue> : IGpuKernel
    where TTile : struct, IProductTile
    where TEpilogue : struct, IGpuEpilogue
{
    public TileProduct Tile;
    public TEpilogue Epilogue;

    /// <inheritdoc/>
    public readonly void Run()
    {
        if (!Tile.Run<TTile>(out int row, out int column, out int end)) return;
        var products = SharedMemory.GetDynamic<float>();
        // Lanes share rows of a power of two columns: of 192 the first 128, then 64.
        const int thirds = 3;
        if (TTile.Columns % thirds != 0)
        {
            Finish(products, row, end, column, 0, TTile.Columns);
        }
        else
        {
            Finish(products, row, end, column, 0, TTile.Columns / thirds * 2);
            Finish(products, row, end, column, TTile.Columns / thirds * 2, TTile.Columns / thirds);
        }
    }

    /// <summary>Hands columns of the tile, a power of two, to the epilogue.</summary>
    readonly void Finish(ArrayView<float> products, int row, int end, int column, int first, int columns)
    {
        int lane = Group.IdxX, perRow = columns / 8, step = TTile.Workers / perRow, c = first + lane % perRow * 8, r = lane / perRow;
        if (column + c >= Tile.N) return;
        if (Tile.N % 8 != 0)
        {
            for (; r < end; r += step)
            {
                for (int i = 0; i < 8 && column + c + i < Tile.N; i++) Epilogue.Apply(new Float1(products[FinishedTile<TTile>.At(r, c + i)]), row + r, column + c + i);
            }

            return;
        }

        // Four rows at a time, so that what their epilogues load is on its way at once.
        for (; r + 3 * step < end; r += 4 * step)
        {
            Float8 x = FinishedTile<TTile>.Load(products, r, c), y = FinishedTile<TTile>.Load(products, r + step, c);
            Float8 z = FinishedTile<TTile>.Load(products, r + 2 * step, c), w = FinishedTile<TTile>.Load(products, r + 3 * step, c);
            Epilogue.Apply(x, row + r, column + c);
            Epilogue.Apply(y, row + r + step, column + c);
            Epilogue.Apply(z, row + r + 2 * step, column + c);
            Epilogue.Apply(w, row + r + 3 * step, column + c);
        }

        for (; r < end; r += step) Epilogue.Apply(FinishedTile<TTile>.Load(products, r, c), row + r, column + c);
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
