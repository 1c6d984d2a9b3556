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

            var (row, column) = TileOrder.Of(tile, tilesM, tilesN);
            row *= rows;
            column *= TTile.Columns;
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
                    CudaAsm.Emit(WalkPartsText.Share, Parts + (ulong)(uint)(item - whole) * (ulong)(rows * TTile.Columns * 4), counter, parts);
                    Add(row, column, m, tile - whole, part, parts, rest);
                    CudaAsm.Emit(WalkPartsText.Part, counter, parts);
                }
                else
                {
                    // One after another, not in a loop: the accumulators of what has been finished are free then.
                    CudaAsm.Emit(WalkText.Leave0);
                    Finish(finished, row, m, column);
                    CudaAsm.Emit(WalkText.Leave64);
                    Finish(finished, row, m, column + 64);
                    if (TTile.Columns == 256)
                    {
                        CudaAsm.Emit(WalkText.Leave128);
                        Finish(finished, row, m, column + 128);
                        CudaAsm.Emit(WalkText.Leave192);
                        Finish(finished, row, m, column + 192);
                    }
                }
            }
        }
    }

    /// <summary>Hands 64 columns of the warp's rows to the epilogue.</summary>
    readonly void Finish(ArrayView<float> finished, int row, int m, int column) => FinishedRows.Finish(Epilogue, finished, row + Group.IdxX / 32 * 16, m, column, N);

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
            else FinishedRows.Apply(Epilogue, sum, row + r, column + c, N);
        }
    }
}
