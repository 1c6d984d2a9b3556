using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>
/// Shared memory of the block that runs, with a shadow that knows who wrote and read what last, and when: a race detector by vector clocks
/// (Flanagan and Freund, "FastTrack", 2009). The warps run one after another, so a missing barrier would never show in the numbers; here it does.
/// Writes are tracked by 2 bytes, reads by 4. A pending asynchronous copy makes its target unreadable until it was waited for.
/// </summary>
sealed unsafe class SharedMemory : IDisposable
{
    /// <summary>Where shared memory begins: a device keeps the first KiB.</summary>
    public const uint Base = 1024;

    /// <summary>Shared addresses as generic ones.</summary>
    public const ulong Window = 1UL << 56;

    const int AgentShift = 24, ClockMask = (1 << AgentShift) - 1;

    readonly byte* bytes;
    readonly int[] writers;     // by 2 bytes: (agent + 1, clock), 0 never written, negative: a copy pending
    readonly int[] reads;       // by 4 bytes and agent: clock of the last read
    readonly int[] loads;       // likewise, of those that are no asynchronous ones: 1 more than the clock, 0 for none
    readonly int[] stamps;      // by 4 bytes: the block's stamp at the last read

    /// <summary>Shared memory for blocks of so many warps; agents from <paramref name="warps"/> on are barriers that receive bulk copies.</summary>
    public SharedMemory(int size, int warps)
    {
        Size = (size + 15) / 16 * 16;
        Warps = warps;
        bytes = (byte*)NativeMemory.AlignedAlloc((nuint)Size + 1024, 1024);
        writers = new int[Size / 2];
        reads = new int[Size / 4 * warps];
        loads = new int[Size / 4 * warps];
        stamps = new int[Size / 4];
    }

    public int Size { get; }

    public int Warps { get; }

    /// <summary>Counts barriers of the whole block.</summary>
    public int Stamp { get; set; }

    /// <summary>Forgets the last block.</summary>
    public void Clear()
    {
        new Span<byte>(bytes, Size).Fill(0xFF);
        Array.Clear(writers);
        Array.Clear(reads);
        Array.Clear(loads);
        Array.Clear(stamps);
        Stamp = 1;
    }

    /// <summary>The bytes at a shared address.</summary>
    /// <exception cref="EmulationException">They lie outside, or the address is no multiple of <paramref name="align"/>.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Locate(ulong address, int length, int align)
    {
        ulong offset = address - Base;
        if (offset + (ulong)length > (ulong)Size || offset > (ulong)Size) Outside(address, length);
        if ((address & (ulong)(align - 1)) != 0) throw new EmulationException($"shared address {address} is no multiple of {align}");
        return bytes + offset;
    }

    void Outside(ulong address, int length) =>
        throw new EmulationException($"{length} bytes of shared memory at {(address >= Window ? "generic address " : "")}{(long)(address - Base)} lie outside its {Size} bytes");

    /// <summary>A read by a warp of bytes that were located before.</summary>
    /// <returns>False if some of them were never written: harmless as long as nobody uses them.</returns>
    public bool Read(Warp warp, ulong address, int length)
    {
        int first = (int)(address - Base), end = first + length, own = warp.Index;
        var clock = warp.Clock;
        bool defined = true;
        for (int g = first >> 1; g < (end + 1) >> 1; g++)
        {
            int e = writers[g];
            int agent = (e >> AgentShift) - 1;
            if (e > 0 && (agent == own || clock[agent] >= (e & ClockMask))) continue;
            if (e == 0)
            {
                defined = false;
                continue;
            }

            Complain(warp, e, g * 2, "read");
            break;
        }

        MarkRead(warp, first, end, clock[own]);
        return defined;
    }

    void MarkRead(Warp warp, int first, int end, int clock)
    {
        for (int u = first >> 2; u < (end + 3) >> 2; u++)
        {
            reads[u * Warps + warp.Index] = clock;
            if (clock != int.MaxValue) loads[u * Warps + warp.Index] = clock + 1;
            stamps[u] = Stamp;
        }
    }

    /// <summary>A write by a warp of bytes that were located before.</summary>
    public void Write(Warp warp, ulong address, int length)
    {
        if (warp.Block.HasTransaction(address, length)) warp.Report("Barrier", $"the mbarrier at shared byte {address - Base} is overwritten by warp {warp.Index}");
        Write(warp, address, length, (warp.Index + 1) << AgentShift | warp.Clock[warp.Index]);
    }

    /// <summary>A write that cannot be read before <see cref="Arrive"/>.</summary>
    public void WritePending(Warp warp, ulong address, int length) => Write(warp, address, length, int.MinValue | warp.Index);

    /// <summary>
    /// A write by an agent that is no warp: visible to those whose clock of the agent has reached <paramref name="clock"/>. What warps have read there must have been followed by
    /// their fence.proxy.async, and that must be ordered before.
    /// </summary>
    public void WriteBulk(Warp warp, ulong address, int length, int agent, int clock)
    {
        int first = (int)(address - Base), end = first + length;
        for (int u = first >> 2; u < (end + 3) >> 2; u++)
        {
            for (int w = 0; w < Warps; w++)
            {
                int load = loads[u * Warps + w];
                if (load > 0 && !warp.Block.Warps[w].FencedBetween(load - 1, warp.Clock[w]))
                    warp.Report("Proxy", $"shared byte {u * 4} was read by warp {w} without fence.proxy.async before the barrier, and is overwritten by a bulk copy");
                loads[u * Warps + w] = 0;
            }
        }

        Write(warp, address, length, (agent + 1) << AgentShift | clock);
    }

    void Write(Warp warp, ulong address, int length, int stamp)
    {
        int first = (int)(address - Base), end = first + length, own = warp.Index;
        var clock = warp.Clock;
        for (int g = first >> 1; g < (end + 1) >> 1; g++)
        {
            int e = writers[g];
            writers[g] = stamp;
            int agent = (e >> AgentShift) - 1;
            if (e == 0 || (e > 0 && (agent == own || clock[agent] >= (e & ClockMask)))) continue;
            Complain(warp, e, g * 2, "overwritten");
        }

        for (int u = first >> 2; u < (end + 3) >> 2; u++)
        {
            if (stamps[u] <= warp.SyncedStamp) continue;
            for (int w = 0; w < Warps; w++)
            {
                int read = reads[u * Warps + w];
                if (read > clock[w] || (w == own && read > clock[own]))
                    warp.Report("Race", $"shared byte {u * 4} is overwritten by warp {own} while warp {w} may still read it");
            }
        }
    }

    /// <summary>Pending writes of a warp have arrived.</summary>
    public void Arrive(Warp warp, ulong address, int length)
    {
        int first = (int)(address - Base), pending = int.MinValue | warp.Index;
        for (int g = first >> 1; g < (first + length + 1) >> 1; g++)
            if (writers[g] == pending) writers[g] = (warp.Index + 1) << AgentShift | warp.Clock[warp.Index];
    }

    /// <summary>
    /// A read through the asynchronous proxy, as wgmma and bulk stores do it: what warps wrote must have been followed by their fence.proxy.async, and that
    /// must be ordered before. The bytes count as being read until <see cref="EndRead"/>.
    /// </summary>
    public void ReadAsync(Warp warp, ulong address, int length)
    {
        int first = (int)(address - Base), end = first + length, own = warp.Index;
        var clock = warp.Clock;
        int lastWriter = 0;
        for (int g = first >> 1; g < (end + 1) >> 1; g++)
        {
            int e = writers[g];
            if (e == lastWriter) continue;
            lastWriter = e;
            int agent = (e >> AgentShift) - 1, written = e & ClockMask;
            if (e <= 0 || (agent != own && clock[agent] < written)) Complain(warp, e, g * 2, "read");
            else if (agent < Warps && !warp.Block.Warps[agent].FencedBetween(written, clock[agent]))
                warp.Report("Proxy", $"shared byte {g * 2} was written by warp {agent} without fence.proxy.async before the barrier");
        }

        MarkRead(warp, first, end, int.MaxValue);
    }

    /// <summary>A read through the asynchronous proxy has ended.</summary>
    public void EndRead(Warp warp, ulong address, int length)
    {
        int first = (int)(address - Base), end = first + length;
        for (int u = first >> 2; u < (end + 3) >> 2; u++)
            if (reads[u * Warps + warp.Index] == int.MaxValue) reads[u * Warps + warp.Index] = warp.Clock[warp.Index];
    }

    void Complain(Warp warp, int e, int at, string verb)
    {
        if (e == 0) warp.Report("Uninitialised", $"shared byte {at} is {verb} by warp {warp.Index} and was never written");
        else if (e < 0) warp.Report("Pending", $"shared byte {at} is {verb} by warp {warp.Index} while a cp.async of warp {e & 0xFF} is pending");
        else
        {
            int agent = (e >> AgentShift) - 1;
            warp.Report("Race", $"shared byte {at} is {verb} by warp {warp.Index} and was written by {(agent < Warps ? $"warp {agent}" : "a bulk copy")} without a barrier between");
        }
    }

    public void Dispose() => NativeMemory.AlignedFree(bytes);
}
