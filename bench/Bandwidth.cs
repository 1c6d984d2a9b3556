using System.Diagnostics;
using System.Runtime.InteropServices;
using AlbertCompiled.Cpu;

namespace AlbertCompiled.Bench;

/// <summary>What memory can do for the tensors of a step: copies of a size that the last-level cache holds and those before it do not.</summary>
internal static unsafe class Bandwidth
{
    const int BytesPerThread = 4 << 20, Runs = 20;

    /// <summary>Bytes read and written a second by all threads of a team: the best of some runs.</summary>
    public static double Measure(ThreadTeam team)
    {
        nuint bytes = (nuint)(2L * BytesPerThread * team.Threads);
        var memory = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Fill(memory, bytes, 1);
        double best = double.MaxValue;
        for (int run = 0; run < Runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            team.Run(new CopyJob(memory), team.Threads);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        NativeMemory.AlignedFree(memory);
        return bytes / best;
    }

    readonly struct CopyJob(byte* memory) : IJob
    {
        public void Run(int part)
        {
            byte* from = memory + 2L * part * BytesPerThread;
            NativeMemory.Copy(from, from + BytesPerThread, BytesPerThread);
        }
    }
}
