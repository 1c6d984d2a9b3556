using System.Diagnostics;

namespace AlbertCompiled.Bench;

/// <summary>The middle of some figures.</summary>
internal static class Median
{
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>Runs an action some times after two to warm up: the median and the shortest time in milliseconds.</summary>
    public static (double Median, double Least) Time(int runs, Action action)
    {
        var milliseconds = new List<double>();
        for (int run = -2; run < runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            if (run >= 0) milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return (Of(milliseconds), milliseconds.Min());
    }
}
