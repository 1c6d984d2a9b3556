using AlbertCompiled.Cli;

namespace AlbertCompiled.Tests;

/// <summary>Numbers as a person reads them.</summary>
public class DisplayTests
{
    [Theory]
    [InlineData(9, "0:09")]
    [InlineData(309, "5:09")]
    [InlineData(69_847, "19:24:07")]
    [InlineData(100_000, "1 day 03:46")]
    [InlineData(20_000_000, "231 days 11:33")]
    [InlineData(double.PositiveInfinity, "years")]
    public void Time_left_is_told_as_by_a_clock(double seconds, string told) => Assert.Equal(told, TimeLeft.Of(seconds));

    [Theory]
    [InlineData(1, "1 step")]
    [InlineData(0, "0 steps")]
    [InlineData(2600, "2,600 steps")]
    public void One_is_not_several(long number, string told) => Assert.Equal(told, Plural.Of(number, "step"));
}
