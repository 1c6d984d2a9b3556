using AlbertCompiled.Cpu;
using AlbertCompiled.Cpu.Scalar;

namespace AlbertCompiled.Tests.Cpu;

/// <summary>Matrix products against the scalar one, bit for bit: every size, transpose, width and number of threads.</summary>
public sealed unsafe class GemmTests
{
    public static TheoryData<int, int, int> Sizes => new()
    {
        { 1, 1, 1 }, { 1, 1, 0 }, { 5, 7, 0 }, { 1, 17, 3 }, { 3, 1, 5 }, { 7, 5, 1 }, { 8, 48, 16 }, { 9, 49, 17 }, { 16, 16, 8 }, { 17, 33, 9 },
        { 23, 31, 29 }, { 64, 64, 20 }, { 65, 96, 21 }, { 70, 80, 20 }, { 13, 2, 40 }, { 130, 2, 33 }, { 200, 128, 9 }, { 31, 150, 30 },
        { 9, 50, 800 }, { 9, 50, 1100 }, { 300, 70, 12 }, { 130, 70, 0 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Equals_the_scalar_product(int m, int n, int k)
    {
        ThreadTeam[] teams = [new(1), new(2), new(3)];
        foreach (bool transposeA in (ReadOnlySpan<bool>)[false, true])
            foreach (bool transposeB in (ReadOnlySpan<bool>)[false, true])
            {
                int columnsA = transposeA ? m : k, columnsB = transposeB ? k : n;
                using var a = GuardedMemory.Random(m + k, transposeA ? k : m, columnsA, columnsA + 5);
                using var b = GuardedMemory.Random(n - k, transposeB ? n : k, columnsB, columnsB + 1);
                Matrix opA = new(a.Pointer, columnsA + 5, transposeA), opB = new(b.Pointer, columnsB + 1, transposeB);
                var expected = ScalarProduct.Multiply(opA, opB, m, n, k);
                foreach (var team in teams)
                {
                    Check<Lanes16, Float32>(team, opA, opB, m, n, k, expected);
                    Check<Lanes8, Float32>(team, opA, opB, m, n, k, expected);
                    Check<Lanes4, Float32>(team, opA, opB, m, n, k, expected);
                }

                // Of integers that bfloat16 holds, the bits are the same.
                using var integersA = GuardedMemory.Integers(m + k, transposeA ? k : m, columnsA, columnsA + 5);
                using var integersB = GuardedMemory.Integers(n - k, transposeB ? n : k, columnsB, columnsB + 1);
                opA = new(integersA.Pointer, columnsA + 5, transposeA);
                opB = new(integersB.Pointer, columnsB + 1, transposeB);
                expected = ScalarProduct.Multiply(opA, opB, m, n, k);
                foreach (var team in teams)
                {
                    Check<Lanes16, RoundedBFloat16>(team, opA, opB, m, n, k, expected);
                    if (BFloat16.IsSupported) Check<Lanes16, BFloat16>(team, opA, opB, m, n, k, expected);
                }
            }

        foreach (var team in teams) team.Dispose();
    }

    /// <summary>Columns in whole vectors on cache lines are read where they lie; crowded ones, and those of bfloat16, are packed.</summary>
    [Theory]
    [InlineData(9, 32, 5, 32, true)]
    [InlineData(40, 80, 70, 96, true)]
    [InlineData(23, 160, 33, 160, true)]
    [InlineData(17, 64, 30, 80, true)]
    [InlineData(17, 48, 13, 16384, false)]
    [InlineData(17, 56, 13, 64, false)]
    [InlineData(17, 48, 13, 56, false)]
    public void Columns_are_read_in_place(int m, int n, int k, int stride, bool inPlace)
    {
        using var a = GuardedMemory.Integers(3, k, m, m);
        using var b = GuardedMemory.Integers(4, k, n, stride);
        Matrix opA = new(a.Pointer, m, transposed: true), opB = new(b.Pointer, stride);
        Assert.Equal(inPlace, PanelSource.CanStay(opB, n, k, 16));
        CheckEach(opA, opB, m, n, k);
    }

    /// <summary>Rows are read where they lie; crowded ones, fewer than a strip has, and those of bfloat16, are packed.</summary>
    [Theory]
    [InlineData(20, 48, 13, 16, true)]
    [InlineData(17, 48, 13, 16, true)]
    [InlineData(27, 33, 900, 907, true)]
    [InlineData(76, 128, 2000, 2000, true)]
    [InlineData(7, 33, 20, 20, false)]
    [InlineData(100, 33, 5, 16384, false)]
    public void Rows_are_read_in_place(int m, int n, int k, int stride, bool inPlace)
    {
        using var a = GuardedMemory.Integers(3, m, k, stride);
        using var b = GuardedMemory.Integers(4, k, n, n);
        Matrix opA = new(a.Pointer, stride), opB = new(b.Pointer, n);
        foreach (int threads in (ReadOnlySpan<int>)[1, 2, 3]) Assert.Equal(inPlace, Strip.CanStay(opA, new ProductPlan(threads, m, n, k, 16, Blocking.Caches)));
        CheckEach(opA, opB, m, n, k);
    }

    [Fact]
    public void A_row_that_repeats_takes_no_room() => Assert.True(CacheSets.Hold(stride: 0, rows: 1000));

    /// <summary>Rows across memory stay where they lie if all columns find room in the cache.</summary>
    [Theory]
    [InlineData(100, 33, 70, 107, true)]
    [InlineData(101, 128, 30, 112, true)]
    [InlineData(44, 130, 3, 44, true)]
    [InlineData(8, 400, 30, 48, true)]
    [InlineData(7, 33, 30, 48, false)]
    [InlineData(40, 400, 200, 48, false)]
    [InlineData(40, 33, 1100, 48, false)]
    [InlineData(40, 33, 13, 16384, false)]
    public void Tall_products_read_rows_across_memory(int m, int n, int k, int stride, bool tall)
    {
        using var a = GuardedMemory.Integers(3, k, m, stride);
        Matrix opA = new(a.Pointer, stride, transposed: true);
        Assert.Equal(tall, TallJob<Lanes16>.Fits(Blocking.Caches, opA, m, n, k));
        foreach (int strideB in (ReadOnlySpan<int>)[n, (n + 15) / 16 * 16])
        {
            using var b = GuardedMemory.Integers(4, k, n, strideB);
            var opB = new Matrix(b.Pointer, strideB);
            CheckEach(opA, opB, m, n, k);
        }
    }

    /// <summary>A gradient with few columns is computed as its transpose; one with many, or over few rows, is not.</summary>
    [Theory]
    [InlineData(768, 256, 2048, true)]
    [InlineData(1024, 256, 2048, true)]
    [InlineData(256, 1024, 2048, false)]
    [InlineData(2304, 768, 512, false)]
    [InlineData(30000, 128, 77, false)]
    [InlineData(96, 37, 1100, true)]
    [InlineData(320, 44, 1300, true)]
    public void Few_columns_are_the_rows_of_the_transpose(int m, int n, int k, bool turned)
    {
        Assert.Equal(turned, ProductPlan.Turns(m, n, k, 16));
        if (!turned || m * n > 50_000) return;
        using var a = GuardedMemory.Integers(3, k, m, m);
        using var b = GuardedMemory.Integers(4, k, n, n + 3);
        Matrix opA = new(a.Pointer, m, transposed: true), opB = new(b.Pointer, n + 3);
        Assert.True(PanelSource.CanStay(opA.Transpose, m, new ProductPlan(2, n, m, k, 16, Blocking.Caches.Near).InnerWords, 16));
        CheckEach(opA, opB, m, n, k);
    }

    [Theory]
    [InlineData(1, 300, 150, 20)]
    [InlineData(2, 300, 150, 20)]
    [InlineData(3, 1000, 3, 9)]
    [InlineData(16, 64, 768, 768)]
    [InlineData(2, 4096, 768, 3072)]
    [InlineData(2, 2048, 256, 1024)]
    [InlineData(2, 76, 128, 30000)]
    [InlineData(3, 307, 128, 8000)]
    [InlineData(4, 77, 40, 30)]
    public void Plans_cover_the_product(int threads, int m, int n, int k)
    {
        foreach (var blocking in (ReadOnlySpan<Blocking>)[Blocking.Caches, Blocking.Caches.Near, new(5, 1, 1), new(1000, 10_000, 1)])
        {
            var plan = new ProductPlan(threads, m, n, k, 16, blocking);
            Assert.InRange(plan.Strips * MicroKernel.Rows, m, m + MicroKernel.Rows - 1);
            Assert.True(plan.Panels.First(plan.Panels.Count) >= n);
            for (int g = 0; g < plan.Groups; g++)
            {
                for (int p = plan.FirstPanel(g); p < plan.FirstPanel(g + 1); p++) Covers(plan.Strips, plan.Runs, run => plan.FirstStrip(run, g).At(p), plan.LargestRun, fewest: 0);
                // Runs share the rows evenly, but for half a panel of a strip on either side.
                double columns = plan.Panels.First(plan.FirstPanel(g + 1)) - plan.Panels.First(plan.FirstPanel(g)), fair = (m + 3) / 4 * 4 * columns / plan.Runs;
                for (int run = 0; run < plan.Runs; run++)
                {
                    double work = Enumerable.Range(plan.FirstPanel(g), plan.FirstPanel(g + 1) - plan.FirstPanel(g)).Sum(p =>
                        plan.Panels.Width(p) * (double)(Math.Min((m + 3) / 4 * 4, 8 * plan.FirstStrip(run + 1, g).At(p)) - 8 * plan.FirstStrip(run, g).At(p)));
                    Assert.InRange(work, fair - 8 * 48, fair + 8 * 48);
                }
            }

            Covers(plan.Panels.Count, plan.Groups, plan.FirstPanel, plan.LargestGroup);
            Covers(k, plan.InnerBlocks, plan.FirstInner, Math.Min(plan.InnerWords, blocking.InnerWhole));
            if (m >= threads * MicroKernel.Rows) Assert.True(plan.Parts >= threads, $"{plan.Parts} parts");
        }

        static void Covers(int all, int pieces, Func<int, int> first, int largest, int fewest = 1)
        {
            Assert.Equal(0, first(0));
            Assert.Equal(all, first(pieces));
            for (int i = 0; i < pieces; i++) Assert.InRange(first(i + 1) - first(i), fewest, largest);
        }
    }

    [Fact]
    public void Zero_rows_or_columns_do_nothing()
    {
        using var team = new ThreadTeam(2);
        Gemm.Multiply<Lanes16, Float32, StoreEpilogue>(team, default, default, 0, 5, 5, default);
        Gemm.Multiply<Lanes16, Float32, StoreEpilogue>(team, default, default, 5, 0, 5, default);
        PackedB.Pack<Lanes16, Float32>(team, default, 0, 5, null);
        PackedB.Multiply<Lanes16, Float32, StoreEpilogue>(team, default, null, 0, 5, 5, default);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Nothing_is_allocated(int threads)
    {
        const int m = 20, n = 30, k = 1100;
        using var team = new ThreadTeam(threads);
        using var a = GuardedMemory.Random(1, m, k, k);
        using var b = GuardedMemory.Random(2, k, n, n);
        using var c = new GuardedMemory(m * n);
        using var packed = new GuardedMemory(PackedB.PackedLength<Float32>(n, k));
        Assert.Equal(0, Allocations.Of(team, () =>
        {
            Gemm.Multiply<Lanes16, Float32, StoreEpilogue>(team, new(a.Pointer, k), new(b.Pointer, n), m, n, k, new(c.Pointer, n));
            PackedB.Pack<Lanes16, Float32>(team, new(b.Pointer, n), n, k, packed.Pointer);
            PackedB.Multiply<Lanes16, Float32, AccumulateEpilogue>(team, new(a.Pointer, k), packed.Pointer, m, n, k, new(c.Pointer, n));
        }));
    }

    [Fact]
    public void NaN_comes_through()
    {
        NaN<Float32>();
        NaN<RoundedBFloat16>();
        if (BFloat16.IsSupported) NaN<BFloat16>();
    }

    static void NaN<P>() where P : struct, IPrecision
    {
        const int m = 20, n = 60, k = 40;
        using var team = new ThreadTeam(2);
        using var a = GuardedMemory.Random(1, m, k, k);
        using var b = GuardedMemory.Random(2, k, n, n);
        using var c = new GuardedMemory(m * n);
        a.Pointer[7 * k + 3] = float.NaN;
        b.Pointer[5 * n + 59] = float.PositiveInfinity;
        Gemm.Multiply<Lanes16, P, StoreEpilogue>(team, new(a.Pointer, k), new(b.Pointer, n), m, n, k, new(c.Pointer, n));
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
            {
                if (i == 7) Assert.True(float.IsNaN(c.Pointer[i * n + j]));
                else Assert.Equal(j != 59, float.IsFinite(c.Pointer[i * n + j]));
            }
    }

    /// <summary>Every number of threads, width and precision, of integers that bfloat16 holds.</summary>
    static void CheckEach(Matrix a, Matrix b, int m, int n, int k)
    {
        var expected = ScalarProduct.Multiply(a, b, m, n, k);
        foreach (int threads in (ReadOnlySpan<int>)[1, 2, 3])
        {
            using var team = new ThreadTeam(threads);
            Check<Lanes16, Float32>(team, a, b, m, n, k, expected);
            Check<Lanes8, Float32>(team, a, b, m, n, k, expected);
            Check<Lanes4, Float32>(team, a, b, m, n, k, expected);
            Check<Lanes16, RoundedBFloat16>(team, a, b, m, n, k, expected);
            if (BFloat16.IsSupported) Check<Lanes16, BFloat16>(team, a, b, m, n, k, expected);
        }
    }

    static void Check<V, P>(ThreadTeam team, Matrix a, Matrix b, int m, int n, int k, float[] expected) where V : struct, ISimd<V> where P : struct, IPrecision
    {
        foreach (int gap in (ReadOnlySpan<int>)[0, 3]) Check<V, P>(team, a, b, m, n, k, n + gap, expected);
    }

    static void Check<V, P>(ThreadTeam team, Matrix a, Matrix b, int m, int n, int k, int stride, float[] expected) where V : struct, ISimd<V> where P : struct, IPrecision
    {
        using var c = new GuardedMemory((m - 1) * stride + n);
        Gemm.Multiply<V, P, StoreEpilogue>(team, a, b, m, n, k, new(c.Pointer, stride));
        Equal(expected, c, n, stride, times: 1);
        Gemm.Multiply<V, P, AccumulateEpilogue>(team, a, b, m, n, k, new(c.Pointer, stride));
        Equal(expected, c, n, stride, times: 2);

        // Blocks so small that even these products have many.
        c.Span.Fill(float.NaN);
        Gemm.Multiply<V, P, StoreEpilogue>(team, new Blocking(Inner: 7, RunFloats: 1, PackedFloats: 1), a, b, m, n, k, new(c.Pointer, stride));
        Equal(expected, c, n, stride, times: 1);

        using var packed = new GuardedMemory(PackedB.PackedLength<P>(n, k));
        PackedB.Pack<V, P>(team, b, n, k, packed.Pointer);
        c.Span.Fill(float.NaN);
        PackedB.Multiply<V, P, StoreEpilogue>(team, a, packed.Pointer, m, n, k, new(c.Pointer, stride));
        Equal(expected, c, n, stride, times: 1);
    }

    static void Equal(float[] expected, GuardedMemory c, int n, int stride, int times)
    {
        for (int i = 0; i < c.Length; i++)
        {
            int row = i / stride, column = i % stride;
            float e = column < n ? times * expected[row * n + column] : float.NaN;
            if (!e.Equals(c.Pointer[i])) Assert.Fail($"row {row}, column {column}: {c.Pointer[i]:R}, expected {e:R}");
        }
    }
}
