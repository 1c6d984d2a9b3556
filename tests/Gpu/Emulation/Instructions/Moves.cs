namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>mov: between registers, from constants, special registers and addresses, and packing of vectors.</summary>
static class Moves
{
    public static IEnumerable<(string, Func<Decoding, Instruction>)> Rules => [("mov", Move)];

    static Instruction Move(Decoding d)
    {
        d.Expect(2, 2);
        var type = d.Type();
        if (type == PtxType.Predicate)
        {
            if (d[1].Kind == 'n') return new PredicateMove(d.PredicateTarget(d[0]), default, d.Constant(d[1]) != 0);
            return new PredicateMove(d.PredicateTarget(d[0]), d.Predicate(d[1]), null);
        }

        if (d[0].Kind == 'v')
        {
            int count = d[0].Parts.Length;
            var part = new PtxType('b', type.Bytes / count);
            int[] targets = d.Targets(d[0], part, count);
            return new Unpack(targets, d.Source(d[1], type), 8 * part.Bytes);
        }

        if (d[1].Kind == 'v')
        {
            int count = d[1].Parts.Length;
            var part = new PtxType('b', type.Bytes / count);
            int[] sources = d.Sources(d[1], part, count);
            return new Pack(d.Target(d[0], type), sources, 8 * part.Bytes);
        }

        // Special registers have 32 bits; the text may name them in a move of any type of that size.
        bool integer = d[1].Kind == 'w' && d.RegisterType(d[1]) is null;
        int source = integer && type.Bytes != 8 ? d.Source(d[1], PtxType.B32) : d.Source(d[1], type);
        return (Instruction)Activator.CreateInstance(typeof(Unary<,>).MakeGenericType(typeof(ulong), typeof(Same<ulong>)), d.Target(d[0], type), source)!;
    }
}

/// <summary>mov.pred.</summary>
sealed class PredicateMove(int d, PredicateOperand a, bool? constant) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        uint value = constant switch { true => Warp.Full, false => 0, null => a.Lanes(warp) };
        warp.Predicates[d] = warp.Predicates[d] & ~mask | value & mask;
    }
}

/// <summary>mov.b32 {a, b}, d.</summary>
sealed unsafe class Unpack(int[] targets, int source, int bits) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        ulong* r = warp.Registers;
        while (mask != 0)
        {
            int i = NextLane(ref mask);
            ulong value = r[source * Warp.Size + i];
            for (int t = 0; t < targets.Length; t++) r[targets[t] * Warp.Size + i] = BitOperationsSet.Narrow(value >> t * bits, bits);
        }
    }
}

/// <summary>mov.b32 d, {a, b}.</summary>
sealed unsafe class Pack(int target, int[] sources, int bits) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        ulong* r = warp.Registers;
        while (mask != 0)
        {
            int i = NextLane(ref mask);
            ulong value = 0;
            for (int s = 0; s < sources.Length; s++) value |= BitOperationsSet.Narrow(r[sources[s] * Warp.Size + i], bits) << s * bits;
            r[target * Warp.Size + i] = value;
        }
    }
}
