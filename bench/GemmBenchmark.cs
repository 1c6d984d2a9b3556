using System.Diagnostics;
using System.Runtime.InteropServices;
using AlbertCompiled.Cpu;

namespace AlbertCompiled.Bench;

/// <summary>
/// Times the matrix products of a training step beside the multiply-adds that the cores can do on registers alone. Each run of a
/// product is preceded by one of those, for the speed of a machine changes by the minute; the share is the median of the pairs.
/// </summary>
internal static unsafe class GemmBenchmark
{
    /// <summary>Products of a step: rows, columns, inner dimension, and which operands are transposed.</summary>
    static readonly Dictionary<string, (string Name, int M, int N, int K, bool TransposeA, bool TransposeB)[]> Products = new()
    {
        ["base"] = Step(tokens: 512, predicted: 77, vocabulary: 30000, embedding: 128, hidden: 768, intermediate: 3072),
        ["small"] = Step(tokens: 2048, predicted: 307, vocabulary: 8000, embedding: 128, hidden: 256, intermediate: 1024),
    };

    public static void Run(Options options)
    {
        string config = options.Text("config", "base");
        if (!Products.TryGetValue(config, out var products)) throw new ArgumentException($"config={config} is none of {string.Join(", ", Products.Keys)}");
        int threads = options.Number("threads", 2), runs = options.Number("runs", 15);
        using var team = new ThreadTeam(threads);
        var (_, compute) = options.Precision();
        switch (Simd.Width, compute)
        {
            case (16, Compute.BFloat16) when BFloat16.IsSupported: Time<Lanes16, BFloat16>(products, team, runs); break;
            case (_, Compute.BFloat16): throw new ArgumentException("dtype=bf16: this processor has no instructions for it");
            case (16, _): Time<Lanes16, Float32>(products, team, runs); break;
            case (8, _): Time<Lanes8, Float32>(products, team, runs); break;
            default: Time<Lanes4, Float32>(products, team, runs); break;
        }
    }

    static (string, int, int, int, bool, bool)[] Step(int tokens, int predicted, int vocabulary, int embedding, int hidden, int intermediate)
    {
        (string Name, int M, int N, int K)[] linear =
        [
            ("query, key, value", tokens, 3 * hidden, hidden), ("attention output", tokens, hidden, hidden), ("expansion", tokens, intermediate, hidden),
            ("contraction", tokens, hidden, intermediate), ("vocabulary", predicted, vocabulary, embedding),
        ];
        return [.. linear.SelectMany(l => new[] { (l.Name, l.M, l.N, l.K, false, true), (l.Name + ", dX", l.M, l.K, l.N, false, false), (l.Name + ", dW", l.N, l.K, l.M, true, false) })];
    }

    static void Time<V, P>((string Name, int M, int N, int K, bool TransposeA, bool TransposeB)[] products, ThreadTeam team, int runs)
        where V : struct, ISimd<V> where P : struct, IPrecision
    {
        for (int i = 0; i < 5; i++) Peak.Measure(team);
        Console.WriteLine($"{"product",-24} {"m",6} {"n",6} {"k",6}  {"form",4} {"GFLOP/s",8} {"best",8} {"% of peak",10}");
        foreach (var p in products)
        {
            using var a = new Operand(p.M, p.K, p.TransposeA);
            using var b = new Operand(p.K, p.N, p.TransposeB);
            using var c = new Operand(p.M, p.N, false);
            var (rates, shares) = (new List<double>(), new List<double>());
            for (int run = -2; run < runs; run++)
            {
                double peak = Peak.Measure(team);
                long start = Stopwatch.GetTimestamp();
                Gemm.Multiply<V, P, StoreEpilogue>(team, a.Matrix, b.Matrix, p.M, p.N, p.K, new(c.Data, p.N));
                double rate = 2.0 * p.M * p.N * p.K / Stopwatch.GetElapsedTime(start).TotalSeconds;
                if (run < 0) continue;
                rates.Add(rate);
                shares.Add(rate / peak / P.PerWord);
            }

            string form = $"{(p.TransposeA ? 'T' : 'N')}{(p.TransposeB ? 'T' : 'N')}";
            Console.WriteLine($"{p.Name,-24} {p.M,6} {p.N,6} {p.K,6}  {form,4} {Median(rates) / 1e9,8:F1} {rates.Max() / 1e9,8:F1} {Median(shares),10:P1}");
        }
    }

    static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>A matrix of random numbers.</summary>
    sealed class Operand : IDisposable
    {
        public Operand(int rows, int columns, bool transposed)
        {
            Data = (float*)NativeMemory.AlignedAlloc((nuint)((long)rows * columns * sizeof(float)), 64);
            var random = new Random(rows * 31 + columns);
            for (long i = 0; i < (long)rows * columns; i++) Data[i] = random.NextSingle() - 0.5f;
            Matrix = new(Data, transposed ? rows : columns, transposed);
        }

        public float* Data { get; }

        public Matrix Matrix { get; }

        public void Dispose() => NativeMemory.AlignedFree(Data);
    }
}
