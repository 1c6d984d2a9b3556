using System.Numerics;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>Lanes of a warp exchange values: shfl, vote, activemask, match, redux, elect.</summary>
static class WarpExchange
{
    public static IEnumerable<(string, Func<Decoding, Instruction>)> Rules =>
    [
        ("shfl", Shuffle),
        ("vote", Vote),
        ("activemask", d => new ActiveMask(d.Target(d[0], PtxType.B32))),
        ("redux", Reduce),
        ("elect", d => new Elect(d[0].Kind == '|' ? d.Target(d[0].Parts[0], PtxType.B32) : d.Target(new('w', "_"), PtxType.B32), d.PredicateTarget(d[0].Kind == '|' ? d[0].Parts[1] : d[0]), d.Source(d[1], PtxType.B32))),
    ];

    static Shuffle Shuffle(Decoding d)
    {
        d.Expect(5, 5);
        if (!d.Statement.Has("sync")) throw d.Error("sync is missing");
        string mode = d.Statement.Opcode[2];
        var (target, valid) = d[0].Kind == '|' ? (d[0].Parts[0], d[0].Parts[1]) : (d[0], new PtxOperand('w', "_"));
        return new(mode, d.Target(target, PtxType.B32), d.PredicateTarget(valid), d.Source(d[1], PtxType.B32), d.Source(d[2], PtxType.B32), d.Source(d[3], PtxType.B32), d.Source(d[4], PtxType.B32));
    }

    static Vote Vote(Decoding d)
    {
        d.Expect(3, 3);
        string mode = d.Statement.Opcode[2];
        return new(mode, mode == "ballot" ? d.Target(d[0], PtxType.B32) : d.PredicateTarget(d[0]), d.Predicate(d[1]), d.Source(d[2], PtxType.B32));
    }

    static Reduce Reduce(Decoding d)
    {
        d.Expect(3, 3);
        Func<ulong, ulong, ulong> operation = d.Statement.Opcode[2] switch
        {
            "add" => (x, y) => (uint)(x + y),
            "and" => (x, y) => x & y,
            "or" => (x, y) => x | y,
            "xor" => (x, y) => x ^ y,
            "min" when d.Type().IsSigned => (x, y) => (uint)Math.Min((int)x, (int)y),
            "max" when d.Type().IsSigned => (x, y) => (uint)Math.Max((int)x, (int)y),
            "min" => Math.Min,
            "max" => Math.Max,
            _ => throw d.Error("this operation is not known"),
        };
        return new(operation, d.Target(d[0], d.Type()), d.Source(d[1], d.Type()), d.Source(d[2], PtxType.B32));
    }
}

/// <summary>shfl.sync.</summary>
sealed unsafe class Shuffle(string mode, int d, int valid, int a, int b, int clamp, int members) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        ulong* r = warp.Registers;
        warp.RequireTogether((uint)r[members * Warp.Size + BitOperations.TrailingZeroCount(mask)], mask);
        Span<ulong> values = stackalloc ulong[Warp.Size];
        new ReadOnlySpan<ulong>(r + a * Warp.Size, Warp.Size).CopyTo(values);
        uint inside = 0;
        for (uint rest = mask; rest != 0;)
        {
            int i = NextLane(ref rest);
            uint c = (uint)r[clamp * Warp.Size + i];
            int n = (int)(r[b * Warp.Size + i] & 31), limit = (int)(c & 31), segment = (int)(c >> 8 & 31);
            int most = i & segment | limit & ~segment, least = i & segment;
            int source = mode switch { "up" => i - n, "down" => i + n, "bfly" => i ^ n, _ => least | n & ~segment };
            bool good = mode == "up" ? source >= most : source <= most;
            if (!good) source = i;
            if ((mask >> source & 1) == 0) warp.Report("Divergence", $"lane {i} takes a value from lane {source}, which does not take part");
            r[d * Warp.Size + i] = values[source];
            if (good) inside |= 1u << i;
        }

        warp.Predicates[valid] = warp.Predicates[valid] & ~mask | inside & mask;
    }
}

/// <summary>vote.sync.</summary>
sealed unsafe class Vote(string mode, int d, PredicateOperand source, int members) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        ulong* r = warp.Registers;
        warp.RequireTogether((uint)r[members * Warp.Size + BitOperations.TrailingZeroCount(mask)], mask);
        uint holds = source.Lanes(warp) & mask;
        if (mode == "ballot")
        {
            for (uint rest = mask; rest != 0;) r[d * Warp.Size + NextLane(ref rest)] = holds;
            return;
        }

        bool result = mode switch { "all" => holds == mask, "any" => holds != 0, _ => holds == 0 || holds == mask };
        warp.Predicates[d] = warp.Predicates[d] & ~mask | (result ? mask : 0);
    }
}

/// <summary>activemask.</summary>
sealed unsafe class ActiveMask(int d) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        for (uint rest = mask; rest != 0;) warp.Registers[d * Warp.Size + NextLane(ref rest)] = mask;
    }
}

/// <summary>redux.sync.</summary>
sealed unsafe class Reduce(Func<ulong, ulong, ulong> operation, int d, int a, int members) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        ulong* r = warp.Registers;
        uint rest = mask;
        warp.RequireTogether((uint)r[members * Warp.Size + BitOperations.TrailingZeroCount(mask)], mask);
        ulong result = r[a * Warp.Size + NextLane(ref rest)];
        while (rest != 0) result = operation(result, r[a * Warp.Size + NextLane(ref rest)]);
        for (rest = mask; rest != 0;) r[d * Warp.Size + NextLane(ref rest)] = result;
    }
}

/// <summary>elect.sync: one lane of the members.</summary>
sealed unsafe class Elect(int d, int p, int members) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        ulong* r = warp.Registers;
        warp.RequireTogether((uint)r[members * Warp.Size + BitOperations.TrailingZeroCount(mask)], mask);
        int leader = BitOperations.TrailingZeroCount(mask);
        for (uint rest = mask; rest != 0;) r[d * Warp.Size + NextLane(ref rest)] = (ulong)leader;
        warp.Predicates[p] = warp.Predicates[p] & ~mask | 1u << leader;
    }
}
