using static AlbertCompiled.Primitives;

namespace AlbertCompiled.Tests.Language;

/// <summary>Dropout's bits: the counters that eager and compiled models share, and their statistics.</summary>
public class DropoutTests
{
    static readonly Tensor X = new(200, 100, Enumerable.Repeat(1.0, 20_000).ToArray());

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void The_share_dropped_is_the_probability_and_the_mean_stays(double p)
    {
        var mask = Mask(p, seed: 1);
        double dropped = mask.Count(v => v == 0) / (double)mask.Length;
        Assert.InRange(dropped, p - 5 * Math.Sqrt(p * (1 - p) / mask.Length), p + 5 * Math.Sqrt(p * (1 - p) / mask.Length));
        Assert.All(mask, v => Assert.True(v == 0 || v == 1 / (1 - p)));

        // No row or column stands out, and neighbours are independent.
        double limit = 5 * Math.Sqrt(p * (1 - p) / 100);
        Assert.All(Enumerable.Range(0, 200), r => Assert.InRange(mask[(r * 100)..(r * 100 + 100)].Count(v => v == 0) / 100.0, p - limit, p + limit));
        double both = Enumerable.Range(0, mask.Length - 1).Count(i => mask[i] == 0 && mask[i + 1] == 0) / (double)mask.Length;
        Assert.Equal(p * p, both, 0.02);
    }

    [Fact]
    public void Masks_follow_the_counters()
    {
        const double P = 0.3;
        double[] Expected(int site, int iteration)
        {
            uint key = CounterRandom.Key(7, 5, site, iteration);
            return [.. Enumerable.Range(0, 20_000).Select(i => CounterRandom.Bits(CounterRandom.RowKey(key, i / 100), i % 100) >= CounterRandom.Threshold(P) ? 1 / (1 - P) : 0)];
        }

        var masks = new List<Tensor>();
        Tensor Site(double p = P)
        {
            masks.Add(KeepMask(X, p));
            return masks[^1];
        }

        EagerRun.Train(new Empty(), _ =>
        {
            Site();                                             // site 0
            Site(0);                                            // takes none
            Repeat(2, X, (x, _) => x * Site() * Site());        // sites 1 and 2, in two iterations
            return new Outputs(("loss", Mean(Site())));         // site 3
        }, seed: 7, step: 5);
        (int Site, int Iteration)?[] sites = [(0, 0), null, (1, 0), (2, 0), (1, 1), (2, 1), (3, 0)];
        Assert.Equal(sites.Length, masks.Count);
        for (int i = 0; i < sites.Length; i++)
            Assert.Equal(sites[i] is { } s ? Expected(s.Site, s.Iteration) : Enumerable.Repeat(1.0, 20_000).ToArray(), masks[i].Values);
    }

    [Fact]
    public void Attention_drops_by_query_head_and_key()
    {
        const double P = 0.4;
        const int Heads = 2, Width = 3;
        var batch = Batches.Random(1, 10, 0, 3, 2);

        // Queries of zero: every key weighs the same. Values that are powers of ten tell which keys were kept.
        var values = new double[5 * 18];
        int[] position = [0, 1, 2, 0, 1];
        for (int t = 0; t < 5; t++)
            for (int c = 0; c < 6; c++) values[t * 18 + 12 + c] = Math.Pow(10, position[t]);
        Tensor qkv = new(5, 18, values), result = 0;
        EagerRun.Train(new Empty(), _ => new Outputs(("loss", Mean(result = Attention(qkv, Heads, batch, P)))), seed: 3, step: 2);
        uint key = CounterRandom.Key(3, 2, 0, 0);
        int[] first = [0, 0, 0, 3, 3], length = [3, 3, 3, 2, 2];
        for (int t = 0; t < 5; t++)
            for (int h = 0; h < Heads; h++)
            {
                double kept = Enumerable.Range(0, length[t])
                    .Sum(j => CounterRandom.Bits(CounterRandom.RowKey(key, t * Heads + h), j) >= CounterRandom.Threshold(P) ? Math.Pow(10, j) : 0);
                for (int c = 0; c < Width; c++) Assert.Equal(kept / length[t] / (1 - P), result[t, h * Width + c], 1e-10);
            }
    }

    [Fact]
    public void Seed_and_step_change_the_mask()
    {
        Assert.Equal(Mask(0.5, 1), Mask(0.5, 1));
        Assert.NotEqual(Mask(0.5, 1), Mask(0.5, 2));
        Assert.NotEqual(Mask(0.5, 1, step: 0), Mask(0.5, 1, step: 1));
    }

    [Fact]
    public void Nothing_is_dropped_in_evaluation()
    {
        Tensor mask = 0;
        EagerRun.Evaluate(new Empty(), _ => new Outputs(("loss", mask = KeepMask(X, 0.5))));
        Assert.All(mask.Values, v => Assert.Equal(1, v));
        EagerRun.Train(new Empty(), _ => new Outputs(("loss", Mean(mask = KeepMask(X, 0.5)))), training: false);
        Assert.All(mask.Values, v => Assert.Equal(1, v));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_probability_outside_is_refused(double p) => Assert.Throws<ArgumentException>(() => KeepMask(X, p));

    [Fact]
    public void The_iterations_of_a_loop_must_have_the_same_sites()
    {
        Assert.Throws<InvalidOperationException>(() =>
            EagerRun.Train(new Empty(), _ => new Outputs(("loss", Mean(Repeat(2, X, (x, i) => i == 0 ? x + 1 : x * KeepMask(x, 0.5)))))));
    }

    static double[] Mask(double p, ulong seed, long step = 0)
    {
        Tensor mask = 0;
        EagerRun.Train(new Empty(), _ => new Outputs(("loss", Mean(mask = KeepMask(X, p)))), seed, step);
        return mask.Values;
    }

    static Tensor Mean(Tensor x) => Library.Mean(Library.RowMean(x));

    sealed class Empty : ModelGraph;
}
