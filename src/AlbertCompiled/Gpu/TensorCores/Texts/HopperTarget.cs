using System.Text.RegularExpressions;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>The target of texts with wgmma or copies by tensor maps: ILGPU has none whose name ends in a.</summary>
internal static partial class HopperTarget
{
    /// <summary>The text for sm_90a.</summary>
    public static string Of(string text) => Target().Replace(text, ".target sm_90a");

    [GeneratedRegex(@"\.target sm_\w+")]
    private static partial Regex Target();
}
