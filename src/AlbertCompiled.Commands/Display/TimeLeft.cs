using System.Globalization;

namespace AlbertCompiled.Commands;

/// <summary>How long something still takes, in the words of a clock.</summary>
static class TimeLeft
{
    const double MostSeconds = 1e9; // 30 years

    /// <summary>Such as 5:09, 19:24:07 or 3 days 04:00.</summary>
    public static string Of(double seconds)
    {
        if (!(seconds <= MostSeconds)) return "years";
        var left = TimeSpan.FromSeconds(Math.Max(0, seconds));
        return left.TotalDays >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{Plural.Of((long)left.TotalDays, "day")} {left:hh\\:mm}")
            : left.ToString(left.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);
    }
}
