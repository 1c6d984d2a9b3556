using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>The instruction that multiplies.</summary>
internal enum ProductCompute
{
    /// <summary>mma.sync: a warp, operands in registers (sm_80).</summary>
    Warp,

    /// <summary>wgmma: four warps, operands in shared memory (sm_90a).</summary>
    Warpgroup,
}

/// <summary>What fills the tiles.</summary>
internal enum ProductLoader
{
    /// <summary>Every lane copies 16 bytes at a time (sm_80).</summary>
    Lanes,

    /// <summary>A lane orders whole boxes by tensor maps (sm_90).</summary>
    Boxes,
}

/// <summary>A form of the product's kernel: tiles of 128 rows of C.</summary>
/// <param name="Compute">The instruction.</param>
/// <param name="Loader">The loader.</param>
/// <param name="Columns">Columns of a tile of C: 128, 192, 256 or 384.</param>
/// <param name="Stages">Tiles of each operand in shared memory.</param>
/// <param name="Warps">Warps that compute.</param>
/// <param name="Resident">Groups that a multiprocessor is to hold.</param>
/// <param name="Walks">As many groups as the card holds walk over the tiles of C (<see cref="WalkingProductKernel{TTile, TEpilogue}"/>); else there is one to a tile.</param>
/// <param name="Lag">Steps of a tile's contraction by which the second half of a walking group's warps follows the first, so that one half's products hide the other's epilogue: no more than there are stages, which the first half could not pass, and few enough to leave boxes two steps to arrive in.</param>
internal sealed record ProductVariant(ProductCompute Compute, ProductLoader Loader, int Columns, int Stages, int Warps, int Resident, bool Walks = false, int Lag = 0)
{
    /// <summary>Rows of a tile of C.</summary>
    public const int Rows = 128;

    /// <summary>The variants, by name.</summary>
    public static readonly IReadOnlyList<ProductVariant> All =
    [
        new(ProductCompute.Warp, ProductLoader.Lanes, 128, 3, 4, 2),
        new(ProductCompute.Warp, ProductLoader.Lanes, 128, 2, 4, 2),
        new(ProductCompute.Warp, ProductLoader.Lanes, 128, 3, 8, 1),
        new(ProductCompute.Warp, ProductLoader.Lanes, 192, 2, 4, 2),
        new(ProductCompute.Warp, ProductLoader.Lanes, 384, 3, 8, 1),
        new(ProductCompute.Warp, ProductLoader.Boxes, 128, 3, 4, 2),
        new(ProductCompute.Warp, ProductLoader.Boxes, 192, 2, 4, 2),
        new(ProductCompute.Warp, ProductLoader.Boxes, 384, 3, 8, 1),
        new(ProductCompute.Warpgroup, ProductLoader.Lanes, 128, 3, 8, 2),
        new(ProductCompute.Warpgroup, ProductLoader.Lanes, 128, 4, 8, 1),
        new(ProductCompute.Warpgroup, ProductLoader.Boxes, 128, 3, 8, 2),
        new(ProductCompute.Warpgroup, ProductLoader.Boxes, 256, 4, 8, 1),
        new(ProductCompute.Warpgroup, ProductLoader.Boxes, 128, 6, 8, 1, Walks: true),
        new(ProductCompute.Warpgroup, ProductLoader.Boxes, 256, 4, 8, 1, Walks: true),
        new(ProductCompute.Warpgroup, ProductLoader.Boxes, 128, 6, 8, 1, Walks: true, Lag: 2),
        new(ProductCompute.Warpgroup, ProductLoader.Boxes, 256, 4, 8, 1, Walks: true, Lag: 1),
    ];

    /// <summary>For tables and files.</summary>
    public string Name => $"{(Compute == ProductCompute.Warp ? "mma" : "wgmma")}-{(Loader == ProductLoader.Lanes ? "cp" : "tma")}-128x{Columns}-s{Stages}-w{Warps}{(Walks ? "-walk" : "")}{(Lag > 0 ? $"-lag{Lag}" : "")}";

    /// <summary>Lanes that compute and run the epilogue.</summary>
    public int Workers => Warps * 32;

    /// <summary>Lanes of a group.</summary>
    public int Lanes => Workers + (HasProducer ? 32 : 0);

    /// <summary>Whether a warp of its own, behind the workers, orders boxes.</summary>
    public bool HasProducer => Loader == ProductLoader.Boxes && Compute == ProductCompute.Warpgroup;

    /// <summary>The lane that orders boxes.</summary>
    public int Orderer => HasProducer ? Workers : 0;

    /// <summary>Columns of a box along the contraction: 256 at most.</summary>
    public int BoxColumns => Columns > 256 ? Columns / 2 : Columns;

    /// <summary>Bytes of a stage: a tile of A, then one of B.</summary>
    public int StageBytes => SharedTile.Bytes(Rows) + SharedTile.Bytes(Columns);

    /// <summary>Floats from one row of the finished tile to the next: eight more than it has, so that lanes' pairs meet in no bank.</summary>
    public int ProductStride => Columns + 8;

    /// <summary>Floats from the first four of each eight columns of a row to the last four (<see cref="FinishedTile{TTile}"/>).</summary>
    public int ProductHalf => Columns / 2 + 4;

    /// <summary>Shared memory in front of the stages in which warps of a walking group hand finished rows to the epilogue.</summary>
    public int FinishedBytes => Walks ? Warps * WalkText.FinishedBytes : 0;

    /// <summary>Where the barriers of the stages lie: behind the tiles, and behind the finished one, which takes the place of the others.</summary>
    public int BarrierOffset => Math.Max(FinishedBytes + Stages * StageBytes, Walks ? 0 : Rows * ProductStride * sizeof(float));

    /// <summary>Dynamic shared memory of a group.</summary>
    public int SharedBytes => BarrierOffset + (Loader == ProductLoader.Boxes ? SharedTile.AtomBytes : 0);

    /// <summary>Tiles of C.</summary>
    public int Tiles(int m, int n) => (m + Rows - 1) / Rows * ((n + Columns - 1) / Columns);

    /// <summary>Cuts a contraction into at most so many parts of whole steps, the last of which may be shorter.</summary>
    public static (int Parts, int PerPart) Cut(int k, int parts)
    {
        int perPart = ((k + parts - 1) / parts + SharedTile.Depth - 1) / SharedTile.Depth * SharedTile.Depth;
        return ((k + perPart - 1) / perPart, perPart);
    }

    /// <summary>The variant with no more groups to a multiprocessor than its shared memory holds.</summary>
    public ProductVariant Within(int sharedBytes) => this with { Resident = Math.Clamp(sharedBytes / (SharedBytes + ProductChoice.ReservedBytes), 1, Resident) };

    /// <summary>True if a card runs it: wgmma is of PTX 8.0 on, the fence in front of a tensor map of 8.3 (the driver of CUDA 12.3).</summary>
    /// <param name="capability">Compute capability: 90 for 9.0.</param>
    /// <param name="ptx">The newest PTX that its driver takes: 83 for 8.3.</param>
    public bool RunsOn(int capability, int ptx) =>
        (Compute == ProductCompute.Warpgroup ? HopperTarget.RunsOn(capability, ptx) : capability >= 80) && (Loader == ProductLoader.Lanes || capability >= 90 && ptx >= 83);

    /// <summary>True if a card runs it.</summary>
    public bool RunsOn(CudaAccelerator card) => RunsOn(ProductChoice.Capability(card), ProductChoice.Ptx(card));
}
