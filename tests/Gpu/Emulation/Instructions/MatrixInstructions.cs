using System.Runtime.Intrinsics;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>Matrix instructions of a warp: ldmatrix, stmatrix, movmatrix, mma.sync.</summary>
static class MatrixInstructions
{
    public static IEnumerable<(string, Func<Decoding, Instruction>)> Rules => [("ldmatrix", LoadMatrix), ("stmatrix", StoreMatrix), ("movmatrix", TransposeMatrix), ("mma", Multiply)];

    static int Count(Decoding d)
    {
        var s = d.Statement;
        if (!s.Has("sync") || !s.Has("aligned") || !s.Has("m8n8") || !s.Has("b16") || (!s.Has("shared") && !s.Has("shared::cta"))) throw d.Error("sync.aligned.m8n8.xN.shared.b16 is expected");
        d.Expect(2, 2);
        return s.Has("x4") ? 4 : s.Has("x2") ? 2 : s.Has("x1") ? 1 : throw d.Error("x1, x2 or x4 is missing");
    }

    static LoadMatrix LoadMatrix(Decoding d)
    {
        int count = Count(d);
        return new(d.Targets(d[0], PtxType.B32, count), d.Address(d[1]), d.Statement.Has("trans"));
    }

    static StoreMatrix StoreMatrix(Decoding d)
    {
        int count = Count(d);
        return new(d.Address(d[0]), d.Sources(d[1], PtxType.B32, count), d.Statement.Has("trans"));
    }

    static TransposeMatrix TransposeMatrix(Decoding d)
    {
        d.Expect(2, 2);
        return new(d.Target(d[0], PtxType.B32), d.Source(d[1], PtxType.B32));
    }

    static MatrixMultiply Multiply(Decoding d)
    {
        var s = d.Statement;
        string[] form = s.Opcode[1..];
        if (form is not ["sync", "aligned", "m16n8k16" or "m16n8k8", "row", "col", "f32", "bf16", "bf16", "f32"]) throw d.Error("only m16n8k16 and m16n8k8 of bf16 with f32 are known");
        d.Expect(4, 4);
        int depth = s.Has("m16n8k16") ? 16 : 8;
        int[] a = d.Sources(d[1], PtxType.B32, depth / 4), b = d.Sources(d[2], PtxType.B32, depth / 8), c = d.Sources(d[3], PtxType.F32, 4);
        return new(d.Targets(d[0], PtxType.F32, 4), a, b, c, depth);
    }
}

/// <summary>
/// ldmatrix: lanes 8i to 8i+7 give the addresses of the rows of matrix i, 16 bytes each; lane l receives elements (l / 4, 2(l % 4)) and the next,
/// of the transposed matrix if asked for.
/// </summary>
sealed unsafe class LoadMatrix : Instruction
{
    readonly int[] targets;
    readonly AddressOperand address;
    readonly bool transposed;

    public LoadMatrix(int[] targets, AddressOperand address, bool transposed)
    {
        (this.targets, this.address, this.transposed) = (targets, address, transposed);
        IsAligned = true;
    }

    public override void Execute(Warp warp, uint mask)
    {
        ulong* r = warp.Registers;
        var shared = warp.Block.Shared;
        Span<uint> addresses = stackalloc uint[Warp.Size];
        for (int i = 0; i < Warp.Size; i++) addresses[i] = (uint)(r[address.Slot * Warp.Size + i] + address.Offset);
        int lanes = 8 * targets.Length;
        var (phases, conflicts) = warp.Block.Banks.Count(addresses, lanes == 32 ? Warp.Full : (1u << lanes) - 1, 16);
        Phases += phases;
        Conflicts += conflicts;
        ushort** rows = stackalloc ushort*[8];
        for (int m = 0; m < targets.Length; m++)
        {
            bool defined = true;
            for (int i = 0; i < 8; i++)
            {
                ulong at = r[address.Slot * Warp.Size + 8 * m + i] + address.Offset;
                rows[i] = (ushort*)shared.Locate(at, 16, 16);
                defined &= shared.Read(warp, at, 16);
            }

            if (!defined) warp.Undefine(targets[m], Warp.Full);

            ulong* target = r + targets[m] * Warp.Size;
            for (int lane = 0; lane < Warp.Size; lane++)
            {
                int g = lane >> 2, t = 2 * (lane & 3);
                target[lane] = transposed ? (uint)rows[t + 1][g] << 16 | rows[t][g] : (uint)rows[g][t + 1] << 16 | rows[g][t];
            }
        }
    }
}

/// <summary>stmatrix: the way back.</summary>
sealed unsafe class StoreMatrix : Instruction
{
    readonly int[] sources;
    readonly AddressOperand address;
    readonly bool transposed;

    public StoreMatrix(AddressOperand address, int[] sources, bool transposed)
    {
        (this.sources, this.address, this.transposed) = (sources, address, transposed);
        IsAligned = true;
    }

    public override void Execute(Warp warp, uint mask)
    {
        ulong* r = warp.Registers;
        var shared = warp.Block.Shared;
        Span<uint> addresses = stackalloc uint[Warp.Size];
        for (int i = 0; i < Warp.Size; i++) addresses[i] = (uint)(r[address.Slot * Warp.Size + i] + address.Offset);
        int lanes = 8 * sources.Length;
        var (phases, conflicts) = warp.Block.Banks.Count(addresses, lanes == 32 ? Warp.Full : (1u << lanes) - 1, 16);
        Phases += phases;
        Conflicts += conflicts;
        ushort** rows = stackalloc ushort*[8];
        for (int m = 0; m < sources.Length; m++)
        {
            for (int i = 0; i < 8; i++)
            {
                ulong at = r[address.Slot * Warp.Size + 8 * m + i] + address.Offset;
                rows[i] = (ushort*)shared.Locate(at, 16, 16);
                shared.Write(warp, at, 16);
            }

            ulong* source = r + sources[m] * Warp.Size;
            for (int lane = 0; lane < Warp.Size; lane++)
            {
                int g = lane >> 2, t = 2 * (lane & 3);
                ushort low = (ushort)source[lane], high = (ushort)(source[lane] >> 16);
                if (transposed) (rows[t][g], rows[t + 1][g]) = (low, high);
                else (rows[g][t], rows[g][t + 1]) = (low, high);
            }
        }
    }
}

/// <summary>movmatrix: an 8 × 8 matrix in registers, transposed.</summary>
sealed unsafe class TransposeMatrix : Instruction
{
    readonly int target, source;

    public TransposeMatrix(int target, int source)
    {
        (this.target, this.source) = (target, source);
        IsAligned = true;
    }

    public override void Execute(Warp warp, uint mask)
    {
        ushort* matrix = stackalloc ushort[64];
        ulong* x = warp.Registers + source * Warp.Size, y = warp.Registers + target * Warp.Size;
        for (int lane = 0; lane < Warp.Size; lane++) ((uint*)matrix)[lane] = (uint)x[lane];
        for (int lane = 0; lane < Warp.Size; lane++)
        {
            int g = lane >> 2, t = 2 * (lane & 3);
            y[lane] = (uint)matrix[(t + 1) * 8 + g] << 16 | matrix[t * 8 + g];
        }
    }
}

/// <summary>
/// mma.sync.m16n8k16 and k8: D = A·B + C with the fragments of the PTX ISA ("Matrix Fragments for mma.m16n8k16"). With g = lane / 4, t = lane % 4:
/// A's registers hold rows g, g + 8, g, g + 8 and columns 2t, 2t, 2t + 8, 2t + 8 with the next; B's hold column g, rows 2t and 2t + 8 with the next;
/// C's hold (g, 2t), (g, 2t + 1), (g + 8, 2t), (g + 8, 2t + 1).
/// </summary>
sealed unsafe class MatrixMultiply : Instruction
{
    readonly int[] d, a, b, c;
    readonly int depth;

    public MatrixMultiply(int[] d, int[] a, int[] b, int[] c, int depth)
    {
        (this.d, this.a, this.b, this.c, this.depth) = (d, a, b, c, depth);
        IsAligned = true;
    }

    public override void Execute(Warp warp, uint mask)
    {
        ulong* r = warp.Registers;
        float* left = stackalloc float[16 * 16], right = stackalloc float[16 * 8];
        var sums = stackalloc Vector256<float>[16];
        float* flat = (float*)sums;
        for (int i = 0; i < a.Length; i++)
        {
            ulong* x = r + a[i] * Warp.Size;
            for (int lane = 0; lane < Warp.Size; lane++)
            {
                float* at = left + ((lane >> 2) + 8 * (i & 1)) * 16 + 2 * (lane & 3) + 8 * (i >> 1);
                at[0] = LaneBits.FromBFloat16((ushort)x[lane]);
                at[1] = LaneBits.FromBFloat16((ushort)(x[lane] >> 16));
            }
        }

        for (int i = 0; i < b.Length; i++)
        {
            ulong* x = r + b[i] * Warp.Size;
            for (int lane = 0; lane < Warp.Size; lane++)
            {
                float* at = right + (2 * (lane & 3) + 8 * i) * 8 + (lane >> 2);
                at[0] = LaneBits.FromBFloat16((ushort)x[lane]);
                at[8] = LaneBits.FromBFloat16((ushort)(x[lane] >> 16));
            }
        }

        for (int i = 0; i < 4; i++)
        {
            ulong* x = r + c[i] * Warp.Size;
            for (int lane = 0; lane < Warp.Size; lane++) flat[((lane >> 2) + 8 * (i >> 1)) * 8 + 2 * (lane & 3) + (i & 1)] = BitConverter.UInt32BitsToSingle((uint)x[lane]);
        }

        for (int row = 0; row < 16; row++)
        {
            var sum = Vector256<float>.Zero;
            for (int k = 0; k < depth; k++) sum = Vector256.FusedMultiplyAdd(Vector256.Create(left[row * 16 + k]), Vector256.Load(right + k * 8), sum);
            sums[row] += sum;
        }

        for (int i = 0; i < 4; i++)
        {
            ulong* x = r + d[i] * Warp.Size;
            for (int lane = 0; lane < Warp.Size; lane++) x[lane] = BitConverter.SingleToUInt32Bits(flat[((lane >> 2) + 8 * (i >> 1)) * 8 + 2 * (lane & 3) + (i & 1)]);
        }
    }
}
