namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// The forward pass by wgmma. A group's two tiles of 64 queries take turns: while the softmax of one is computed, the other's scores or values are multiplied.
/// </summary>
internal sealed class AttentionForwardWarpgroupText : AttentionForwardText
{
    readonly AttentionWarpgroupProducts products;

    /// <summary>A text.</summary>
    public AttentionForwardWarpgroupText(AttentionHead head, bool dropout) : base(head, dropout) => products = new(head, Line);

    /// <summary>Registers of a tile's weights as fragments.</summary>
    int WeightsOfTile => Inner / 4;

    /// <inheritdoc/>
    protected override void BeginProducts()
    {
        Line($".reg .b32 weights<{WeightsOfTile * Tiles}>;");
        products.Begin();
    }

    /// <inheritdoc/>
    protected override void Issue()
    {
        products.BeginTile();
        products.Fence();
        for (int m = 0; m < Tiles; m++)
        {
            products.Product("sc", "qf", m, 0);
            products.Commit();
        }
    }

    /// <inheritdoc/>
    protected override void Compute()
    {
        for (int m = 0; m < Tiles; m++)
        {
            products.Wait(Tiles - 1);                // what later tiles have left of their scores, and earlier ones of their values
            MaskEnd(2 * m, 2, $"AT_WHOLE_{m}");
            Rescale(2 * m, 2, $"AT_SCALED_{m}");
            for (int j = 0; j < Inner / 16; j++)
            {
                for (int half = 0; half < 2; half++) Weigh(2 * j + half, 2 * m, 2);
                Pack(j, m, "weights", m * WeightsOfTile / 4 + j);
                products.Fence();
                products.Accumulate("sum", m, "weights", m * WeightsOfTile + 4 * j, TileBytes, j);
            }

            products.Commit();
        }

        EndRows();
        products.Wait(0);                            // the stage is free
    }
}
