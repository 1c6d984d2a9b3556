using System.Text.RegularExpressions;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>The target of texts with wgmma or copies by tensor maps: ILGPU has none whose name ends in a.</summary>
internal static partial class HopperTarget
{
    /// <summary>The text for sm_90a.</summary>
    public static string Of(string text) => Target().Replace(text, ".target sm_90a");

    /// <summary>Whether a card has it, and its driver takes wgmma, which is of PTX 8.0.</summary>
    /// <param name="capability">Compute capability: 90 for 9.0.</param>
    /// <param name="ptx">The newest PTX that its driver takes: 80 for 8.0.</param>
    public static bool RunsOn(int capability, int ptx) => capability == 90 && ptx >= 80;

    [GeneratedRegex(@"\.target sm_\w+")]
    private static partial Regex Target();
}
