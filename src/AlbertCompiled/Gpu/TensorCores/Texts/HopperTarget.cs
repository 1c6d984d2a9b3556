using System.Globalization;
using System.Text.RegularExpressions;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>The targets of texts with wgmma, which no later card has, and of those with copies by tensor maps alone: ILGPU has none whose name ends in a.</summary>
internal static partial class HopperTarget
{
    /// <summary>The text for sm_90a.</summary>
    public static string Of(string text) => Target().Replace(text, ".target sm_90a");

    /// <summary>The text for sm_90, unless its target is a later one.</summary>
    public static string AtLeast(string text) => Target().Replace(text, m => int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture) >= 90 ? m.Value : ".target sm_90");

    /// <summary>Whether a card has wgmma, and its driver takes it: PTX 8.0.</summary>
    /// <param name="capability">Compute capability: 90 for 9.0.</param>
    /// <param name="ptx">The newest PTX that its driver takes: 80 for 8.0.</param>
    public static bool RunsOn(int capability, int ptx) => capability == 90 && ptx >= 80;

    [GeneratedRegex(@"\.target sm_(\d+)\w*")]
    private static partial Regex Target();
}
