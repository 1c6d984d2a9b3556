using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace AlbertCompiled.Gpu.Ptx;

/// <summary>
/// Divisions by powers of two as shifts: ILGPU leaves remainders as they are, and the driver's compiler divides by a constant as by any number, in some 25 instructions with
/// a reciprocal in floating point.
/// </summary>
internal static partial class PowerDivision
{
    /// <summary>The text with shifts.</summary>
    public static string Of(string text) => Division().Replace(text, Shifts);

    static string Shifts(Match division)
    {
        string result = division.Groups["result"].Value, value = division.Groups["value"].Value;
        if (!uint.TryParse(division.Groups["divisor"].ValueSpan, CultureInfo.InvariantCulture, out uint divisor) || divisor < 2 || !BitOperations.IsPow2(divisor)) return division.Value;
        bool remainder = division.Groups["kind"].ValueSpan is "rem";
        string last = (divisor - 1).ToString(CultureInfo.InvariantCulture), shift = BitOperations.Log2(divisor).ToString(CultureInfo.InvariantCulture);
        if (division.Groups["sign"].ValueSpan is "u") return remainder ? $"\tand.b32\t{result}, {value}, {last};" : $"\tshr.u32\t{result}, {value}, {shift};";

        // Towards zero: negative numbers are raised by one less than the divisor first.
        string raised = $"\t{{\n\t.reg .b32 raised;\n\tshr.s32\traised, {value}, 31;\n\tand.b32\traised, raised, {last};\n\tadd.s32\traised, raised, {value};\n";
        return remainder
            ? $"{raised}\tand.b32\traised, raised, -{divisor.ToString(CultureInfo.InvariantCulture)};\n\tsub.s32\t{result}, {value}, raised;\n\t}}"
            : $"{raised}\tshr.s32\t{result}, raised, {shift};\n\t}}";
    }

    [GeneratedRegex(@"^\t(?<kind>div|rem)\.(?<sign>[su])32\t(?<result>%r\d+), (?<value>%r\d+), (?<divisor>\d+);", RegexOptions.Multiline)]
    private static partial Regex Division();
}
