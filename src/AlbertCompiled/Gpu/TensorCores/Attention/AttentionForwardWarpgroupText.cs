namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// The forward pass by wgmma. Weights of 16 keys at a time, of each tile of 64 queries, go into the sums while the next are computed. The sums are rescaled while no product
/// runs, and weights have registers of their own: where other instructions write what products sum in while some run, the driver's compiler may make each wait (its warning C7515).
/// </summary>
internal sealed class AttentionForwardWarpgroupText : AttentionForwardText
{
    readonly AttentionWarpgroupProducts products;

    /// <summary>A text.</summary>
    public AttentionForwardWarpgroupText(AttentionHead head, bool dropout) : base(head, dropout) => products = new(head, Line);

    /// <summary>Registers of a tile's weights as fragments.</summary>
    int FactorsOfTile => Inner / 4;

    /// <inheritdoc/>
    protected override void BeginProducts()
    {
        Line($".reg .f32 weights<{ScoresOf16 * Tiles}>;");
        Line($".reg .b32 factors<{FactorsOfTile * Tiles}>;");
        products.Begin();
    }

    /// <inheritdoc/>
    protected override void BeginQueries() { }

    /// <summary>
    /// The queries' fragments are loaded for each tile anew: ptxas of CUDA 12.4 and 13.0 take them for free after the first one's products, and write weights over them.
    /// </summary>
    protected override void Issue()
    {
        OuterFragments("qf", OuterAt);
        Line("bar.warp.sync 4294967295;");           // their place is free for the next item's
        products.BeginTile();
        products.Fence();
        for (int m = 0; m < Tiles; m++) products.Product("sc", "qf", m, 0);
        products.Commit();
    }

    /// <inheritdoc/>
    protected override void Compute()
    {
        products.Wait(0);
        Rescale();
        for (int m = 0; m < Tiles; m++)
        {
            for (int j = 0; j < Inner / 16; j++)
            {
                for (int half = 0; half < 2; half++) Weigh(2 * j + half, 2 * m, 2, "weights");
                Pack(j, m, "weights", "factors", m * FactorsOfTile / 4 + j);
                products.Fence();
                products.Accumulate("sum", m, "factors", m * FactorsOfTile + 4 * j, TileBytes, j);
            }
        }

        products.Commit();
        EndRows();
        products.Wait(0);                            // the stage is free
    }
}
