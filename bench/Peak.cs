using System.Diagnostics;
using System.Runtime.CompilerServices;
using AlbertCompiled.Cpu;

namespace AlbertCompiled.Bench;

/// <summary>What the cores can do: multiply-adds on registers only.</summary>
internal static class Peak
{
    const int Steps = 1 << 17, Accumulators = 24;

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
            V c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
            V d0 = default, d1 = default, d2 = default, d3 = default, d4 = default, d5 = default, d6 = default, d7 = default;
            V e0 = default, e1 = default, e2 = default, e3 = default, e4 = default, e5 = default, e6 = default, e7 = default;
            for (int i = 0; i < Steps; i++)
            {
                c0 = V.MultiplyAdd(a, c0, b); c1 = V.MultiplyAdd(a, c1, b); c2 = V.MultiplyAdd(a, c2, b); c3 = V.MultiplyAdd(a, c3, b);
                c4 = V.MultiplyAdd(a, c4, b); c5 = V.MultiplyAdd(a, c5, b); c6 = V.MultiplyAdd(a, c6, b); c7 = V.MultiplyAdd(a, c7, b);
                d0 = V.MultiplyAdd(a, d0, b); d1 = V.MultiplyAdd(a, d1, b); d2 = V.MultiplyAdd(a, d2, b); d3 = V.MultiplyAdd(a, d3, b);
                d4 = V.MultiplyAdd(a, d4, b); d5 = V.MultiplyAdd(a, d5, b); d6 = V.MultiplyAdd(a, d6, b); d7 = V.MultiplyAdd(a, d7, b);
                e0 = V.MultiplyAdd(a, e0, b); e1 = V.MultiplyAdd(a, e1, b); e2 = V.MultiplyAdd(a, e2, b); e3 = V.MultiplyAdd(a, e3, b);
                e4 = V.MultiplyAdd(a, e4, b); e5 = V.MultiplyAdd(a, e5, b); e6 = V.MultiplyAdd(a, e6, b); e7 = V.MultiplyAdd(a, e7, b);
            }

            V sum = c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + (d0 + d1 + d2 + d3 + d4 + d5 + d6 + d7) + (e0 + e1 + e2 + e3 + e4 + e5 + e6 + e7);
            Sink = sum.Sum();
        }
    }

    /// <summary>Where results go, so that they are computed.</summary>
    static volatile float Sink;
}
