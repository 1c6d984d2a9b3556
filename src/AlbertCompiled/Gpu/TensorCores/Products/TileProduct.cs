using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// What a group multiplies that has one tile of C, or one part of its contraction. The main loop is text put in at the marker (<see cref="ProductText"/>); it leaves the tile in
/// shared memory (<see cref="FinishedTile{TTile}"/>).
/// </summary>
internal struct TileProduct
{
    public ulong A, B;
    public int StrideA, StrideB, N, KPerPart;
    public Extent M, K;

    /// <summary>The product of a launch; addresses are of tensor maps if boxes load.</summary>
    public static TileProduct Of(TensorOperand a, TensorOperand b, Extent m, int n, Extent k, int perPart) => new()
    {
        A = a.Address,
        B = b.Address,
        StrideA = a.Stride,
        StrideB = b.Stride,
        N = n,
        KPerPart = perPart,
        M = m,
        K = k,
    };

    /// <summary>Multiplies.</summary>
    /// <param name="row">The tile's first row of C.</param>
    /// <param name="column">Its first column.</param>
    /// <param name="rows">How many rows of it C has.</param>
    /// <returns>Whether the calling lane is to hand elements of the tile to the epilogue.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Run<TTile>(out int row, out int column, out int rows) where TTile : struct, IProductTile
    {
        int m = M.Actual, k = K.Actual;
        int tilesM = (m + ProductVariant.Rows - 1) / ProductVariant.Rows, tilesN = (N + TTile.Columns - 1) / TTile.Columns;
        (row, column, rows) = (0, 0, 0);
        if (Grid.IdxX >= tilesM * tilesN) return false;
        (row, column) = TileOrder.Of(Grid.IdxX, tilesM, tilesN);
        row *= ProductVariant.Rows;
        column *= TTile.Columns;
        rows = m - row < ProductVariant.Rows ? m - row : ProductVariant.Rows;
        int first = Grid.IdxZ * KPerPart, last = k - first < KPerPart ? k : first + KPerPart;
        CudaAsm.Emit(ProductText.Marker, A, B, row, column, first, last, m, N, StrideA, StrideB);
        Group.Barrier();
        return Group.IdxX < TTile.Workers;
    }
}
