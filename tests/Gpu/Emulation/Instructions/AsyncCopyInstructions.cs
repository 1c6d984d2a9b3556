namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>cp.async with its groups, and the bulk copies whose names begin alike.</summary>
static class AsyncCopyInstructions
{
    public static IEnumerable<(string, Func<Decoding, Instruction>)> Rules => [("cp", Copy)];

    static Instruction Copy(Decoding d)
    {
        var s = d.Statement;
        if (s.Has("bulk")) return TensorCopyInstructions.Copy(d);
        if (s.Has("commit_group")) return new CommitCopies();
        if (s.Has("wait_group")) return new WaitCopies(d.Constant(d[0]));
        if (s.Has("wait_all")) return new WaitCopies(0, commit: true);
        if (s.Has("mbarrier")) throw d.Error("this form is not known");
        if (!s.Has("shared") && !s.Has("shared::cta")) throw d.Error("the target is no shared memory");
        d.Expect(3, 5);
        int size = d.Constant(d[2]);
        if (s.Has("cg") ? size != 16 : size is not (4 or 8 or 16)) throw d.Error($"a copy of {size} bytes");
        bool hinted = s.Has("L2::cache_hint");
        int source = d.Operands > (hinted ? 4 : 3) ? d.Source(d[3], PtxType.U32) : d.ConstantSlot((ulong)size);
        return new CopyAsync(d.Address(d[0]), d.Address(d[1]), size, source);
    }
}

/// <summary>cp.async: copies some bytes, fills the rest with zeros. The target cannot be read until the copy was waited for.</summary>
sealed unsafe class CopyAsync(AddressOperand target, AddressOperand source, int size, int sourceSize) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        ulong* r = warp.Registers;
        var shared = warp.Block.Shared;
        Span<uint> addresses = stackalloc uint[Warp.Size];
        for (uint rest = mask; rest != 0;)
        {
            int i = NextLane(ref rest);
            ulong to = r[target.Slot * Warp.Size + i] + target.Offset, from = r[source.Slot * Warp.Size + i] + source.Offset;
            long bytes = (long)r[sourceSize * Warp.Size + i];
            if (bytes < 0 || bytes > size) throw warp.Fail($"lane {i} copies {bytes} of {size} bytes");
            if ((from & (ulong)(size - 1)) != 0) throw warp.Fail($"global address 0x{from:x} of lane {i} is no multiple of {size}");
            byte* place = shared.Locate(to, size, size);
            if (bytes > 0) Buffer.MemoryCopy(warp.Block.Memory.Locate(from, bytes), place, size, bytes);
            new Span<byte>(place + bytes, size - (int)bytes).Clear();
            shared.WritePending(warp, to, size);
            warp.Copies.Add((uint)to, size);
            addresses[i] = (uint)to;
        }

        var (phases, conflicts) = warp.Block.Banks.Count(addresses, mask, size);
        Phases += phases;
        Conflicts += conflicts;
    }
}

/// <summary>cp.async.commit_group.</summary>
sealed class CommitCopies : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        if (mask != warp.Live) throw warp.Fail($"only lanes 0x{mask:x8} commit; groups of a warp's lanes would differ");
        warp.Copies.Commit();
    }
}

/// <summary>cp.async.wait_group, wait_all.</summary>
sealed class WaitCopies(int pending, bool commit = false) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        if (mask != warp.Live) throw warp.Fail($"only lanes 0x{mask:x8} wait");
        if (commit) warp.Copies.Commit();
        warp.Copies.Wait(warp, pending);
    }
}
