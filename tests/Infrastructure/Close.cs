namespace AlbertCompiled.Tests;

/// <summary>Comparisons of number arrays that say where they differ most.</summary>
internal static class Close
{
    /// <summary>Asserts |actual − expected| ≤ absolute + relative · max|expected| for every element.</summary>
    public static void Assert(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double absolute, double relative = 0, string what = "")
    {
        Xunit.Assert.True(expected.Count == actual.Count, $"{what}: {actual.Count} values instead of {expected.Count}");
        double scale = expected.Select(Math.Abs).DefaultIfEmpty().Max(), worst = -1;
        int at = 0;
        for (int i = 0; i < expected.Count; i++)
        {
            double distance = Math.Abs(expected[i] - actual[i]);
            if (distance <= worst) continue;
            (worst, at) = (double.IsNaN(distance) ? double.PositiveInfinity : distance, i);
        }

        double tolerance = absolute + relative * scale;
        Xunit.Assert.True(worst <= tolerance, $"{what}[{at}]: {(worst < 0 ? 0 : actual[at]):R} instead of {(worst < 0 ? 0 : expected[at]):R}, off by {worst:E2}, allowed {tolerance:E2}");
    }

    /// <summary>As above for floats.</summary>
    public static void Assert(IReadOnlyList<double> expected, IReadOnlyList<float> actual, double absolute, double relative = 0, string what = "") =>
        Assert(expected, [.. actual.Select(v => (double)v)], absolute, relative, what);
}
