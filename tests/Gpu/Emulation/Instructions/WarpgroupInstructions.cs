using System.Numerics.Tensors;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>Matrix products of four warps: wgmma.</summary>
static class WarpgroupInstructions
{
    public static IEnumerable<(string, Func<Decoding, Instruction>)> Rules => [("wgmma", Decode)];

    static Instruction Decode(Decoding d)
    {
        var s = d.Statement;
        if (!s.Has("sync") || !s.Has("aligned")) throw d.Error("sync.aligned is expected");
        switch (s.Opcode[1])
        {
            case "fence": return new WarpgroupFence();
            case "commit_group": return new WarpgroupCommit();
            case "wait_group": return new WarpgroupWait(d.Constant(d[0]));
        }

        string shape = s.Opcode.FirstOrDefault(m => m.StartsWith("m64n", StringComparison.Ordinal) && m.EndsWith("k16", StringComparison.Ordinal), "");
        if (s.Opcode is not ["wgmma", "mma_async", "sync", "aligned", _, "f32", "bf16", "bf16"] || !int.TryParse(shape[(shape.Length > 7 ? 4 : 0)..Math.Max(0, shape.Length - 3)], out int columns) || columns % 8 != 0 || columns is < 8 or > 256)
            throw d.Error("only m64nNk16 of bf16 with f32 is known");
        int[] accumulators = d.Targets(d[0], PtxType.F32, columns / 2);
        bool registers = d[1].Kind == 'v';
        d.Expect(registers ? 7 : 8, registers ? 7 : 8);
        int[] a = registers ? d.Sources(d[1], PtxType.B32, 4) : [d.Source(d[1], PtxType.B64)];
        int b = d.Source(d[2], PtxType.B64);
        PredicateOperand? scale = d[3].Kind == 'n' ? null : d.Predicate(d[3]);
        bool keeps = d[3].Kind == 'n' && d.Constant(d[3]) != 0;
        if (d.Constant(d[4]) != 1 || d.Constant(d[5]) != 1) throw d.Error("negated operands are not known");
        bool transposeA = !registers && d.Constant(d[6]) != 0, transposeB = d.Constant(d[registers ? 6 : 7]) != 0;
        return new WarpgroupProduct(accumulators, a, registers, b, scale, keeps, transposeA, transposeB, columns);
    }
}

/// <summary>wgmma.fence: registers that were written before may be operands now.</summary>
sealed class WarpgroupFence : Instruction
{
    public WarpgroupFence() => IsAligned = true;

    public override void Execute(Warp warp, uint mask) => warp.Products.Fence();
}

/// <summary>wgmma.commit_group.</summary>
sealed class WarpgroupCommit : Instruction
{
    public WarpgroupCommit() => IsAligned = true;

    public override void Execute(Warp warp, uint mask) => warp.Products.Commit();
}

/// <summary>wgmma.wait_group.</summary>
sealed class WarpgroupWait : Instruction
{
    readonly int pending;

    public WarpgroupWait(int pending)
    {
        this.pending = pending;
        IsAligned = true;
    }

    public override void Execute(Warp warp, uint mask) => warp.Products.Wait(warp, pending);
}

/// <summary>
/// wgmma.mma_async: warp w of four computes rows 16w to 16w + 15. Its registers 4j to 4j + 3 are the fragment of columns 8j to 8j + 7, as in mma.sync.
/// The product is computed at once; its accumulators and what it reads stay in use until it was waited for.
/// </summary>
sealed unsafe class WarpgroupProduct : Instruction
{
    readonly int[] accumulators, a;
    readonly bool registers, keeps, transposeA, transposeB;
    readonly int b, columns;
    readonly PredicateOperand? scale;

    public WarpgroupProduct(int[] accumulators, int[] a, bool registers, int b, PredicateOperand? scale, bool keeps, bool transposeA, bool transposeB, int columns)
    {
        (this.accumulators, this.a, this.registers, this.b, this.scale, this.keeps) = (accumulators, a, registers, b, scale, keeps);
        (this.transposeA, this.transposeB, this.columns) = (transposeA, transposeB, columns);
        IsAligned = true;
    }

    public override void Execute(Warp warp, uint mask)
    {
        ulong* r = warp.Registers;
        float* left = stackalloc float[16 * 16], right = stackalloc float[16 * 256];
        var chunks = new List<uint>(64);
        if (registers) LoadFragment(r, left);
        else new MatrixDescriptor(warp, Uniform(warp, a[0])).Load(warp, left, 16 * (warp.Index & 3), 16, transposeA, chunks, byRows: true);
        new MatrixDescriptor(warp, Uniform(warp, b)).Load(warp, right, 0, columns, transposeB, chunks, byRows: false);
        uint lanes = scale?.Lanes(warp) ?? (keeps ? Warp.Full : 0);
        if (lanes is not (0 or Warp.Full)) throw warp.Fail("scale-d differs between lanes");
        if (lanes != 0) warp.RequireWritten(accumulators);
        warp.Products.Add(warp, accumulators, registers ? a : [], chunks);
        Span<float> sums = stackalloc float[256];
        for (int row = 0; row < 16; row++)
        {
            sums[..columns].Clear();
            for (int k = 0; k < 16; k++)
            {
                float x = left[row * 16 + k];
                TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(right + k * 256, columns), x, sums[..columns], sums[..columns]);
            }

            for (int column = 0; column < columns; column++)
            {
                int lane = (row & 7) * 4 + (column & 7) / 2, register = column / 8 * 4 + (row >> 3) * 2 + (column & 1);
                ulong* place = r + accumulators[register] * Warp.Size + lane;
                float before = lanes == 0 ? 0 : BitConverter.UInt32BitsToSingle((uint)*place);
                *place = BitConverter.SingleToUInt32Bits(before + sums[column]);
            }
        }
    }

    static ulong Uniform(Warp warp, int slot)
    {
        ulong* x = warp.Registers + slot * Warp.Size;
        for (int i = 1; i < Warp.Size; i++)
            if (x[i] != x[0]) throw warp.Fail("a matrix descriptor differs between lanes");
        return x[0];
    }

    void LoadFragment(ulong* r, float* left)
    {
        for (int i = 0; i < 4; i++)
        {
            ulong* x = r + a[i] * Warp.Size;
            for (int lane = 0; lane < Warp.Size; lane++)
            {
                float* at = left + ((lane >> 2) + 8 * (i & 1)) * 16 + 2 * (lane & 3) + 8 * (i >> 1);
                at[0] = LaneBits.FromBFloat16((ushort)x[lane]);
                at[1] = LaneBits.FromBFloat16((ushort)(x[lane] >> 16));
            }
        }
    }
}
