using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using AlbertCompiled.Cpu;

namespace AlbertCompiled.Bench;

/// <summary>
/// Times the matrix products of a training step beside the multiply-adds that the cores can do on registers alone. Each run of a
/// product is preceded by one of those, for the speed of a machine changes by the minute; the share is the median of the pairs. OpenBLAS stands
/// beside them where the system has it.
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
        string document = options.Text("write", "");
        using var team = new ThreadTeam(threads);
        var (dtype, compute) = options.Precision();
        var blas = compute == Compute.Float32 ? OpenBlas.Open(threads) : null;
        var lines = (Simd.Width, compute) switch
        {
            (16, Compute.BFloat16) when BFloat16.IsSupported => Time<Lanes16, BFloat16>(products, team, runs, blas),
            (_, Compute.BFloat16) => throw new ArgumentException("dtype=bf16: this processor has no instructions for it"),
            (16, _) => Time<Lanes16, Float32>(products, team, runs, blas),
            (8, _) => Time<Lanes8, Float32>(products, team, runs, blas),
            _ => Time<Lanes4, Float32>(products, team, runs, blas),
        };
        string table = $"{Machine.Describe()}; {threads} threads; `bench gemm config={config} dtype={dtype}`.\n\n{string.Join('\n', lines)}\n";
        Console.WriteLine(table);
        if (document.Length > 0) File.WriteAllText(document, MarkedText.Replace(File.ReadAllText(document), $"gemm:{config}", table));
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

    static List<string> Time<V, P>((string Name, int M, int N, int K, bool TransposeA, bool TransposeB)[] products, ThreadTeam team, int runs, OpenBlas? blas)
        where V : struct, ISimd<V> where P : struct, IPrecision
    {
        for (int i = 0; i < 5; i++) Peak.Measure(team);
        var lines = new List<string> { "| product | m × n over k | form | GFLOP/s | best | of peak | OpenBLAS, GFLOP/s | of peak |", "|---|---|---|---|---|---|---|---|" };
        foreach (var p in products)
        {
            using var a = new Operand(p.M, p.K, p.TransposeA);
            using var b = new Operand(p.K, p.N, p.TransposeB);
            using var c = new Operand(p.M, p.N, false);
            // What is multiplied with a weight reads it packed, as the layers of a step do that share it.
            bool weight = !p.TransposeA;
            using var packed = new Operand(1, weight ? (int)PackedB.PackedLength<P>(p.N, p.K) : 1, false);
            if (weight) PackedB.Pack<V, P>(team, b.Matrix, p.N, p.K, packed.Data);
            var ours = Measure(p, team, runs, () =>
            {
                if (weight) PackedB.Multiply<V, P, StoreEpilogue>(team, a.Matrix, packed.Data, p.M, p.N, p.K, new(c.Data, p.N));
                else Gemm.Multiply<V, P, StoreEpilogue>(team, a.Matrix, b.Matrix, p.M, p.N, p.K, new(c.Data, p.N));
            });
            string peer = "not installed | ";
            if (blas is not null)
            {
                var theirs = Measure(p, team, runs, () => blas.Multiply(a.Matrix, b.Matrix, p.M, p.N, p.K, c.Data));
                peer = string.Create(CultureInfo.InvariantCulture, $"{theirs.Rate / 1e9:F1} | {theirs.Share * 100:F1}%");
            }

            string form = $"{(p.TransposeA ? 'T' : 'N')}{(p.TransposeB ? 'T' : 'N')}";
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"| {p.Name} | {p.M} × {p.N} over {p.K} | {form} | {ours.Rate / 1e9:F1} | {ours.Best / 1e9:F1} | {ours.Share / P.PerWord * 100:F1}% | {peer} |"));
            Console.Error.WriteLine(lines[^1]);
        }

        return lines;
    }

    static (double Rate, double Best, double Share) Measure((string Name, int M, int N, int K, bool TransposeA, bool TransposeB) p, ThreadTeam team, int runs, Action multiply)
    {
        var (rates, shares) = (new List<double>(), new List<double>());
        for (int run = -2; run < runs; run++)
        {
            double peak = Peak.Measure(team);
            long start = Stopwatch.GetTimestamp();
            multiply();
            double rate = 2.0 * p.M * p.N * p.K / Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (run < 0) continue;
            rates.Add(rate);
            shares.Add(rate / peak);
        }

        return (Median.Of(rates), rates.Max(), Median.Of(shares));
    }

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
