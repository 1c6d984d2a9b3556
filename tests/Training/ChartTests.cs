using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Curves as they are drawn.</summary>
public class ChartTests
{
    [Fact]
    public void A_long_curve_is_averaged_over_intervals()
    {
        (double X, double Y)[] points = [(1, 10), (2, 30), (3, 60), (4, 0), (6, 30), (7, 2), (9, 4), (10, 7), (11, 8), (12, 9)];
        Assert.Equal([(1.5, 20), (13 / 3.0, 30), (8, 3), (11, 8)], Chart.Thin(points, intervals: 4)); // of 2, 3, 2, 3 points
        Assert.Same(points, Chart.Thin(points, intervals: 10));
        Assert.Equal(points[0], Assert.Single(Chart.Thin(points[..1])));
    }

    [Fact]
    public void Every_point_counts_once()
    {
        (double X, double Y)[] points = [.. Enumerable.Range(0, 2400).Select(i => ((double)i, i % 2 == 0 ? 1.0 : 3.0))];
        var thin = Chart.Thin(points);
        Assert.Equal(240, thin.Count);
        Assert.Equal(Enumerable.Range(0, 240).Select(i => (10 * i + 4.5, 2.0)), thin);
    }
}
