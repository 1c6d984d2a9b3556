namespace AlbertCompiled.Tests.Numbers;

public class InitialTests
{
    const int Count = 1_000_000;

    [Fact]
    public void A_normal_has_its_deviation_and_ends_at_two_of_them()
    {
        var values = Draw(0.02, 7);
        double mean = values.Average(v => v / 0.02), square = values.Average(v => Math.Pow(v / 0.02, 2));
        Assert.Equal(0, mean, 0.004);
        Assert.Equal(0.7737, square, 0.004); // of a standard normal between −2 and 2
        Assert.Equal(0.7152, values.Count(v => Math.Abs(v) < 0.02) / (double)Count, 0.002);
        Assert.InRange(values.Max(Math.Abs), 0.0399f, 0.0400001f);
    }

    [Fact]
    public void Parameters_of_a_model_do_not_resemble_each_other()
    {
        var (first, second) = (Draw(1, 42), Draw(1, 42 + CounterRandom.Golden64));
        for (int shift = 0; shift < 3; shift++)
            Assert.Equal(0, Enumerable.Range(0, Count - shift).Average(i => (double)first[i + shift] * second[i]), 0.004);
    }

    static float[] Draw(double deviation, ulong seed)
    {
        var values = new float[Count];
        Initial.Normal(deviation).Fill(values, 100, seed);
        return values;
    }
}
