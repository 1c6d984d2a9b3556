using Xunit;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>The matrix instructions against the PTX ISA's tables of fragments, written here element by element.</summary>
public sealed class MatrixInstructionTests
{
    static ushort[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => LaneBits.ToBFloat16(random.Next(-9, 10)))];
    }

    static float Value(ushort bits) => LaneBits.FromBFloat16(bits);

    static uint Pair(ushort low, ushort high) => (uint)high << 16 | low;

    [Fact]
    public void Mma_multiplies_fragments()
    {
        ushort[] a = Random(16 * 16, 1), b = Random(16 * 8, 2);
        float[] c = [.. Random(16 * 8, 3).Select(Value)];
        var (left, right, sum) = (new uint[32 * 4], new uint[32 * 2], new float[32 * 4]);
        for (int lane = 0; lane < 32; lane++)
        {
            int g = lane / 4, t = lane % 4;
            for (int i = 0; i < 8; i += 2)
            {
                // ai: row g for i < 2 and 4 ≤ i < 6, else g + 8; column 2t + (i & 1), + 8 from i = 4 on
                int row = i is < 2 or 4 or 5 ? g : g + 8, column = 2 * t + (i >= 4 ? 8 : 0);
                left[lane * 4 + i / 2] = Pair(a[row * 16 + column], a[row * 16 + column + 1]);
            }

            for (int i = 0; i < 4; i += 2)
            {
                int row = 2 * t + (i >= 2 ? 8 : 0);
                right[lane * 2 + i / 2] = Pair(b[row * 8 + g], b[(row + 1) * 8 + g]);
            }

            for (int i = 0; i < 4; i++) sum[lane * 4 + i] = c[(i < 2 ? g : g + 8) * 8 + 2 * t + (i & 1)];
        }

        using var memory = new GlobalMemory();
        ulong result = memory.Allocate(4 * sum.Length);
        KernelText.Run(KernelText.Of("""
            .reg .b64 x<4>; .reg .b32 l<4>, q<2>; .reg .f32 c<4>, d<4>;
            mad.wide.u32 x0, t, 16, a0; mad.wide.u32 x1, t, 8, a1; mad.wide.u32 x2, t, 16, a2; mad.wide.u32 x3, t, 16, a3;
            ld.global.v4.b32 {l0,l1,l2,l3}, [x0]; ld.global.v2.b32 {q0,q1}, [x1]; ld.global.v4.f32 {c0,c1,c2,c3}, [x2];
            mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {d0,d1,d2,d3}, {l0,l1,l2,l3}, {q0,q1}, {c0,c1,c2,c3};
            st.global.v4.f32 [x3], {d0,d1,d2,d3};
            """, 4), 32, 0, memory, memory.Upload(left), memory.Upload(right), memory.Upload(sum), result).AssertClean();
        float[] got = memory.Download<float>(result, sum.Length);
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < 4; i++)
            {
                int row = lane / 4 + (i < 2 ? 0 : 8), column = 2 * (lane % 4) + (i & 1);
                Assert.Equal(c[row * 8 + column] + Enumerable.Range(0, 16).Sum(k => Value(a[row * 16 + k]) * Value(b[k * 8 + column])), got[lane * 4 + i]);
            }
        }
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "")]
    [InlineData(4, "")]
    [InlineData(2, ".trans")]
    [InlineData(4, ".trans")]
    public void Ldmatrix_hands_out_rows(int count, string transposed)
    {
        ushort[] matrices = [.. Enumerable.Range(0, 64 * 4).Select(i => (ushort)i)];
        using var memory = new GlobalMemory();
        ulong result = memory.Allocate(32 * 4 * count);
        string registers = string.Join(",", Enumerable.Range(0, count).Select(i => $"r{i}"));
        var report = KernelText.Run(KernelText.Of($$"""
            .shared .align 16 .b8 s[512]; .reg .b64 x; .reg .b32 at, v<4>, r<4>;
            mad.wide.u32 x, t, 16, a0; ld.global.v4.b32 {v0,v1,v2,v3}, [x];
            mov.u32 at, s; mad.lo.u32 at, t, 16, at; st.shared.v4.b32 [at], {v0,v1,v2,v3};
            bar.sync 0;
            ldmatrix.sync.aligned.m8n8.x{{count}}{{transposed}}.shared.b16 { {{registers}} }, [at];
            mad.wide.u32 x, t, {{4 * count}}, a1; st.global.{{(count == 1 ? "" : $"v{count}.")}}b32 [x], { {{registers}} };
            """, 2), 32, 0, memory, memory.Upload(matrices), result).AssertClean();
        Assert.Equal(0, report.Conflicts("ldmatrix"));
        uint[] got = memory.Download<uint>(result, 32 * count);
        for (int lane = 0; lane < 32; lane++)
        {
            for (int m = 0; m < count; m++)
            {
                int row = lane / 4, column = 2 * (lane % 4);
                uint expected = transposed.Length == 0
                    ? Pair(matrices[m * 64 + row * 8 + column], matrices[m * 64 + row * 8 + column + 1])
                    : Pair(matrices[m * 64 + column * 8 + row], matrices[m * 64 + (column + 1) * 8 + row]);
                Assert.Equal(expected, got[lane * count + m]);
            }
        }
    }

    [Fact]
    public void Stmatrix_and_movmatrix_are_the_way_back()
    {
        using var memory = new GlobalMemory();
        ulong result = memory.Allocate(128), transposed = memory.Allocate(128);
        KernelText.Run(KernelText.Of("""
            .shared .align 16 .b8 s[128]; .reg .b64 x; .reg .b32 at, v, w;
            and.b32 at, t, 7; shl.b32 at, at, 4; mov.u32 v, s; add.u32 at, at, v;
            mul.lo.u32 v, t, 0x00020002; add.u32 v, v, 0x00010000;
            stmatrix.sync.aligned.m8n8.x1.shared.b16 [at], {v};
            bar.sync 0;
            mov.u32 at, s; mad.lo.u32 at, t, 4, at; ld.shared.u32 w, [at]; mad.wide.u32 x, t, 4, a0; st.global.u32 [x], w;
            movmatrix.sync.aligned.m8n8.trans.b16 w, v; mad.wide.u32 x, t, 4, a1; st.global.u32 [x], w;
            """, 2, "sm_90"), 32, 0, memory, result, transposed).AssertClean();
        Assert.Equal(Enumerable.Range(0, 64).Select(i => (ushort)i), memory.Download<ushort>(result, 64));
        Assert.Equal(Enumerable.Range(0, 64).Select(i => (ushort)(i % 8 * 8 + i / 8)), memory.Download<ushort>(transposed, 64));
    }

    [Fact]
    public void Packing_puts_the_first_source_into_the_upper_half()
    {
        using var memory = new GlobalMemory();
        ulong result = memory.Allocate(4);
        KernelText.Run(KernelText.Of("""
            .reg .f32 x, y; .reg .b32 z;
            mov.f32 x, 0f3F808000; mov.f32 y, 0f3F818000; cvt.rn.bf16x2.f32 z, x, y; st.global.u32 [a0], z;
            """), 1, 0, memory, result).AssertClean();
        Assert.Equal(0x3F803F82u, memory.Download<uint>(result, 1)[0]);     // ties to even, both ways
    }

    /// <summary>
    /// wgmma with both operands in shared memory under the 128-byte swizzle, written by the formula "chunk c of row r lies at c ^ (r % 8)":
    /// rows along the contraction, or across it in panels of 64.
    /// </summary>
    [Theory]
    [InlineData(8, false, false)]
    [InlineData(64, false, false)]
    [InlineData(128, false, true)]
    [InlineData(128, true, false)]
    [InlineData(256, true, true)]
    public void Wgmma_multiplies_swizzled_tiles(int columns, bool transposeA, bool transposeB)
    {
        const int rows = 64, depth = 64;
        ushort[] a = Random(rows * depth, 1), b = Random(columns * depth, 2);       // [mn, k]
        byte[] shared = [.. Tile(a, rows, depth, transposeA), .. Tile(b, columns, depth, transposeB)];
        int accumulators = columns / 2, offset = Tile(a, rows, depth, transposeA).Length;
        string names = string.Join(",", Enumerable.Range(0, accumulators).Select(i => $"c{i}"));
        static ulong Descriptor(bool transposed) => 1UL << 62 | (ulong)(1024 >> 4) << 32 | (transposed ? (ulong)(depth * 128 >> 4) << 16 : 1UL << 16);
        var steps = Enumerable.Range(0, depth / 16).Select(k => $"""
            add.u64 da, a, {(transposeA ? 2048 : 32) * k / 16}; add.u64 db, b, {(transposeB ? 2048 : 32) * k / 16};
            wgmma.mma_async.sync.aligned.m64n{columns}k16.f32.bf16.bf16 @[{names}]@, da, db, {(k == 0 ? 0 : 1)}, 1, 1, {(transposeA ? 1 : 0)}, {(transposeB ? 1 : 0)};
            """.Replace("@[", "{", StringComparison.Ordinal).Replace("]@", "}", StringComparison.Ordinal));
        string text = KernelText.Of($$"""
            .reg .b64 x, a, b, da, db; .reg .b32 base, i, v<4>, at; .reg .pred p; .reg .f32 c<{{accumulators}}>;
            mov.u32 base, dynamic; add.u32 base, base, 1023; and.b32 base, base, -1024;
            mov.u32 i, t;
            FILL: mad.wide.u32 x, i, 16, a0; ld.global.v4.b32 {v0,v1,v2,v3}, [x]; mad.lo.u32 at, i, 16, base; st.shared.v4.b32 [at], {v0,v1,v2,v3};
            add.u32 i, i, 128; setp.lt.u32 p, i, {{shared.Length / 16}}; @p bra FILL;
            fence.proxy.async.shared::cta; bar.sync 0;
            shr.u32 at, base, 4; cvt.u64.u32 a, at; or.b64 a, a, {{Descriptor(transposeA)}};
            add.u32 at, base, {{offset}}; shr.u32 at, at, 4; cvt.u64.u32 b, at; or.b64 b, b, {{Descriptor(transposeB)}};
            wgmma.fence.sync.aligned;
            {{string.Join("\n", steps)}}
            wgmma.commit_group.sync.aligned; wgmma.wait_group.sync.aligned 0;
            mad.wide.u32 x, t, {{4 * accumulators}}, a1;
            {{string.Join("\n", Enumerable.Range(0, accumulators).Select(i => $"st.global.f32 [x+{4 * i}], c{i};"))}}
            """, 2, "sm_90a");
        using var memory = new GlobalMemory();
        ulong result = memory.Allocate(4L * rows * columns);
        KernelText.Run(text, 128, shared.Length + 2048, memory, memory.Upload(shared), result).AssertClean();
        float[] got = memory.Download<float>(result, rows * columns);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                // D: warp w has rows 16w on; registers 4j to 4j + 3 are the fragment of columns 8j on.
                int thread = row / 16 * 32 + row % 8 * 4 + column % 8 / 2, register = column / 8 * 4 + row % 16 / 8 * 2 + column % 2;
                Assert.Equal(Enumerable.Range(0, depth).Sum(k => Value(a[row * depth + k]) * Value(b[column * depth + k])), got[thread * accumulators + register]);
            }
        }
    }

    static byte[] Tile(ushort[] values, int mn, int depth, bool transposed)
    {
        int padded = transposed ? (mn + 63) / 64 * 64 : mn;
        var tile = new ushort[padded * depth];
        for (int m = 0; m < mn; m++)
        {
            for (int k = 0; k < depth; k++)
            {
                int row = transposed ? m / 64 * depth + k : m, column = transposed ? m % 64 : k;
                tile[row * 64 + (column / 8 ^ row % 8) * 8 + column % 8] = values[m * depth + k];
            }
        }

        return [.. tile.SelectMany(BitConverter.GetBytes)];
    }
}
