namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>An operation on one value.</summary>
interface IUnary<T>
{
    static abstract T Apply(T a);
}

/// <summary>An operation on two values.</summary>
interface IBinary<T>
{
    static abstract T Apply(T a, T b);
}

/// <summary>An operation on three values.</summary>
interface ITernary<T>
{
    static abstract T Apply(T a, T b, T c);
}

/// <summary>d = op(a).</summary>
sealed unsafe class Unary<T, TOperation>(int d, int a) : Instruction
    where T : unmanaged
    where TOperation : struct, IUnary<T>
{
    public override void Execute(Warp warp, uint mask)
    {
        ulong* x = warp.Registers + a * Warp.Size, y = warp.Registers + d * Warp.Size;
        if (mask == Warp.Full)
        {
            for (int i = 0; i < Warp.Size; i++) y[i] = LaneBits.From(TOperation.Apply(LaneBits.To<T>(x[i])));
            return;
        }

        while (mask != 0)
        {
            int i = NextLane(ref mask);
            y[i] = LaneBits.From(TOperation.Apply(LaneBits.To<T>(x[i])));
        }
    }
}

/// <summary>d = op(a, b).</summary>
sealed unsafe class Binary<T, TOperation>(int d, int a, int b) : Instruction
    where T : unmanaged
    where TOperation : struct, IBinary<T>
{
    public override void Execute(Warp warp, uint mask)
    {
        ulong* x = warp.Registers + a * Warp.Size, y = warp.Registers + b * Warp.Size, z = warp.Registers + d * Warp.Size;
        if (mask == Warp.Full)
        {
            for (int i = 0; i < Warp.Size; i++) z[i] = LaneBits.From(TOperation.Apply(LaneBits.To<T>(x[i]), LaneBits.To<T>(y[i])));
            return;
        }

        while (mask != 0)
        {
            int i = NextLane(ref mask);
            z[i] = LaneBits.From(TOperation.Apply(LaneBits.To<T>(x[i]), LaneBits.To<T>(y[i])));
        }
    }
}

/// <summary>d = op(a, b, c).</summary>
sealed unsafe class Ternary<T, TOperation>(int d, int a, int b, int c) : Instruction
    where T : unmanaged
    where TOperation : struct, ITernary<T>
{
    public override void Execute(Warp warp, uint mask)
    {
        ulong* x = warp.Registers + a * Warp.Size, y = warp.Registers + b * Warp.Size, z = warp.Registers + c * Warp.Size, w = warp.Registers + d * Warp.Size;
        if (mask == Warp.Full)
        {
            for (int i = 0; i < Warp.Size; i++) w[i] = LaneBits.From(TOperation.Apply(LaneBits.To<T>(x[i]), LaneBits.To<T>(y[i]), LaneBits.To<T>(z[i])));
            return;
        }

        while (mask != 0)
        {
            int i = NextLane(ref mask);
            w[i] = LaneBits.From(TOperation.Apply(LaneBits.To<T>(x[i]), LaneBits.To<T>(y[i]), LaneBits.To<T>(z[i])));
        }
    }
}
