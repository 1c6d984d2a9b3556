using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace AlbertCompiled.Commands;

/// <summary>Numbers that an option takes.</summary>
/// <param name="Words">As they are told.</param>
/// <param name="Contains">True of one that is taken.</param>
sealed record NumberRange(string Words, Func<double, bool> Contains)
{
    public static readonly NumberRange Any = new("a number", _ => true);
    public static readonly NumberRange Positive = new("a number above 0", v => (float)v > 0);
    public static readonly NumberRange FromZero = new("a number from 0", v => v >= 0);
    public static readonly NumberRange Share = new("a share from 0 to 1", v => v is >= 0 and <= 1);
    public static readonly NumberRange Minutes = new("minutes from 0 to 1000000", v => v is >= 0 and <= 1_000_000);
}

/// <summary>How options read numbers: with a decimal point in every language, within a range, and with a message that says what is wanted.</summary>
static class Numbers
{
    /// <summary>A whole number of a range.</summary>
    public static Option<T> Whole<T>(this Option<T> option, T from, T? to = null) where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        option.CustomParser = result => ReadWhole(option, result, from, to) ?? default;
        return option;
    }

    /// <inheritdoc cref="Whole{T}(Option{T}, T, T?)"/>
    public static Option<T?> Whole<T>(this Option<T?> option, T from, T? to = null) where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        option.CustomParser = result => ReadWhole(option, result, from, to);
        return option;
    }

    /// <summary>A number that is finite in single precision, of a range.</summary>
    public static Option<double> Decimal(this Option<double> option, NumberRange range)
    {
        option.CustomParser = result => ReadDecimal(option, result, range) ?? 0;
        return option;
    }

    /// <inheritdoc cref="Decimal(Option{double}, NumberRange)"/>
    public static Option<double?> Decimal(this Option<double?> option, NumberRange range)
    {
        option.CustomParser = result => ReadDecimal(option, result, range);
        return option;
    }

    static T? ReadWhole<T>(Option option, ArgumentResult result, T from, T? to) where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        string text = result.Tokens[0].Value;
        if (T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= from && value <= (to ?? T.MaxValue)) return value;
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} takes a whole number from {from}{(to is { } most ? $" to {most}" : "")}, not {text}"));
        return null;
    }

    static double? ReadDecimal(Option option, ArgumentResult result, NumberRange range)
    {
        string text = result.Tokens[0].Value;
        if (Read(text) is { } value && range.Contains(value)) return value;
        string point = text.Replace(',', '.');
        string advice = point != text && Read(point) is { } meant && range.Contains(meant) ? $"; with a decimal point it is {point}" : "";
        result.AddError($"{option.Name} takes {range.Words}, not {text}{advice}");
        return null;
    }

    static double? Read(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && float.IsFinite((float)value) ? value : null;
}
