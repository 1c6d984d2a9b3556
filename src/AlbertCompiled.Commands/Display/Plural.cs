using System.Globalization;

namespace AlbertCompiled.Commands;

/// <summary>Numbers with the word for what they count.</summary>
static class Plural
{
    /// <summary>Such as 1 step or 2,600 steps.</summary>
    public static string Of(long number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number:#,0} {noun}{(number == 1 ? "" : "s")}");
}
