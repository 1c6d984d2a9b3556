namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// What wgmma is told of an operand's tile: its address, the distances of its parts and the swizzle of 128 bytes (PTX ISA, matrix descriptor).
/// </summary>
internal static class SharedDescriptor
{
    /// <summary>Bytes between the atoms of 8 rows, in 16, and the swizzle: the upper half.</summary>
    public const uint Upper = SharedTile.AtomBytes >> 4 | 1u << 30;

    /// <summary>Bytes between the panels of 64 elements, in 16, in the upper half of the lower half: what a tile stored across the contraction needs.</summary>
    public const uint Panels = SharedTile.PanelBytes >> 4 << 16;

    /// <summary>What 16 steps add to the lower half.</summary>
    public static uint Advance(int steps, bool kMajor) => (uint)(steps * (kMajor ? 32 : 2048)) >> 4;
}
