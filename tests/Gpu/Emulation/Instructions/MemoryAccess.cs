namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>ld and st.</summary>
static class MemoryAccess
{
    public static IEnumerable<(string, Func<Decoding, Instruction>)> Rules =>
    [
        ("ld", Load),
        ("ldu", Load),
        ("st", Store),
        ("isspacep", d => new SpaceTest(d.PredicateTarget(d[0]), d.Source(d[1], PtxType.U64), d.Statement.Has("shared") || d.Statement.Has("shared::cta"))),
    ];

    /// <summary>Elements of a vector.</summary>
    static int Count(Decoding d) => d.Statement.Has("v2") ? 2 : d.Statement.Has("v4") ? 4 : d.Statement.Has("v8") ? 8 : 1;

    /// <summary>The memory that an opcode names.</summary>
    public static char Space(Decoding d) =>
        d.Statement.Has("shared") || d.Statement.Has("shared::cta") ? 's'
        : d.Statement.Has("global") ? 'g'
        : d.Statement.Has("param") ? 'p'
        : d.Statement.Has("local") || d.Statement.Has("const") || d.Statement.Has("shared::cluster") ? throw d.Error("this memory is not known")
        : '*';

    static Instruction Load(Decoding d)
    {
        int count = Count(d);
        var type = d.Type();
        if (count * type.Bytes > 16) throw d.Error("more than 16 bytes");
        d.Expect(2, 3);
        int[] targets = d.Targets(d[0], type, count, relaxed: true);
        int[] widths = [.. (count == 1 && d[0].Kind != 'v' ? [d[0]] : d[0].Parts).Select(o => 8 * (d.RegisterType(o)?.Bytes ?? type.Bytes))];
        if (Space(d) == 'p')
        {
            var (offset, bytes) = d.Parameter(d[1]);
            if (count * type.Bytes > bytes) throw d.Error("the load reaches beyond the parameter");
            return new ParameterLoad(targets, widths, offset, type);
        }

        return new LoadInstruction(Space(d), targets, widths, d.Address(d[1]), type, d.Statement.Has("acquire"));
    }

    static StoreInstruction Store(Decoding d)
    {
        int count = Count(d);
        var type = d.Type();
        if (count * type.Bytes > 16) throw d.Error("more than 16 bytes");
        if (Space(d) == 'p') throw d.Error("parameters are read only");
        d.Expect(2, 3);
        return new(Space(d), d.Sources(d[1], type, count, relaxed: true), d.Address(d[0]), type);
    }
}

/// <summary>ld.param: the same for all lanes.</summary>
sealed unsafe class ParameterLoad(int[] targets, int[] widths, int offset, PtxType type) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        for (int t = 0; t < targets.Length; t++)
        {
            ulong value = warp.Kernel.Parameter(offset + t * type.Bytes, type.Bytes);
            if (type.IsSigned) value = BitOperationsSet.Narrow((ulong)BitOperationsSet.Extend(value, 8 * type.Bytes), widths[t]);
            for (uint rest = mask; rest != 0;) warp.Registers[targets[t] * Warp.Size + NextLane(ref rest)] = value;
        }
    }
}

/// <summary>An access to memory through an address of each lane.</summary>
abstract unsafe class Access(char space, AddressOperand address, int bytes) : Instruction
{
    /// <summary>Bytes of a lane's access.</summary>
    protected int Bytes => bytes;

    /// <summary>Where a lane's bytes are; shared accesses are noted with the race detector.</summary>
    protected byte* Locate(Warp warp, int lane, bool write) => Locate(warp, lane, write, out _);

    /// <inheritdoc cref="Locate(Warp, int, bool)"/>
    protected byte* Locate(Warp warp, int lane, bool write, out bool defined)
    {
        defined = true;
        ulong at = warp.Registers[address.Slot * Warp.Size + lane] + address.Offset;
        if ((at & (ulong)(bytes - 1)) != 0) throw warp.Fail($"address 0x{at:x} of lane {lane} is no multiple of {bytes}");
        if (space == 's' || (space == '*' && at >= SharedMemory.Window))
        {
            if (space == '*') at -= SharedMemory.Window;
            byte* pointer = warp.Block.Shared.Locate(at, bytes, bytes);
            if (write) warp.Block.Shared.Write(warp, at, bytes);
            else defined = warp.Block.Shared.Read(warp, at, bytes);
            return pointer;
        }

        return warp.Block.Memory.Locate(at, bytes);
    }

    /// <summary>Counts bank conflicts.</summary>
    protected void Count(Warp warp, uint mask)
    {
        if (space != 's') return;
        Span<uint> addresses = stackalloc uint[Warp.Size];
        for (int i = 0; i < Warp.Size; i++) addresses[i] = (uint)(warp.Registers[address.Slot * Warp.Size + i] + address.Offset);
        var (phases, conflicts) = warp.Block.Banks.Count(addresses, mask, bytes);
        Phases += phases;
        Conflicts += conflicts;
    }

    protected static ulong Get(byte* pointer, int length) => length switch
    {
        1 => *pointer,
        2 => *(ushort*)pointer,
        4 => *(uint*)pointer,
        _ => *(ulong*)pointer,
    };

    protected static void Put(byte* pointer, int length, ulong value)
    {
        switch (length)
        {
            case 1: *pointer = (byte)value; break;
            case 2: *(ushort*)pointer = (ushort)value; break;
            case 4: *(uint*)pointer = (uint)value; break;
            default: *(ulong*)pointer = value; break;
        }
    }
}

/// <summary>ld.</summary>
sealed unsafe class LoadInstruction(char space, int[] targets, int[] widths, AddressOperand address, PtxType type, bool acquires) : Access(space, address, type.Bytes * targets.Length)
{
    /// <summary>It looks for what another block has left, which may not have had its turn.</summary>
    public bool Acquires => acquires;

    public override void Execute(Warp warp, uint mask)
    {
        Count(warp, mask);
        ulong* r = warp.Registers;
        while (mask != 0)
        {
            int i = NextLane(ref mask);
            byte* pointer = Locate(warp, i, write: false, out bool defined);
            for (int t = 0; t < targets.Length; t++)
            {
                if (!defined) warp.Undefine(targets[t], 1u << i);
                ulong value = Get(pointer + t * type.Bytes, type.Bytes);
                if (type.IsSigned) value = BitOperationsSet.Narrow((ulong)BitOperationsSet.Extend(value, 8 * type.Bytes), widths[t]);
                r[targets[t] * Warp.Size + i] = value;
            }
        }

        if (acquires) warp.Yield();
    }
}

/// <summary>st.</summary>
sealed unsafe class StoreInstruction(char space, int[] sources, AddressOperand address, PtxType type) : Access(space, address, type.Bytes * sources.Length)
{
    public override void Execute(Warp warp, uint mask)
    {
        Count(warp, mask);
        ulong* r = warp.Registers;
        while (mask != 0)
        {
            int i = NextLane(ref mask);
            byte* pointer = Locate(warp, i, write: true);
            for (int s = 0; s < sources.Length; s++) Put(pointer + s * type.Bytes, type.Bytes, r[sources[s] * Warp.Size + i]);
        }
    }
}

/// <summary>isspacep.</summary>
sealed unsafe class SpaceTest(int p, int a, bool shared) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        uint result = 0;
        for (int i = 0; i < Warp.Size; i++)
            if (warp.Registers[a * Warp.Size + i] >= SharedMemory.Window == shared) result |= 1u << i;
        warp.Predicates[p] = warp.Predicates[p] & ~mask | result & mask;
    }
}
