namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>How groups that walk share the tiles that do not go round.</summary>
internal static class WalkingParts
{
    /// <summary>Tiles of the contraction that a part has at least: below, adding the parts costs what they save.</summary>
    public const int LeastSteps = 8;

    /// <summary>Parts of each of so many tiles.</summary>
    public static int Of(int tiles, int groups, int steps)
    {
        if (tiles == 0) return 1;
        int parts = groups / tiles, most = steps / LeastSteps;
        parts = parts < most ? parts : most;
        return parts > 1 ? parts : 1;
    }

    /// <summary>Groups that a product can use.</summary>
    public static int Groups(int tiles, int steps, int resident) => (int)Math.Min((long)tiles * Math.Max(1, steps / LeastSteps), resident);
}
