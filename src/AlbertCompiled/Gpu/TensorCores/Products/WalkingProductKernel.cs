using ILGPU;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// A group walks over tiles of C, as many apart as there are groups. A warp loads ahead by tensor maps, into the next tile while the others are at the last one's end;
/// those multiply on tensor cores, and each hands its 16 rows, 64 columns at a time, to the epilogue through shared memory of its own, so that no warp waits for another.
/// Tiles that do not go round are cut along the contraction, so that all groups have their share; their sums are shared out likewise, and taken in the order of the
/// parts. Texts stand at the markers (<see cref="WalkText"/>).
/// </summary>
internal struct WalkingProductKernel<TTile, TEpilogue> : IGpuKernel
    where TTile : struct, IProductTile
    where TEpilogue : struct, IGpuEpilogue
{
    public ulong A, B, Parts, Counters;
    public int N;
    public Extent M, K;
    public TEpilogue Epilogue;

    /// <inheritdoc/>
    public readonly void Run()
    {
        const int rows = ProductVariant.Rows, depth = SharedTile.Depth;
        var finished = SharedMemory.GetDynamic<float>();
        int lane = Group.IdxX, m = M.Actual, k = K.Actual, tilesM = (m + rows - 1) / rows, tilesN = (N + TTile.Columns - 1) / TTile.Columns, tiles = tilesM * tilesN;
        int groups = Grid.DimX, whole = tiles / groups * groups, rest = tiles - whole, steps = (k + depth - 1) / depth;
        int parts = WalkingParts.Of(rest, groups, steps), perPart = (steps + parts - 1) / parts * depth;
        CudaAsm.Emit(WalkText.Begin, A, B);
        for (int item = Grid.IdxX; item < whole + rest * parts; item += groups)
        {
            int tile = item, part = 0, first = 0, last = k;
            if (item >= whole && parts > 1)
            {
                part = (item - whole) / rest;
                tile = item - part * rest;
                first = part * perPart;
                last = k - first < perPart ? k : first + perPart;
            }

            int row = TileOrder.Row(tile, tilesM, tilesN) * rows, column = TileOrder.Column(tile, tilesM, tilesN) * TTile.Columns;
            if (lane >= TTile.Workers)
            {
                CudaAsm.Emit(WalkText.Load, A, B, row, column, first, last);
            }
            else
            {
                CudaAsm.Emit(WalkText.Multiply, first, last);
                if (item >= whole && parts > 1)
                {
                    ulong counter = Counters + (ulong)(uint)(tile - whole) * 4;
                    CudaAsm.Emit(WalkText.Share, Parts + (ulong)(uint)(item - whole) * (ulong)(rows * TTile.Columns * 4), counter, parts);
                    Add(row, column, m, tile - whole, part, parts, rest);
                    CudaAsm.Emit(WalkText.Part, counter, parts);
                }
                else
                {
                    for (int chunk = 0; chunk < TTile.Columns; chunk += WalkText.FinishedColumns)
                    {
                        CudaAsm.Emit(WalkText.Leave, chunk);
                        Finish(finished, row + lane / 32 * 16, m, column + chunk);
                    }
                }
            }
        }
    }

    /// <summary>Adds the parts of a tile and hands the sums to the epilogue: each part's lanes have some rows.</summary>
    readonly void Add(int row, int column, int m, int tile, int part, int parts, int rest)
    {
        const int rows = ProductVariant.Rows;
        int packs = TTile.Columns / 8;
        ulong next = (ulong)(uint)(rest * rows * TTile.Columns) * 4;
        for (int pack = part * TTile.Workers + Group.IdxX; pack < rows * packs; pack += parts * TTile.Workers)
        {
            int r = pack / packs, c = pack % packs * 8, q = 0;
            Float8 sum = 0f;
            ulong at = Parts + (ulong)(uint)((tile * rows + r) * TTile.Columns + c) * 4;
            for (; q + 3 < parts; q += 4, at += 4 * next)
            {
                Float8 x = CoherentMemory.Load(at), y = CoherentMemory.Load(at + next), z = CoherentMemory.Load(at + 2 * next), w = CoherentMemory.Load(at + 3 * next);
                sum = sum + x + y + z + w;
            }

            for (; q < parts; q++, at += next) sum += CoherentMemory.Load(at);
            if (row + r >= m || column + c >= N) continue;
            if (N % 8 == 0) Epilogue.Apply(sum, row + r, column + c);
            else Apply(sum, row + r, column + c);
        }
    }

    /// <summary>Eight columns one by one, as far as there are so many.</summary>
    readonly void Apply(Float8 sum, int row, int column)
    {
        Epilogue.Apply(new Float1(sum.A), row, column);
        if (column + 1 < N) Epilogue.Apply(new Float1(sum.B), row, column + 1);
        if (column + 2 < N) Epilogue.Apply(new Float1(sum.C), row, column + 2);
        if (column + 3 < N) Epilogue.Apply(new Float1(sum.D), row, column + 3);
        if (column + 4 < N) Epilogue.Apply(new Float1(sum.E), row, column + 4);
        if (column + 5 < N) Epilogue.Apply(new Float1(sum.F), row, column + 5);
        if (column + 6 < N) Epilogue.Apply(new Float1(sum.G), row, column + 6);
        if (column + 7 < N) Epilogue.Apply(new Float1(sum.H), row, column + 7);
    }

    /// <summary>Hands 16 rows of 64 columns to the epilogue: a lane has eight columns of four rows.</summary>
    readonly void Finish(ArrayView<float> finished, int row, int m, int column)
    {
        int lane = Group.IdxX, r = lane % 32 / 8, c = lane % 8, at = WarpRows.First(lane / 32, r, c), second = WarpRows.Second(lane / 32, r, c);
        column += c * 8;
        row += r;
        if (N % 8 != 0)
        {
            for (int i = 0; i < 4; i++)
            {
                if (row + 4 * i < m && column < N) Apply(WarpRows.Load(finished, at + i * WarpRows.FourRows, second + i * WarpRows.FourRows), row + 4 * i, column);
            }
        }
        else if (column < N)
        {
            // All at once where they exist, so that what their epilogues load is on its way at once.
            Float8 x = WarpRows.Load(finished, at, second), y = WarpRows.Load(finished, at + WarpRows.FourRows, second + WarpRows.FourRows);
            Float8 z = WarpRows.Load(finished, at + 2 * WarpRows.FourRows, second + 2 * WarpRows.FourRows), w = WarpRows.Load(finished, at + 3 * WarpRows.FourRows, second + 3 * WarpRows.FourRows);
            if (row + 12 < m)
            {
                Epilogue.Apply(x, row, column);
                Epilogue.Apply(y, row + 4, column);
                Epilogue.Apply(z, row + 8, column);
                Epilogue.Apply(w, row + 12, column);
            }
            else
            {
                if (row < m) Epilogue.Apply(x, row, column);
                if (row + 4 < m) Epilogue.Apply(y, row + 4, column);
                if (row + 8 < m) Epilogue.Apply(z, row + 8, column);
            }
        }
    }
}

/// <summary>
/// Where 16 rows of 64 finished columns of a warp lie in shared memory, in units of 16 bytes: of each eight columns the first four lie in the row's first half, the last
/// four in its second, and the eights of a half are exchanged by row and half. So lanes that read or write at once meet in no bank.
/// </summary>
internal static class WarpRows
{
    /// <summary>Units from a row to the fourth after it, which is exchanged alike.</summary>
    public const int FourRows = 64;

    /// <summary>The first four columns of the c-th eight of row r.</summary>
    public static int First(int warp, int r, int c) => warp * 256 + r * 16 + (c ^ r % 4 * 2);

    /// <summary>The last four.</summary>
    public static int Second(int warp, int r, int c) => warp * 256 + r * 16 + 8 + (c ^ r % 4 * 2 ^ 1);

    /// <summary>Eight columns.</summary>
    public static Float8 Load(ArrayView<float> finished, int first, int second)
    {
        var fours = finished.Cast<Float4>();
        Float4 x = fours[first], y = fours[second];
        return new(x.X, x.Y, x.Z, x.W, y.X, y.Y, y.Z, y.W);
    }
}
