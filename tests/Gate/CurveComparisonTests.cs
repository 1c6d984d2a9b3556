using System.Globalization;
using AlbertCompiled.Gate;

namespace AlbertCompiled.Tests.Gate;

public sealed class CurveComparisonTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("albert-curves").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(100, 0.0, 0)]
    [InlineData(100, 0.04, 0)]
    [InlineData(100, 0.06, 1)]
    [InlineData(100, double.NaN, 1)]
    [InlineData(9, 0.0, 2)]     // too few steps to tell
    public void Curves_are_close_when_each_window_is(int steps, double shift, int code)
    {
        string expected = Curve("expected", steps, s => 9 - 0.01 * s), actual = Curve("actual", steps, s => 9 - 0.01 * s + (s > steps / 2 ? shift : 0));
        Assert.Equal(code, CurveComparison.Run([expected, actual, "--tolerance", "0.05"]));
    }

    [Fact]
    public void Noise_of_single_steps_cancels_within_a_window()
    {
        string expected = Curve("expected", 200, s => 5), actual = Curve("actual", 200, s => s % 2 == 0 ? 5.3 : 4.7);
        Assert.Equal(0, CurveComparison.Run([expected, actual, "--tolerance", "0.05"]));
    }

    [Fact]
    public void A_window_without_a_number_is_not_forgotten_by_those_after_it()
    {
        string expected = Curve("expected", 100, s => 5), actual = Curve("actual", 100, s => s == 15 ? double.NaN : 5);
        Assert.Equal(1, CurveComparison.Run([expected, actual, "--tolerance", "0.05"]));
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_wrong_call() => Assert.Equal(2, CurveComparison.Run([Curve("one", 10, s => 1), Path.Combine(folder, "none")]));

    string Curve(string name, int steps, Func<int, double> loss)
    {
        string file = Path.Combine(folder, name + ".jsonl");
        File.WriteAllLines(file, Enumerable.Range(1, steps).Select(s => loss(s) is var l && double.IsNaN(l)
            ? $$"""{"kind":"step","step":{{s}},"loss":"NaN"}"""
            : string.Create(CultureInfo.InvariantCulture, $$"""{"kind":"step","step":{{s}},"loss":{{l}}}""")));
        return file;
    }
}
