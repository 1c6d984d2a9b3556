using System.Numerics;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>A relation of two values.</summary>
interface IRelation<T>
{
    static abstract bool Holds(T a, T b);
}

readonly struct Equal<T> : IRelation<T> where T : INumber<T>
{
    public static bool Holds(T a, T b) => a == b;
}

readonly struct Unequal<T> : IRelation<T> where T : INumber<T>
{
    public static bool Holds(T a, T b) => a != b && !T.IsNaN(a) && !T.IsNaN(b);
}

readonly struct Less<T> : IRelation<T> where T : INumber<T>
{
    public static bool Holds(T a, T b) => a < b;
}

readonly struct LessEqual<T> : IRelation<T> where T : INumber<T>
{
    public static bool Holds(T a, T b) => a <= b;
}

readonly struct Greater<T> : IRelation<T> where T : INumber<T>
{
    public static bool Holds(T a, T b) => a > b;
}

readonly struct GreaterEqual<T> : IRelation<T> where T : INumber<T>
{
    public static bool Holds(T a, T b) => a >= b;
}

readonly struct Ordered<T> : IRelation<T> where T : INumber<T>
{
    public static bool Holds(T a, T b) => !T.IsNaN(a) && !T.IsNaN(b);
}

/// <summary>The relation, or one of the values is not a number: the opposite of the opposite relation.</summary>
readonly struct OrUnordered<T, TRelation> : IRelation<T> where T : INumber<T> where TRelation : struct, IRelation<T>
{
    public static bool Holds(T a, T b) => T.IsNaN(a) || T.IsNaN(b) || TRelation.Holds(a, b);
}

readonly struct Never<T> : IRelation<T>
{
    public static bool Holds(T a, T b) => false;
}

/// <summary>setp, set, selp, testp.</summary>
static class Comparisons
{
    static readonly Dictionary<string, Type> Relations = new()
    {
        ["eq"] = typeof(Equal<>),
        ["ne"] = typeof(Unequal<>),
        ["lt"] = typeof(Less<>),
        ["le"] = typeof(LessEqual<>),
        ["gt"] = typeof(Greater<>),
        ["ge"] = typeof(GreaterEqual<>),
        ["lo"] = typeof(Less<>),
        ["ls"] = typeof(LessEqual<>),
        ["hi"] = typeof(Greater<>),
        ["hs"] = typeof(GreaterEqual<>),
        ["num"] = typeof(Ordered<>),
        ["nan"] = typeof(Never<>),
        ["equ"] = typeof(Equal<>),
        ["neu"] = typeof(Unequal<>),
        ["ltu"] = typeof(Less<>),
        ["leu"] = typeof(LessEqual<>),
        ["gtu"] = typeof(Greater<>),
        ["geu"] = typeof(GreaterEqual<>),
    };

    public static IEnumerable<(string, Func<Decoding, Instruction>)> Rules =>
    [
        ("setp", SetPredicate),
        ("set", Set),
        ("selp", Select),
        ("testp", Test),
    ];

    static LaneTest Relation(Decoding d, PtxType type, int a, int b)
    {
        string name = d.Statement.Opcode[1];
        if (!Relations.TryGetValue(name, out var relation)) throw d.Error($"relation {name} is not known");
        Type clr = LaneBits.Clr(type), closed = relation.MakeGenericType(clr);
        if (name is "nan" or "equ" or "neu" or "ltu" or "leu" or "gtu" or "geu") closed = typeof(OrUnordered<,>).MakeGenericType(clr, closed);
        return (LaneTest)Activator.CreateInstance(typeof(LaneTest<,>).MakeGenericType(clr, closed), a, b)!;
    }

    static CompareInstruction SetPredicate(Decoding d)
    {
        d.Expect(3, 4);
        var type = d.Type();
        var relation = Relation(d, type, d.Source(d[1], type), d.Source(d[2], type));
        var (p, q) = d[0].Kind == '|' ? (d[0].Parts[0], d[0].Parts[1]) : (d[0], new PtxOperand('w', "_"));
        Func<uint, uint, uint>? combine = d.Statement.Has("and") ? (x, y) => x & y : d.Statement.Has("or") ? (x, y) => x | y : d.Statement.Has("xor") ? (x, y) => x ^ y : null;
        if (combine is null != (d.Operands == 3)) throw d.Error("a boolean operator goes with a fourth operand");
        PredicateOperand? other = combine is null ? null : d.Predicate(d[3]);
        return new(relation, d.PredicateTarget(p), d.PredicateTarget(q), combine, other);
    }

    static SetInstruction Set(Decoding d)
    {
        d.Expect(3, 3);
        PtxType result = d.Type(0), type = d.Type(1);
        return new(Relation(d, type, d.Source(d[1], type), d.Source(d[2], type)), d.Target(d[0], result), result.IsFloat ? BitConverter.SingleToUInt32Bits(1) : uint.MaxValue);
    }

    static SelectInstruction Select(Decoding d)
    {
        d.Expect(4, 4);
        var type = d.Type();
        return new(d.Target(d[0], type), d.Source(d[1], type), d.Source(d[2], type), d.Predicate(d[3]));
    }

    static CompareInstruction Test(Decoding d)
    {
        d.Expect(2, 2);
        var type = d.Type();
        string property = d.Statement.Opcode[1];
        Func<double, bool> test = property switch
        {
            "finite" => double.IsFinite,
            "infinite" => double.IsInfinity,
            "number" => x => !double.IsNaN(x),
            "notanumber" => double.IsNaN,
            _ => throw d.Error($"property {property} is not known"),
        };
        return new(new PropertyTest(d.Source(d[1], type), type, test), d.PredicateTarget(d[0]), d.PredicateTarget(new('w', "_")), null, null);
    }
}

/// <summary>A test that each lane makes.</summary>
abstract class LaneTest
{
    /// <summary>Lanes that pass.</summary>
    public abstract uint Lanes(Warp warp, uint mask);
}

/// <inheritdoc cref="LaneTest"/>
sealed unsafe class LaneTest<T, TRelation>(int a, int b) : LaneTest
    where T : unmanaged
    where TRelation : struct, IRelation<T>
{
    public override uint Lanes(Warp warp, uint mask)
    {
        ulong* x = warp.Registers + a * Warp.Size, y = warp.Registers + b * Warp.Size;
        uint result = 0;
        for (int i = 0; i < Warp.Size; i++)
            if (TRelation.Holds(LaneBits.To<T>(x[i]), LaneBits.To<T>(y[i]))) result |= 1u << i;
        return result & mask;
    }
}

/// <summary>A property of one float.</summary>
sealed unsafe class PropertyTest(int a, PtxType type, Func<double, bool> test) : LaneTest
{
    public override uint Lanes(Warp warp, uint mask)
    {
        uint result = 0;
        for (int i = 0; i < Warp.Size; i++)
        {
            ulong bits = warp.Registers[a * Warp.Size + i];
            if (test(type.Bytes == 8 ? BitConverter.UInt64BitsToDouble(bits) : BitConverter.UInt32BitsToSingle((uint)bits))) result |= 1u << i;
        }

        return result & mask;
    }
}

/// <summary>setp: p = relation combined with c, q = its opposite combined with c.</summary>
sealed class CompareInstruction(LaneTest test, int p, int q, Func<uint, uint, uint>? combine, PredicateOperand? other) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        uint holds = test.Lanes(warp, mask), opposite = ~holds;
        if (combine is not null)
        {
            uint c = other!.Value.Lanes(warp);
            (holds, opposite) = (combine(holds, c), combine(opposite, c));
        }

        warp.Predicates[p] = warp.Predicates[p] & ~mask | holds & mask;
        warp.Predicates[q] = warp.Predicates[q] & ~mask | opposite & mask;
    }
}

/// <summary>set: a value where a relation holds, else 0.</summary>
sealed unsafe class SetInstruction(LaneTest test, int d, uint value) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        uint holds = test.Lanes(warp, mask);
        while (mask != 0)
        {
            int i = NextLane(ref mask);
            warp.Registers[d * Warp.Size + i] = (holds >> i & 1) != 0 ? value : 0;
        }
    }
}

/// <summary>d = p ? a : b.</summary>
sealed unsafe class SelectInstruction(int d, int a, int b, PredicateOperand p) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        ulong* r = warp.Registers;
        uint chosen = p.Lanes(warp);
        while (mask != 0)
        {
            int i = NextLane(ref mask);
            r[d * Warp.Size + i] = (chosen >> i & 1) != 0 ? r[a * Warp.Size + i] : r[b * Warp.Size + i];
        }
    }
}
