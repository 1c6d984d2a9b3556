using System.Globalization;
using System.Text.RegularExpressions;

namespace AlbertCompiled.Gpu.Ptx;

/// <summary>
/// ILGPU numbers parameters, labels and functions through the process. Here they are numbered by their order in the text: the driver then finds in its cache what an earlier
/// process compiled, in whatever order that was.
/// </summary>
internal static partial class StableText
{
    /// <summary>The text with numbers of its own.</summary>
    public static string Of(string text)
    {
        var known = new Dictionary<string, string>();
        return Numbered().Replace(text, m => known.TryGetValue(m.Value, out string? name)
            ? name
            : known[m.Value] = string.Create(CultureInfo.InvariantCulture, $"{m.Groups[1].ValueSpan}_{known.Count}"));
    }

    [GeneratedRegex(@"\b(?!sm_)([A-Za-z_]\w*?)_\d+\b")]
    private static partial Regex Numbered();
}
