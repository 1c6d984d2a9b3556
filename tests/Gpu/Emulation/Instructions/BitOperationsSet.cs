using System.Numerics;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>Shifts, bit fields, counts, byte permutations.</summary>
static class BitOperationsSet
{
    public static IEnumerable<(string, Func<Decoding, Instruction>)> Rules =>
    [
        ("shl", d => Shift(d, left: true)),
        ("shr", d => Shift(d, left: false)),
        ("shf", Funnel),
        ("lop3", Lookup),
        ("popc", d => Count(d, x => (ulong)BitOperations.PopCount(x))),
        ("clz", d => Count(d, d.Type().Bytes == 8 ? x => (ulong)BitOperations.LeadingZeroCount(x) : x => (ulong)BitOperations.LeadingZeroCount((uint)x))),
        ("brev", d => Plain(d, 1, d.Type().Bytes == 8 ? (x, _, _, _) => Reverse(x, 64) : (x, _, _, _) => Reverse(x, 32))),
        ("bfind", BitFind),
        ("bfe", Extract),
        ("bfi", Insert),
        ("prmt", d => Plain(d, 3, (a, b, selector, _) => Permute((uint)a, (uint)b, (uint)selector))),
    ];

    static LaneFunction Plain(Decoding d, int sources, Func<ulong, ulong, ulong, ulong, ulong> function)
    {
        d.Expect(sources + 1, sources + 1);
        var type = d.Type();
        return new(d.Target(d[0], type), [.. Enumerable.Range(1, sources).Select(i => d.Source(d[i], type))], function);
    }

    static LaneFunction Shift(Decoding d, bool left)
    {
        d.Expect(3, 3);
        var type = d.Type();
        int width = 8 * type.Bytes, target = d.Target(d[0], type), a = d.Source(d[1], type), b = d.Source(d[2], PtxType.U32);
        if (left) return new(target, [a, b], (x, n, _, _) => n >= (ulong)width ? 0 : Narrow(x << (int)n, width));
        if (type.IsSigned) return new(target, [a, b], (x, n, _, _) => Narrow((ulong)(Extend(x, width) >> (int)Math.Min(n, 63)), width));
        return new(target, [a, b], (x, n, _, _) => n >= (ulong)width ? 0 : x >> (int)n);
    }

    static LaneFunction Funnel(Decoding d)
    {
        d.Expect(4, 4);
        bool left = d.Statement.Has("l"), wrap = d.Statement.Has("wrap");
        return Plain(d, 3, (a, b, c, _) =>
        {
            int n = (int)(wrap ? c & 31 : Math.Min(c, 32));
            ulong pair = b << 32 | a;
            return (uint)(left ? pair << n >> 32 : pair >> n);
        });
    }

    static LaneFunction Lookup(Decoding d)
    {
        d.Expect(5, 5);
        int table = d.Constant(d[4]);
        var type = d.Type();
        return new(d.Target(d[0], type), [d.Source(d[1], type), d.Source(d[2], type), d.Source(d[3], type)], (a, b, c, _) =>
        {
            ulong result = 0;
            for (int i = 0; i < 8; i++)
                if ((table >> i & 1) != 0) result |= ((i & 4) != 0 ? a : ~a) & ((i & 2) != 0 ? b : ~b) & ((i & 1) != 0 ? c : ~c);
            return (uint)result;
        });
    }

    static LaneFunction Count(Decoding d, Func<ulong, ulong> function)
    {
        d.Expect(2, 2);
        return new(d.Target(d[0], PtxType.U32), [d.Source(d[1], d.Type())], (x, _, _, _) => function(x));
    }

    static LaneFunction BitFind(Decoding d)
    {
        d.Expect(2, 2);
        var type = d.Type();
        int width = 8 * type.Bytes;
        bool shift = d.Statement.Has("shiftamt");
        return new(d.Target(d[0], PtxType.U32), [d.Source(d[1], type)], (x, _, _, _) =>
        {
            if (type.IsSigned && Extend(x, width) < 0) x = Narrow(~x, width);
            if (x == 0) return uint.MaxValue;
            int at = 63 - BitOperations.LeadingZeroCount(x);
            return (ulong)(shift ? width - 1 - at : at);
        });
    }

    static LaneFunction Extract(Decoding d)
    {
        d.Expect(4, 4);
        var type = d.Type();
        int width = 8 * type.Bytes;
        return new(d.Target(d[0], type), [d.Source(d[1], type), d.Source(d[2], PtxType.U32), d.Source(d[3], PtxType.U32)], (x, position, length, _) =>
        {
            int at = (int)(position & 255), count = (int)(length & 255);
            if (count == 0) return 0;
            bool negative = type.IsSigned && (x >> Math.Min(at + count - 1, width - 1) & 1) != 0;
            ulong field = at >= width ? 0 : x >> at, mask = count >= width ? ulong.MaxValue : (1UL << count) - 1;
            int present = Math.Max(0, Math.Min(count, width - at));
            ulong have = present >= 64 ? ulong.MaxValue : (1UL << present) - 1;
            return Narrow(negative ? field & have | ~have : field & mask, width);
        });
    }

    static LaneFunction Insert(Decoding d)
    {
        d.Expect(5, 5);
        var type = d.Type();
        int width = 8 * type.Bytes;
        return new(d.Target(d[0], type), [d.Source(d[1], type), d.Source(d[2], type), d.Source(d[3], PtxType.U32), d.Source(d[4], PtxType.U32)], (a, b, position, length) =>
        {
            int at = (int)(position & 255), count = (int)(length & 255);
            if (at >= width || count == 0) return b;
            ulong mask = Narrow((count >= 64 ? ulong.MaxValue : (1UL << count) - 1) << at, width);
            return b & ~mask | a << at & mask;
        });
    }

    static ulong Permute(uint a, uint b, uint selector)
    {
        ulong bytes = (ulong)b << 32 | a;
        uint result = 0;
        for (int i = 0; i < 4; i++)
        {
            uint s = selector >> 4 * i & 15;
            uint value = (uint)(bytes >> 8 * (int)(s & 7)) & 0xFF;
            if ((s & 8) != 0) value = (value & 0x80) != 0 ? 0xFFu : 0;
            result |= value << 8 * i;
        }

        return result;
    }

    static ulong Reverse(ulong x, int width)
    {
        ulong result = 0;
        for (int i = 0; i < width; i++) result |= (x >> i & 1) << width - 1 - i;
        return result;
    }

    public static ulong Narrow(ulong x, int width) => width >= 64 ? x : x & (1UL << width) - 1;

    public static long Extend(ulong x, int width) => width >= 64 ? (long)x : (long)(x << 64 - width) >> 64 - width;
}

/// <summary>d = f(up to four sources), for what is rare.</summary>
sealed unsafe class LaneFunction(int d, int[] sources, Func<ulong, ulong, ulong, ulong, ulong> function) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        ulong* r = warp.Registers;
        int a = sources[0] * Warp.Size, b = sources.Length > 1 ? sources[1] * Warp.Size : a, c = sources.Length > 2 ? sources[2] * Warp.Size : a;
        int e = sources.Length > 3 ? sources[3] * Warp.Size : a;
        while (mask != 0)
        {
            int i = NextLane(ref mask);
            r[d * Warp.Size + i] = function(r[a + i], r[b + i], r[c + i], r[e + i]);
        }
    }
}
