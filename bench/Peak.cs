using System.Diagnostics;
using System.Runtime.CompilerServices;
using AlbertCompiled.Cpu;

namespace AlbertCompiled.Bench;

/// <summary>What the cores can do: multiply-adds on registers only.</summary>
internal static class Peak
{
    const int Steps = 1 << 17, Accumulators = 12;

    /// <summary>FLOP/s of all threads of a team right now, with the widest vectors there are.</summary>
    public static double Measure(ThreadTeam team) => Simd.Width switch
    {
        16 => Measure<Lanes16>(team),
        8 => Measure<Lanes8>(team),
        _ => Measure<Lanes4>(team),
    };

    static double Measure<V>(ThreadTeam team) where V : struct, ISimd<V>
    {
        long start = Stopwatch.GetTimestamp();
        team.Run(new Job<V>(), team.Threads);
        return 2.0 * Accumulators * V.Count * Steps * team.Threads / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    readonly struct Job<V> : IJob where V : struct, ISimd<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public unsafe void Run(int part)
        {
            V a = 0.999f, b = 1e-6f;
            // as many as hide a multiply-add's latency, and no more than 16 registers hold
            V c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default;
            V d0 = default, d1 = default, d2 = default, d3 = default, d4 = default, d5 = default;
            for (int i = 0; i < Steps; i++)
            {
                c0 = V.MultiplyAdd(a, c0, b); c1 = V.MultiplyAdd(a, c1, b); c2 = V.MultiplyAdd(a, c2, b); c3 = V.MultiplyAdd(a, c3, b); c4 = V.MultiplyAdd(a, c4, b); c5 = V.MultiplyAdd(a, c5, b);
                d0 = V.MultiplyAdd(a, d0, b); d1 = V.MultiplyAdd(a, d1, b); d2 = V.MultiplyAdd(a, d2, b); d3 = V.MultiplyAdd(a, d3, b); d4 = V.MultiplyAdd(a, d4, b); d5 = V.MultiplyAdd(a, d5, b);
            }

            V sum = c0 + c1 + c2 + c3 + c4 + c5 + (d0 + d1 + d2 + d3 + d4 + d5);
            Sink = sum.Sum();
        }
    }

    /// <summary>Where results go, so that they are computed.</summary>
    static volatile float Sink;
}
