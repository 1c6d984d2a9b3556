using System.Numerics;
using System.Runtime.InteropServices;

namespace AlbertCompiled.Cpu;

/// <summary>
/// Which processor a thread runs on. Threads that hand over work within microseconds stay runnable and cache-hot all the time, and
/// Linux then leaves two of them on one processor beside an idle one for seconds. Elsewhere nothing is done.
/// </summary>
static unsafe class Processors
{
    /// <summary>A set of processors as the kernel takes it: 1024 bits.</summary>
    struct Mask
    {
        public fixed ulong Words[16];

        public readonly bool Has(int processor) => (Words[processor / 64] >> processor % 64 & 1) != 0;
    }

    /// <summary>The processors that the calling thread may use; empty if that is unknown.</summary>
    public static int[] Allowed()
    {
        Mask mask;
        if (!OperatingSystem.IsLinux() || GetAffinity(0, (nuint)sizeof(Mask), &mask) != 0) return [];
        var allowed = new List<int>();
        for (int i = 0; i < 16; i++)
            for (ulong word = mask.Words[i]; word != 0; word &= word - 1) allowed.Add(i * 64 + BitOperations.TrailingZeroCount(word));
        return [.. allowed];
    }

    /// <summary>Keeps the calling thread on a processor.</summary>
    public static void Stay(int processor)
    {
        var mask = Single(processor);
        // A refusal costs speed only.
        _ = SetAffinity(0, (nuint)sizeof(Mask), &mask);
    }

    /// <summary>Moves the calling thread to a processor unless it is there or may not go there; it stays free to leave.</summary>
    public static void Visit(int processor)
    {
        if (Current() == processor) return;
        Mask own, there = Single(processor);
        if (GetAffinity(0, (nuint)sizeof(Mask), &own) != 0 || !own.Has(processor)) return;
        _ = SetAffinity(0, (nuint)sizeof(Mask), &there);
        _ = SetAffinity(0, (nuint)sizeof(Mask), &own);
    }

    static Mask Single(int processor)
    {
        var mask = default(Mask);
        mask.Words[processor / 64] = 1UL << (processor % 64);
        return mask;
    }

    [DllImport("libc", EntryPoint = "sched_getcpu"), SuppressGCTransition]
    static extern int Current();

    [DllImport("libc", EntryPoint = "sched_getaffinity")]
    static extern int GetAffinity(int thread, nuint size, Mask* mask);

    [DllImport("libc", EntryPoint = "sched_setaffinity")]
    static extern int SetAffinity(int thread, nuint size, Mask* mask);
}
