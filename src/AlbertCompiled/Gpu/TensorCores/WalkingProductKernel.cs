using ILGPU;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// A group walks over tiles of C, as many apart as there are groups; if the contraction is cut, over all tiles' first parts, then their second ones, whose sums are handed on. A warp loads ahead by tensor maps, into the next tile
/// while the others are at the last one's end; those multiply on tensor cores, and each hands its 16 rows, 64 columns at a time, to the epilogue through
/// shared memory of its own, so that no warp waits for another. Texts stand at the markers (<see cref="WalkText"/>).
/// </summary>
internal struct WalkingProductKernel<TTile, TEpilogue> : IGpuKernel
    where TTile : struct, IProductTile
    where TEpilogue : struct, IGpuEpilogue
{
    public ulong A, B, Sums, Turns;
    public int N, Parts, KPerPart;
    public Extent M, K;
    public TEpilogue Epilogue;

    /// <inheritdoc/>
    public readonly void Run()
    {
        const int rows = ProductVariant.Rows;
        var finished = SharedMemory.GetDynamic<float>();
        int lane = Group.IdxX, m = M.Actual, k = K.Actual, tilesM = (m + rows - 1) / rows, tilesN = (N + TTile.Columns - 1) / TTile.Columns, tiles = tilesM * tilesN;
        CudaAsm.Emit(WalkText.Begin, A, B);
        for (int item = Grid.IdxX; item < tiles * Parts; item += Grid.DimX)
        {
            int part = item / tiles, tile = item - part * tiles, first = part * KPerPart, last = k - first < KPerPart ? k : first + KPerPart;
            int row = TileOrder.Row(tile, tilesM, tilesN) * rows, column = TileOrder.Column(tile, tilesM, tilesN) * TTile.Columns;
            if (lane >= TTile.Workers)
            {
                CudaAsm.Emit(WalkText.Load, A, B, row, column, first, last);
            }
            else
            {
                CudaAsm.Emit(WalkText.Multiply, first, last);
                if (Parts > 1)
                {
                    CudaAsm.Emit(WalkText.Join, Sums, Turns, part, Parts - 1, tile);
                    if (part < Parts - 1) continue;
                }

                for (int chunk = 0; chunk < TTile.Columns / WalkText.FinishedColumns; chunk++)
                {
                    CudaAsm.Emit(WalkText.Leave, chunk);
                    Finish(finished, row + lane / 32 * 16, m, column + chunk * WalkText.FinishedColumns);
                }
            }
        }
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
                if (row + 4 * i >= m) break;
                for (int j = 0; j < 8; j++)
                {
                    if (column + j < N) Epilogue.Apply(new Float1(finished[(j < 4 ? at : second) * 4 + i * WarpRows.FourRows * 4 + j % 4]), row + 4 * i, column + j);
                }
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
