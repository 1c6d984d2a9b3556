namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>Arithmetic, logic, functions: which operation an opcode and its type mean.</summary>
static class Arithmetic
{
    public static IEnumerable<(string, Func<Decoding, Instruction>)> Rules =>
    [
        ("add", d => Binary(d, typeof(Add<>))),
        ("sub", d => Binary(d, typeof(Subtract<>))),
        ("mul", Multiply),
        ("mad", MultiplyAdd),
        ("fma", d => Ternary(d, typeof(FusedMultiplyAdd<>))),
        ("div", d => Binary(d, d.Type().IsFloat ? typeof(Divide<>) : typeof(DivideInteger<>))),
        ("rem", d => Binary(d, typeof(Remainder<>))),
        ("min", d => Binary(d, d.Statement.Has("NaN") ? typeof(MinimumNaN<>) : typeof(Minimum<>))),
        ("max", d => Binary(d, d.Statement.Has("NaN") ? typeof(MaximumNaN<>) : typeof(Maximum<>))),
        ("neg", d => Unary(d, typeof(Negate<>))),
        ("abs", d => Unary(d, typeof(Absolute<>))),
        ("and", d => Logic(d, typeof(And<>), (a, b) => a & b)),
        ("or", d => Logic(d, typeof(Or<>), (a, b) => a | b)),
        ("xor", d => Logic(d, typeof(Xor<>), (a, b) => a ^ b)),
        ("not", d => d.Type() == PtxType.Predicate ? new PredicateLogic(d.PredicateTarget(d[0]), d.Predicate(d[1]), d.Predicate(d[1]), (a, _) => ~a) : Unary(d, typeof(Not<>))),
        ("rcp", d => Unary(d, typeof(Reciprocal<>))),
        ("sqrt", d => Unary(d, typeof(SquareRoot<>))),
        ("rsqrt", d => Unary(d, typeof(ReciprocalSquareRoot))),
        ("ex2", d => Unary(d, d.Statement.Has("ftz") ? typeof(Exponential2Flushed) : typeof(Exponential2))),
        ("lg2", d => Unary(d, typeof(Logarithm2))),
        ("sin", d => Unary(d, typeof(Sine))),
        ("cos", d => Unary(d, typeof(Cosine))),
        ("tanh", d => Unary(d, typeof(HyperbolicTangent))),
        ("copysign", d => Binary(d, typeof(CopySign<>))),
    ];

    static bool IsPair(Decoding d) => d.Statement.Has("bf16x2");

    static Type Close(Type operation, Type argument) => operation.IsGenericTypeDefinition ? operation.MakeGenericType(argument) : operation;

    static void Refuse(Decoding d)
    {
        if (d.Statement.Has("sat") || d.Statement.Has("f16x2") || d.Statement.Has("bf16") || d.Statement.Has("cc")) throw d.Error("this form is not known");
    }

    public static Instruction Unary(Decoding d, Type operation)
    {
        Refuse(d);
        d.Expect(2, 2);
        var type = d.Type();
        Type clr = IsPair(d) ? typeof(uint) : LaneBits.Clr(type);
        Type closed = IsPair(d) ? typeof(PairUnary<>).MakeGenericType(Close(operation, typeof(float))) : Close(operation, clr);
        return (Instruction)Activator.CreateInstance(typeof(Unary<,>).MakeGenericType(clr, closed), d.Target(d[0], type), d.Source(d[1], type))!;
    }

    public static Instruction Binary(Decoding d, Type operation)
    {
        Refuse(d);
        d.Expect(3, 3);
        var type = d.Type();
        Type clr = IsPair(d) ? typeof(uint) : LaneBits.Clr(type);
        Type closed = IsPair(d) ? typeof(PairBinary<>).MakeGenericType(Close(operation, typeof(float))) : Close(operation, clr);
        return (Instruction)Activator.CreateInstance(typeof(Binary<,>).MakeGenericType(clr, closed), d.Target(d[0], type), d.Source(d[1], type), d.Source(d[2], type))!;
    }

    public static Instruction Ternary(Decoding d, Type operation)
    {
        Refuse(d);
        d.Expect(4, 4);
        var type = d.Type();
        Type clr = IsPair(d) ? typeof(uint) : LaneBits.Clr(type);
        Type closed = IsPair(d) ? typeof(PairTernary<>).MakeGenericType(Close(operation, typeof(float))) : Close(operation, clr);
        return (Instruction)Activator.CreateInstance(
            typeof(Ternary<,>).MakeGenericType(clr, closed), d.Target(d[0], type), d.Source(d[1], type), d.Source(d[2], type), d.Source(d[3], type))!;
    }

    static Instruction Multiply(Decoding d)
    {
        var type = d.Type();
        if (d.Statement.Has("wide"))
        {
            d.Expect(3, 3);
            return Wide(d, type, d.ConstantSlot(0));
        }

        if (!type.IsFloat && !d.Statement.Has("lo") && !d.Statement.Has("hi")) throw d.Error("lo, hi or wide is missing");
        return Binary(d, d.Statement.Has("hi") ? typeof(MultiplyHigh<>) : typeof(Multiply<>));
    }

    static Instruction MultiplyAdd(Decoding d)
    {
        var type = d.Type();
        if (type.IsFloat) return Ternary(d, typeof(FusedMultiplyAdd<>));
        if (d.Statement.Has("wide"))
        {
            d.Expect(4, 4);
            return Wide(d, type, d.Source(d[3], type with { Bytes = 2 * type.Bytes }));
        }

        return Ternary(d, d.Statement.Has("hi") ? typeof(MultiplyHighAdd<>) : typeof(MultiplyAdd<>));
    }

    static MultiplyWide Wide(Decoding d, PtxType type, int addend) =>
        new(type, d.Target(d[0], type with { Bytes = 2 * type.Bytes }), d.Source(d[1], type), d.Source(d[2], type), addend);

    static Instruction Logic(Decoding d, Type operation, Func<uint, uint, uint> predicates) =>
        d.Type() == PtxType.Predicate ? new PredicateLogic(d.PredicateTarget(d[0]), d.Predicate(d[1]), d.Predicate(d[2]), predicates) : Binary(d, operation);
}

/// <summary>d = a · b + c with a result twice as wide.</summary>
sealed unsafe class MultiplyWide(PtxType type, int d, int a, int b, int c) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        ulong* x = warp.Registers + a * Warp.Size, y = warp.Registers + b * Warp.Size, z = warp.Registers + c * Warp.Size, w = warp.Registers + d * Warp.Size;
        while (mask != 0)
        {
            int i = NextLane(ref mask);
            ulong product = type switch
            {
                { IsSigned: true, Bytes: 4 } => (ulong)((long)(int)x[i] * (int)y[i]),
                { IsSigned: true } => (uint)((short)x[i] * (short)y[i]),
                { Bytes: 4 } => x[i] * y[i],
                _ => (uint)(x[i] * y[i]),
            };
            w[i] = type.Bytes == 4 ? product + z[i] : (uint)(product + z[i]);
        }
    }
}

/// <summary>d = op(a, b) on predicates.</summary>
sealed class PredicateLogic(int d, PredicateOperand a, PredicateOperand b, Func<uint, uint, uint> operation) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        uint value = operation(a.Lanes(warp), b.Lanes(warp));
        warp.Predicates[d] = warp.Predicates[d] & ~mask | value & mask;
    }
}
