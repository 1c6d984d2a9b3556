using AlbertCompiled.Gpu.TensorCores;

namespace AlbertCompiled.Bench;

/// <summary>Four warps of 32 rows.</summary>
internal readonly struct FourWide : IAttentionShape
{
    public static int Warps => 4;
    public static int Tiles => 2;
    public static bool Dropout => false;
}

/// <summary>Four warps of 16 rows.</summary>
internal readonly struct Four : IAttentionShape
{
    public static int Warps => 4;
    public static int Tiles => 1;
    public static bool Dropout => false;
}

/// <summary>Eight warps of 16 rows.</summary>
internal readonly struct Eight : IAttentionShape
{
    public static int Warps => 8;
    public static int Tiles => 1;
    public static bool Dropout => false;
}

/// <summary>A shape with dropout.</summary>
internal readonly struct WithDropout<TShape> : IAttentionShape where TShape : struct, IAttentionShape
{
    public static int Warps => TShape.Warps;
    public static int Tiles => TShape.Tiles;
    public static bool Dropout => true;
}

internal readonly struct OwnsKeys : IAttentionOwner
{
    public static bool Keys => true;
}

internal readonly struct OwnsQueries : IAttentionOwner
{
    public static bool Keys => false;
}
