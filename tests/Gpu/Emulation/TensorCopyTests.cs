using Xunit;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>Bulk copies of boxes by tensor maps.</summary>
public sealed class TensorCopyTests
{
    const string Body = """
        .shared .align 8 .b8 full[8]; .reg .b32 base, at, v<4>, i; .reg .pred p, q; .reg .b64 x; setp.eq.u32 q, t, 0;
        mov.u32 base, dynamic; add.u32 base, base, 1023; and.b32 base, base, -1024;
        @q mbarrier.init.shared::cta.b64 [full], 1; @q fence.mbarrier_init.release.cluster; bar.sync 0;
        @q mbarrier.arrive.expect_tx.shared::cta.b64 _, [full], {bytes};
        @q cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [base], [a0, {{x}, {y}}], [full];
        {wait}
        mov.u32 i, t;
        L: mad.lo.u32 at, i, 16, base; ld.shared.v4.u32 {v0,v1,v2,v3}, [at]; mad.wide.u32 x, i, 16, a1; st.global.v4.u32 [x], {v0,v1,v2,v3};
        add.u32 i, i, 64; setp.lt.u32 p, i, 128; @p bra L;
        """;

    const string Wait = "WAIT: mbarrier.try_wait.parity.shared::cta.b64 p, [full], 0; @!p bra WAIT;";

    static LaunchReport Copy(GlobalMemory memory, ulong result, int x, int y, string wait, int bytes = 2048)
    {
        // 20 rows of 100 elements, 104 apart; boxes of 16 rows of 64
        ushort[] matrix = [.. Enumerable.Range(0, 20 * 104).Select(i => (ushort)(i + 1))];
        byte[] map = new TensorMap(memory.Upload(matrix, "matrix"), [100, 20], [208], [64, 16], 128).Encode();
        string text = Body.Replace("{x}", $"{x}", StringComparison.Ordinal).Replace("{y}", $"{y}", StringComparison.Ordinal).Replace("{wait}", wait, StringComparison.Ordinal).Replace("{bytes}", $"{bytes}", StringComparison.Ordinal);
        return KernelText.Run(KernelText.Of(text, 2, "sm_90a"), 64, 4096, memory, memory.Upload(map, "map"), result);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(64, 0)]
    [InlineData(64, 8)]
    [InlineData(0, -3)]
    public void A_box_lies_swizzled_with_zeros_outside(int x, int y)
    {
        using var memory = new GlobalMemory();
        ulong result = memory.Allocate(2048);
        Copy(memory, result, x, y, Wait).AssertClean();
        ushort[] got = memory.Download<ushort>(result, 1024);
        for (int row = 0; row < 16; row++)
        {
            for (int column = 0; column < 64; column++)
            {
                int r = y + row, c = x + column;
                int expected = r is >= 0 and < 20 && c < 100 ? (ushort)(r * 104 + c + 1) : 0;
                Assert.Equal(expected, got[row * 64 + (column / 8 ^ row % 8) * 8 + column % 8]);
            }
        }
    }

    [Fact]
    public void A_box_cannot_be_read_before_its_barrier_turns()
    {
        using var memory = new GlobalMemory();
        Assert.Contains("Race", Copy(memory, memory.Allocate(2048), 0, 0, "bar.sync 0;").Findings.Select(f => f.Kind));
    }

    [Theory]
    [InlineData("bar.sync 0;", "Proxy")]
    [InlineData("bar.sync 0; fence.proxy.async.shared::cta;", "Proxy")]     // the other warp's fence may come too late
    [InlineData("fence.proxy.async.shared::cta; bar.sync 0;", null)]
    public void A_box_comes_where_others_have_read_behind_their_fence_and_a_barrier(string between, string? finding)
    {
        using var memory = new GlobalMemory();
        string again = $"""
            {Wait} ld.shared.u32 v0, [base]; {between}
            @q mbarrier.arrive.expect_tx.shared::cta.b64 _, [full], 2048;
            @q cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [base], [a0, {"{0, 0}"}], [full];
            AGAIN: mbarrier.try_wait.parity.shared::cta.b64 p, [full], 1; @!p bra AGAIN;
            """;
        var found = Copy(memory, memory.Allocate(2048), 0, 0, again).Findings.Select(f => f.Kind).Distinct();
        if (finding is null) Assert.Empty(found);
        else Assert.Contains(finding, found);
    }

    [Fact]
    public void Bytes_that_never_come_are_waited_for_in_vain()
    {
        using var memory = new GlobalMemory();
        Assert.Contains("is stuck", Assert.Throws<EmulationException>(() => Copy(memory, memory.Allocate(2048), 0, 0, Wait, bytes: 4096)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_map_holds_what_the_driver_demands()
    {
        Assert.Throws<ArgumentException>(() => new TensorMap(8, [64, 8], [128], [64, 8], 128).Encode());
        Assert.Throws<ArgumentException>(() => new TensorMap(0, [64, 8], [100], [64, 8], 128).Encode());
        Assert.Throws<ArgumentException>(() => new TensorMap(0, [128, 8], [256], [128, 8], 128).Encode());
        Assert.Throws<ArgumentException>(() => new TensorMap(0, [64, 800], [128], [64, 300], 128).Encode());
    }
}
