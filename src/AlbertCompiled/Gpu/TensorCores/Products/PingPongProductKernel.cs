using ILGPU;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// A group goes from tile to tile of C, as many apart as there are groups, and its two warpgroups take them in turn: while one is at a tile's end, the other's products keep the
/// tensor cores busy. A warp loads ahead by tensor maps. Each warp hands its rows to the epilogue through shared memory of its own, 16 rows of 64 columns at once; which
/// accumulators those are the text knows, so that their registers are the epilogue's. Rows of C consist of packs of eight. Texts stand at the markers (<see cref="WalkText"/>).
/// </summary>
internal struct PingPongProductKernel<TEpilogue> : IGpuKernel where TEpilogue : struct, IGpuEpilogue
{
    public ulong A, B;
    public int N;
    public Extent M, K;
    public TEpilogue Epilogue;

    /// <inheritdoc/>
    public readonly void Run()
    {
        const int rows = ProductVariant.Rows, columns = 128, workers = 256, team = workers / 2, half = rows / 2, chunk = WalkText.FinishedColumns;
        var finished = SharedMemory.GetDynamic<float>();
        int lane = Group.IdxX, m = M.Actual, k = K.Actual, tilesM = (m + rows - 1) / rows, tilesN = (N + columns - 1) / columns, tiles = tilesM * tilesN;
        int groups = Grid.DimX, turn = lane / team, stride = lane < workers ? 2 * groups : groups;
        int first = Grid.IdxX + (turn == 1 ? groups : 0);
        CudaAsm.Emit(WalkText.Begin, A, B);
        for (int tile = first; tile < tiles; tile += stride)
        {
            int row = TileOrder.Row(tile, tilesM, tilesN) * rows, column = TileOrder.Column(tile, tilesM, tilesN) * columns;
            if (lane >= workers)
            {
                CudaAsm.Emit(WalkText.Load, A, B, row, column, 0, k);
            }
            else
            {
                if (tile != Grid.IdxX) CudaAsm.Emit(PingPongText.Skip, 0, k);
                CudaAsm.Emit(WalkText.Multiply, 0, k);
                row += lane % team / 32 * 16;
                CudaAsm.Emit(PingPongText.Leave0);
                FinishedRows.FinishPacks(Epilogue, finished, row, m, column, N);
                CudaAsm.Emit(PingPongText.Leave1);
                FinishedRows.FinishPacks(Epilogue, finished, row, m, column + chunk, N);
                CudaAsm.Emit(PingPongText.Leave2);
                FinishedRows.FinishPacks(Epilogue, finished, row + half, m, column, N);
                CudaAsm.Emit(PingPongText.Leave3);
                FinishedRows.FinishPacks(Epilogue, finished, row + half, m, column + chunk, N);
            }
        }
    }
}
