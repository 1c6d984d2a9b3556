using System.Diagnostics;
using System.Globalization;
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
    static readonly Dictionary<string, (int Tokens, Func<int, (string Name, int M, int N, int K, bool TransposeA, bool TransposeB)[]> Products)> Configurations = new()
    {
        ["base"] = (512, tokens => Step(tokens, vocabulary: 30000, embedding: 128, hidden: 768, intermediate: 3072)),
        ["small"] = (2048, tokens => Step(tokens, vocabulary: 8000, embedding: 128, hidden: 256, intermediate: 1024)),
    };

    public static void Run(Options options)
    {
        string config = options.Text("config", "base");
        if (!Configurations.TryGetValue(config, out var c)) throw new ArgumentException($"config={config} is none of {string.Join(", ", Configurations.Keys)}");
        int tokens = options.Number("tokens", c.Tokens);
        if (tokens < 7) throw new ArgumentException($"tokens={tokens} must be 7 or more, for 15% of them are predicted");
        var products = c.Products(tokens);
        int threads = options.Number("threads", 2), runs = options.Number("runs", 15);
        string document = options.Text("write", "");
        var (dtype, compute) = options.Precision();
        List<(double Rate, double Best, double Share)> ours;
        using (var team = new ThreadTeam(threads))
        {
            ours = (Simd.Width, compute) switch
            {
                (16, Compute.BFloat16) when BFloat16.IsPreferred => Time<Lanes16, BFloat16>(products, team, runs),
                (16, Compute.BFloat16) => Time<Lanes16, RoundedBFloat16>(products, team, runs),
                (8, Compute.BFloat16) => Time<Lanes8, RoundedBFloat16>(products, team, runs),
                (_, Compute.BFloat16) => Time<Lanes4, RoundedBFloat16>(products, team, runs),
                (16, _) => Time<Lanes16, Float32>(products, team, runs),
                (8, _) => Time<Lanes8, Float32>(products, team, runs),
                _ => Time<Lanes4, Float32>(products, team, runs),
            };
        }

        // Only now, for two pools of threads would be in each other's way.
        var theirs = compute == Compute.Float32 && OpenBlas.Open(threads) is { } blas ? [.. products.Select(p => Time(p, blas, runs))] : Array.Empty<double>();
        var lines = new List<string> { "| product | m × n over k | form | GFLOP/s | best | of peak | OpenBLAS, GFLOP/s |", "|---|---|---|---|---|---|---|" };
        for (int i = 0; i < products.Length; i++)
        {
            var (p, o) = (products[i], ours[i]);
            string form = $"{(p.TransposeA ? 'T' : 'N')}{(p.TransposeB ? 'T' : 'N')}", peer = theirs.Length == 0 ? "not installed" : (theirs[i] / 1e9).ToString("F1", CultureInfo.InvariantCulture);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"| {p.Name} | {p.M} × {p.N} over {p.K} | {form} | {o.Rate / 1e9:F1} | {o.Best / 1e9:F1} | {o.Share * 100:F1}% | {peer} |"));
        }

        string table = $"{Machine.Describe()}; {threads} threads; `bench gemm config={config} dtype={dtype}{(tokens == c.Tokens ? "" : $" tokens={tokens}")}`.\n\n{string.Join('\n', lines)}\n";
        Console.WriteLine(table);
        if (document.Length > 0) File.WriteAllText(document, MarkedText.Replace(File.ReadAllText(document), $"gemm:{config}", table));
    }

    static (string, int, int, int, bool, bool)[] Step(int tokens, int vocabulary, int embedding, int hidden, int intermediate)
    {
        int predicted = tokens * 15 / 100;
        (string Name, int M, int N, int K)[] linear =
        [
            ("query, key, value", tokens, 3 * hidden, hidden), ("attention output", tokens, hidden, hidden), ("expansion", tokens, intermediate, hidden),
            ("contraction", tokens, hidden, intermediate), ("vocabulary", predicted, vocabulary, embedding),
        ];
        return [.. linear.SelectMany(l => new[] { (l.Name, l.M, l.N, l.K, false, true), (l.Name + ", dX", l.M, l.K, l.N, false, false), (l.Name + ", dW", l.N, l.K, l.M, true, false) })];
    }

    static List<(double Rate, double Best, double Share)> Time<V, P>((string Name, int M, int N, int K, bool TransposeA, bool TransposeB)[] products, ThreadTeam team, int runs)
        where V : struct, ISimd<V> where P : struct, IPrecision
    {
        for (int i = 0; i < 5; i++) Peak.Measure(team);
        var results = new List<(double, double, double)>();
        foreach (var p in products)
        {
            // What is multiplied with a weight reads it packed, as the layers of a step do that share it; the others add up a weight's gradient.
            bool weight = !p.TransposeA;
            using var a = new Operand(p.M, p.K, p.TransposeA, inArena: true);
            using var b = new Operand(p.K, p.N, p.TransposeB, inArena: !weight);
            using var c = new Operand(p.M, p.N, false, inArena: weight);
            using var packed = new Operand(1, weight ? (int)PackedB.PackedLength<P>(p.N, p.K) : 1, false, inArena: false);
            if (weight) PackedB.Pack<V, P>(team, b.Matrix, p.N, p.K, packed.Data);
            var (rates, shares) = (new List<double>(), new List<double>());
            for (int run = -2; run < runs; run++)
            {
                double peak = Peak.Measure(team);
                long start = Stopwatch.GetTimestamp();
                if (weight) PackedB.Multiply<V, P, StoreEpilogue>(team, a.Matrix, packed.Data, p.M, p.N, p.K, new(c.Data, c.Matrix.Stride));
                else Gemm.Multiply<V, P, AccumulateEpilogue>(team, a.Matrix, b.Matrix, p.M, p.N, p.K, new(c.Data, c.Matrix.Stride));
                double rate = 2.0 * p.M * p.N * p.K / Stopwatch.GetElapsedTime(start).TotalSeconds;
                if (run < 0) continue;
                rates.Add(rate);
                shares.Add(rate / peak / P.PerWord);
            }

            results.Add((Median.Of(rates), rates.Max(), Median.Of(shares)));
        }

        return results;
    }

    static double Time((string Name, int M, int N, int K, bool TransposeA, bool TransposeB) p, OpenBlas blas, int runs)
    {
        using var a = new Operand(p.M, p.K, p.TransposeA, inArena: false);
        using var b = new Operand(p.K, p.N, p.TransposeB, inArena: false);
        using var c = new Operand(p.M, p.N, false, inArena: false);
        return 2.0 * p.M * p.N * p.K / (Median.Time(runs, () => blas.Multiply(a.Matrix, b.Matrix, p.M, p.N, p.K, c.Data)).Median / 1000);
    }

    /// <summary>A matrix of random numbers.</summary>
    sealed class Operand : IDisposable
    {
        /// <param name="rows">Rows of what is meant.</param>
        /// <param name="columns">Its columns.</param>
        /// <param name="transposed">True if its transpose is stored.</param>
        /// <param name="inArena">True for an activation: the arena keeps rows apart that would lie a multiple of 4096 bytes from each other.</param>
        public Operand(int rows, int columns, bool transposed, bool inArena)
        {
            int stride = transposed ? rows : columns;
            // what the compiler's Slot.StrideOf gives to rows of whole cache lines
            if (inArena && stride % 1024 == 0) stride += Simd.LineFloats;
            long length = (long)stride * (transposed ? columns : rows);
            Data = Pages.Allocate(length);
            var random = new Random(rows * 31 + columns);
            for (long i = 0; i < length; i++) Data[i] = random.NextSingle() - 0.5f;
            Matrix = new(Data, stride, transposed);
        }

        public float* Data { get; }

        public Matrix Matrix { get; }

        public void Dispose() => Pages.Free(Data);
    }
}
