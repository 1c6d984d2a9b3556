namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>
/// Where wgmma finds an operand in shared memory (PTX ISA, "Matrix descriptor"): bits 0–13 address, 16–29 leading offset, 32–45 stride offset, each in units of
/// 16 bytes, 49–51 base offset, 62–63 swizzle: none, 128, 64, 32 bytes.
/// </summary>
readonly struct MatrixDescriptor
{
    readonly uint start, leading, stride;
    readonly int span, swizzleBits;

    public MatrixDescriptor(Warp warp, ulong bits)
    {
        start = (uint)(bits & 0x3FFF) << 4;
        leading = (uint)(bits >> 16 & 0x3FFF) << 4;
        stride = (uint)(bits >> 32 & 0x3FFF) << 4;
        swizzleBits = (int)(bits >> 62) switch { 0 => 0, 1 => 3, 2 => 2, _ => 1 };
        span = 16 << swizzleBits;
        if ((bits >> 49 & 7) != 0) throw warp.Fail("a base offset in a matrix descriptor: tiles must be aligned to the swizzle's repetition");
        if (stride == 0) throw warp.Fail("the stride offset of a matrix descriptor is 0");
    }

    /// <summary>Reads 16 steps of the contraction of some rows or columns, and lists the 16-byte chunks that were touched.</summary>
    /// <param name="warp">The warp.</param>
    /// <param name="target">[count, 16] if <paramref name="byRows"/>, else [16, 256].</param>
    /// <param name="first">First row or column.</param>
    /// <param name="count">Rows or columns.</param>
    /// <param name="transposed">Neighbours along rows or columns, not along the contraction, lie side by side.</param>
    /// <param name="chunks">Shared addresses of what was read.</param>
    /// <param name="byRows">The form of <paramref name="target"/>.</param>
    public unsafe void Load(Warp warp, float* target, int first, int count, bool transposed, List<uint> chunks, bool byRows)
    {
        for (int outer = 0; outer < (transposed ? count / 8 : count); outer++)
        {
            for (int inner = 0; inner < (transposed ? 16 : 2); inner++)
            {
                int mn = first + (transposed ? 8 * outer : outer), k = transposed ? inner : 8 * inner;
                uint address = transposed ? AcrossContraction(mn, k) : AlongContraction(mn, k);
                address ^= (address >> 7 & (1u << swizzleBits) - 1) << 4;
                ushort* values = (ushort*)warp.Block.Shared.Locate(address, 16, 16);
                chunks.Add(address);
                for (int i = 0; i < 8; i++)
                {
                    int m = mn - first + (transposed ? i : 0), step = k + (transposed ? 0 : i);
                    target[byRows ? m * 16 + step : step * 256 + m] = LaneBits.FromBFloat16(values[i]);
                }
            }
        }
    }

    /// <summary>K-major: rows of the swizzle's width, 8 of them a group; groups follow each other by the stride offset.</summary>
    uint AlongContraction(int mn, int k) => swizzleBits == 0
        ? start + (uint)(mn / 8) * stride + (uint)(k / 8) * leading + (uint)(mn % 8 * 16)
        : start + (uint)(mn / 8) * stride + (uint)(mn % 8 * span) + (uint)(k * 2);

    /// <summary>MN-major: panels of the swizzle's width follow each other by the leading offset, groups of 8 steps by the stride offset.</summary>
    uint AcrossContraction(int mn, int k) => swizzleBits == 0
        ? start + (uint)(mn / 8) * stride + (uint)(k / 8) * leading + (uint)(k % 8 * 16)
        : start + (uint)(mn * 2 / span) * leading + (uint)(k / 8) * stride + (uint)(k % 8 * span) + (uint)(mn * 2 % span);
}
