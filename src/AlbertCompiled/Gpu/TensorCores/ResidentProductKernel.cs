using ILGPU;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// Groups compute tile after tile of C, or of one part of its contraction, on tensor cores. Texts stand at the markers (<see cref="ResidentText"/>); each warp hands
/// its 16 rows of the tile to the epilogue on its own.
/// </summary>
internal struct ResidentProductKernel<TTile, TEpilogue> : IGpuKernel
    where TTile : struct, IProductTile
    where TEpilogue : struct, IGpuEpilogue
{
    public ulong A, B;
    public int N, KPerPart;

    /// <summary>Where the warps' shared memory begins, in floats.</summary>
    public int Staging;
    public Extent M, K;
    public TEpilogue Epilogue;

    /// <inheritdoc/>
    public readonly void Run()
    {
        const int rows = ProductVariant.Rows, packs = ResidentText.StagedColumns / 8, perPass = 32 / packs;
        var products = SharedMemory.GetDynamic<float>();
        int m = M.Actual, k = K.Actual, lane = Group.IdxX, warp = lane / 32, pack = lane % packs;
        int tilesM = (m + rows - 1) / rows, tilesN = (N + TTile.Columns - 1) / TTile.Columns;
        int first = Grid.IdxZ * KPerPart, last = k - first < KPerPart ? k : first + KPerPart;
        CudaAsm.Emit(ProductText.BeginMarker, A, B);
        for (int tile = Grid.IdxX; tile < tilesM * tilesN; tile += Grid.DimX)
        {
            int row = TileOrder.Row(tile, tilesM, tilesN) * rows, column = TileOrder.Column(tile, tilesM, tilesN) * TTile.Columns;
            if (lane >= TTile.Workers)
            {
                CudaAsm.Emit(ProductText.LoadMarker, row, column, first, last);
            }
            else
            {
                CudaAsm.Emit(ProductText.MultiplyMarker, first, last);
                for (int part = 0; part < TTile.Columns / ResidentText.StagedColumns; part++)
                {
                    CudaAsm.Emit(ProductText.StageMarker, part);
                    int c = column + part * ResidentText.StagedColumns + pack * 8;
                    for (int r = lane % 32 / packs; r < ResidentText.WarpRows; r += perPass)
                    {
                        int at = Staging + (warp * ResidentText.WarpRows + r) * ResidentText.RowFloats + pack * 4, i = row + warp * ResidentText.WarpRows + r;
                        if (i >= m || c >= N) continue;
                        if (N % 8 == 0)
                        {
                            Epilogue.Apply(Pack(products.Cast<Float4>(), at / 4), i, c);
                        }
                        else
                        {
                            for (int j = 0; j < 8 && c + j < N; j++) Epilogue.Apply(new Float1(products[at + (j < 4 ? j : ResidentText.SecondHalf - 4 + j)]), i, c + j);
                        }
                    }

                    CudaAsm.Emit("bar.warp.sync 0xffffffff;");
                }
            }
        }
    }

    static Float8 Pack(ArrayView<Float4> products, int at)
    {
        Float4 x = products[at], y = products[at + ResidentText.SecondHalf / 4];
        return new(x.X, x.Y, x.Z, x.W, y.X, y.Y, y.Z, y.W);
    }
}
