using System.Globalization;
using System.Text.RegularExpressions;

namespace AlbertCompiled.Gpu.Ptx;

/// <summary>
/// ILGPU numbers parameters, labels and functions through the process, and writes functions in an order that follows from their numbers. Here functions go by what they
/// are, and numbers by the order in the text: the driver then finds in its cache what an earlier process compiled, in whatever order that was.
/// </summary>
internal static partial class StableText
{
    /// <summary>The text with an order and numbers of its own.</summary>
    public static string Of(string text)
    {
        var known = new Dictionary<string, string>();
        return Numbered().Replace(Ordered(text), m => known.TryGetValue(m.Value, out string? name)
            ? name
            : known[m.Value] = string.Create(CultureInfo.InvariantCulture, $"{m.Groups[1].ValueSpan}_{known.Count}"));
    }

    // all that is declared, then all that is defined, by name and body without their numbers
    static string Ordered(string text)
    {
        var functions = Function().Matches(text);
        if (functions.Count < 2) return text;
        var ordered = functions.Select(f => f.Value).OrderBy(f => f.AsSpan().TrimEnd() is [.., ';'] ? 0 : 1).ThenBy(f => Numbered().Replace(f, "$1"), StringComparer.Ordinal);
        return string.Concat([text[..functions[0].Index], .. ordered.Select(f => f + "\n"), Function().Replace(text[functions[0].Index..], "").TrimStart()]);
    }

    [GeneratedRegex(@"\b(?!sm_)([A-Za-z_]\w*?)_\d+\b")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^\.visible \.func .*?^[;}]\r?\n", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Function();
}
