namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>atom and red: lanes one after another.</summary>
static class Atomics
{
    public static IEnumerable<(string, Func<Decoding, Instruction>)> Rules => [("atom", d => Atomic(d, true)), ("red", d => Atomic(d, false))];

    static Atomic Atomic(Decoding d, bool returns)
    {
        var type = d.Type();
        int first = returns ? 1 : 0;
        string operation = d.Statement.Opcode.First(m => m is "add" or "and" or "or" or "xor" or "min" or "max" or "exch" or "cas" or "inc" or "dec");
        d.Expect(first + (operation == "cas" ? 3 : 2), first + (operation == "cas" ? 3 : 2));
        int target = returns ? d.Target(d[0], type) : d.Target(new('w', "_"), type);
        int width = 8 * type.Bytes;
        Func<ulong, ulong, ulong, ulong> function = operation switch
        {
            "add" when type is { IsFloat: true, Bytes: 4 } => (x, y, _) => BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle((uint)x) + BitConverter.UInt32BitsToSingle((uint)y)),
            "add" when type.IsFloat => (x, y, _) => BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(x) + BitConverter.UInt64BitsToDouble(y)),
            "add" => (x, y, _) => BitOperationsSet.Narrow(x + y, width),
            "and" => (x, y, _) => x & y,
            "or" => (x, y, _) => x | y,
            "xor" => (x, y, _) => x ^ y,
            "exch" => (_, y, _) => y,
            "cas" => (x, y, z) => x == y ? z : x,
            "inc" => (x, y, _) => x >= y ? 0 : x + 1,
            "dec" => (x, y, _) => x == 0 || x > y ? y : x - 1,
            "min" when type.IsSigned => (x, y, _) => BitOperationsSet.Extend(x, width) < BitOperationsSet.Extend(y, width) ? x : y,
            "max" when type.IsSigned => (x, y, _) => BitOperationsSet.Extend(x, width) > BitOperationsSet.Extend(y, width) ? x : y,
            "min" => (x, y, _) => Math.Min(x, y),
            _ => (x, y, _) => Math.Max(x, y),
        };
        return new(MemoryAccess.Space(d), target, d.Address(d[first]), d.Source(d[first + 1], type), operation == "cas" ? d.Source(d[first + 2], type) : d.ConstantSlot(0), type.Bytes, function);
    }
}

/// <summary>Reads, computes, writes, undisturbed.</summary>
sealed unsafe class Atomic(char space, int d, AddressOperand address, int a, int b, int bytes, Func<ulong, ulong, ulong, ulong> function) : Access(space, address, bytes)
{
    public override void Execute(Warp warp, uint mask)
    {
        ulong* r = warp.Registers;
        while (mask != 0)
        {
            int i = NextLane(ref mask);
            byte* pointer = Locate(warp, i, write: true);
            ulong before = Get(pointer, Bytes);
            Put(pointer, Bytes, function(before, r[a * Warp.Size + i], r[b * Warp.Size + i]));
            r[d * Warp.Size + i] = before;
        }
    }
}
