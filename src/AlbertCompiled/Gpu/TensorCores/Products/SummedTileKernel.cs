using ILGPU;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// A <see cref="TensorProductKernel{TTile, TEpilogue}"/> in one part that sums columns: a warp takes the rows of a chunk, so that each lane adds up its columns of them, and
/// leaves a row of sums.
/// </summary>
internal struct SummedTileKernel<TTile, TEpilogue> : IGpuKernel
    where TTile : struct, IProductTile
    where TEpilogue : struct, IGpuSummedEpilogue
{
    const int Lanes = 32;       // of a warp

    public TileProduct Tile;
    public Summed<TEpilogue> Epilogue;

    /// <inheritdoc/>
    public readonly void Run()
    {
        const int chunkRows = ArenaPlan.ChunkRows;
        if (!Tile.Run<TTile>(out int row, out int column, out int end)) return;
        var products = SharedMemory.GetDynamic<float>();
        int lane = Group.IdxX % Lanes, perRow = TTile.Columns / 8, c = lane % perRow * 8;
        for (int chunk = Group.IdxX / Lanes; chunk * chunkRows < end; chunk += TTile.Workers / Lanes)
        {
            int until = end < (chunk + 1) * chunkRows ? end : (chunk + 1) * chunkRows;
            var sum = column + c < Tile.N ? Finish(products, row, chunk * chunkRows + lane / perRow, until, column, c) : 0f;
            if (perRow < Lanes) sum = BesideRow(sum, perRow);
            if (lane < perRow && column + c < Tile.N) Float8.Store(Epilogue.Partials, (row / chunkRows + chunk) * Tile.N + column + c, sum);
        }
    }

    /// <summary>Hands a lane's eight columns of a chunk to the epilogue and sums what it stores.</summary>
    readonly Float8 Finish(ArrayView<float> products, int row, int r, int end, int column, int c)
    {
        const int step = Lanes * 8;
        int rows = step / TTile.Columns;
        Float8 sum = 0f;
        // Four rows at a time, so that what their epilogues load is on its way at once.
        for (; r + 3 * rows < end; r += 4 * rows)
        {
            Float8 x = FinishedTile<TTile>.Load(products, r, c), y = FinishedTile<TTile>.Load(products, r + rows, c);
            Float8 z = FinishedTile<TTile>.Load(products, r + 2 * rows, c), w = FinishedTile<TTile>.Load(products, r + 3 * rows, c);
            x = Epilogue.Value(x, row + r, column + c);
            y = Epilogue.Value(y, row + r + rows, column + c);
            z = Epilogue.Value(z, row + r + 2 * rows, column + c);
            w = Epilogue.Value(w, row + r + 3 * rows, column + c);
            sum = sum + x + y + z + w;
        }

        for (; r < end; r += rows) sum += Epilogue.Value(FinishedTile<TTile>.Load(products, r, c), row + r, column + c);
        return sum;
    }

    /// <summary>The sum with that of the lanes that have the same columns of the row beside it.</summary>
    static Float8 BesideRow(Float8 sum, int lanes) => sum + new Float8(
        Warp.ShuffleXor(sum.A, lanes), Warp.ShuffleXor(sum.B, lanes), Warp.ShuffleXor(sum.C, lanes), Warp.ShuffleXor(sum.D, lanes),
        Warp.ShuffleXor(sum.E, lanes), Warp.ShuffleXor(sum.F, lanes), Warp.ShuffleXor(sum.G, lanes), Warp.ShuffleXor(sum.H, lanes));
}
