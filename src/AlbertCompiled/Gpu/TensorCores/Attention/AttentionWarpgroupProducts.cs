namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// The products of attention's texts by wgmma: 64 outer rows, 16 of each of four warps, whose fragments lie in registers as mma.sync has them, with the rows of an inner
/// tile where they lie in shared memory. They run by themselves until they are waited for; until then nothing else may touch their sums, nor write their fragments.
/// </summary>
/// <param name="head">A head whose rows take 128 bytes of shared memory.</param>
/// <param name="line">Writes a line.</param>
internal sealed class AttentionWarpgroupProducts(AttentionHead head, Action<string> line)
{
    /// <summary>Declarations, and the lower half of the descriptor of what shared memory begins with.</summary>
    public void Begin()
    {
        line(".reg .b32 tilesAt, tilesLow, tilesHigh;");
        line(".reg .b64 tiles, right;");
        line(".reg .pred adds, clears;");
        line("and.b32 tilesAt, smem, 262143;");
        line("shr.u32 tilesAt, tilesAt, 4;");
        line($"or.b32 tilesAt, tilesAt, {SharedDescriptor.Panels};");
        line($"mov.b32 tilesHigh, {SharedDescriptor.Upper};");
        line("setp.ne.u32 adds, tilesHigh, 0;");
        line("setp.eq.u32 clears, tilesHigh, 0;");
    }

    /// <summary>Describes the tiles of the stage <c>stage</c>.</summary>
    public void BeginTile()
    {
        line("shr.u32 tilesLow, stage, 4;");
        line("add.u32 tilesLow, tilesLow, tilesAt;");
        line("mov.b64 tiles, {tilesLow, tilesHigh};");
    }

    /// <summary>Between instructions that write sums or fragments and the products that want them.</summary>
    public void Fence() => line("wgmma.fence.sync.aligned;");

    /// <summary>Closes a group of products.</summary>
    public void Commit() => line("wgmma.commit_group.sync.aligned;");

    /// <summary>Waits for all groups but the last ones.</summary>
    public void Wait(int pending) => line($"wgmma.wait_group.sync.aligned {pending};");

    /// <summary>result = outer · innerᵀ; the registers begin at a tile of outer rows.</summary>
    /// <param name="result">Scores.</param>
    /// <param name="outer">Fragments of the outer rows.</param>
    /// <param name="tile">The tile of outer rows.</param>
    /// <param name="offset">Bytes from the stage's beginning to the inner rows.</param>
    public void Product(string result, string outer, int tile, int offset)
    {
        string scores = AttentionText.List(result, tile * head.Inner / 2, head.Inner / 2);
        for (int k = 0; k < head.Steps; k++)
            Multiply(head.Inner, scores, AttentionText.List(outer, (tile * head.Steps + k) * 4, 4), offset, SharedDescriptor.Advance(k, kMajor: true), k == 0 ? "clears" : "adds", transposed: false);
    }

    /// <summary>sum += fragments of 16 inner rows · those rows.</summary>
    /// <param name="sum">Sums.</param>
    /// <param name="tile">The tile of outer rows.</param>
    /// <param name="fragments">Registers of factors.</param>
    /// <param name="first">The first of four.</param>
    /// <param name="offset">Bytes from the stage's beginning to the inner rows.</param>
    /// <param name="innerTile">Which 16 of them.</param>
    public void Accumulate(string sum, int tile, string fragments, int first, int offset, int innerTile) =>
        Multiply(
            head.Columns, AttentionText.List(sum, tile * head.Columns / 2, head.Columns / 2), AttentionText.List(fragments, first, 4), offset,
            SharedDescriptor.Advance(innerTile, kMajor: false), "adds", transposed: true);

    void Multiply(int columns, string sums, string fragments, int offset, uint advance, string scale, bool transposed)
    {
        uint behind = (uint)(offset >> 4) + advance;
        if (behind > 0) line($"add.u64 right, tiles, {behind};");
        line($"wgmma.mma_async.sync.aligned.m64n{columns}k16.f32.bf16.bf16 {sums}, {fragments}, {(behind > 0 ? "right" : "tiles")}, {scale}, 1, 1, {(transposed ? 1 : 0)};");
    }
}
