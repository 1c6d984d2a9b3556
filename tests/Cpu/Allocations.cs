using AlbertCompiled.Cpu;

namespace AlbertCompiled.Tests.Cpu;

/// <summary>Counts what a routine allocates on the managed heap: on the caller and on the workers of its team.</summary>
static unsafe class Allocations
{
    /// <summary>Bytes that ten calls allocate once others have warmed everything up.</summary>
    public static long Of(ThreadTeam team, Action routine)
    {
        for (int i = 0; i < 3; i++) routine();
        Total(team);
        long before = Total(team);
        for (int i = 0; i < 10; i++) routine();
        return Total(team) - before;
    }

    static long Total(ThreadTeam team)
    {
        long total = 0;
        int arrived = 0;
        team.Run(new ReadJob { Threads = team.Threads, Arrived = &arrived, Total = &total }, team.Threads);
        return total;
    }

    /// <summary>Every thread waits for the others to come, so that each runs one part.</summary>
    struct ReadJob : IJob
    {
        public int Threads;
        public int* Arrived;
        public long* Total;

        public void Run(int part)
        {
            Interlocked.Increment(ref *Arrived);
            while (Volatile.Read(ref *Arrived) < Threads) Thread.Yield();
            Interlocked.Add(ref *Total, GC.GetAllocatedBytesForCurrentThread());
        }
    }
}
