using AlbertCompiled.Gpu.TensorCores;

namespace AlbertCompiled.Bench;

/// <summary>Eight warps of 16 rows.</summary>
internal readonly struct EightWarps : IAttentionShape
{
    public static int Warps => 8;
    public static int Tiles => 1;
    public static bool Dropout => false;
}
