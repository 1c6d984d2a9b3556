using AlbertCompiled.Gpu.TensorCores;

namespace AlbertCompiled.Bench;

/// <summary>Eight warps of 16 rows.</summary>
internal readonly struct EightWarps : IAttentionShape
{
    public static int Warps => 8;
    public static int Tiles => 1;
    public static int Resident => 2;
    public static bool Dropout => false;
}

/// <summary>A number as a type.</summary>
internal interface INumber
{
    static abstract int Value { get; }
}

internal readonly struct Two : INumber
{
    public static int Value => 2;
}

internal readonly struct Three : INumber
{
    public static int Value => 3;
}

internal readonly struct Four : INumber
{
    public static int Value => 4;
}

/// <summary>A shape whose items follow each other without a pause, so many groups a multiprocessor.</summary>
internal readonly struct Streamed<TShape, TResident> : IAttentionShape
    where TShape : struct, IAttentionShape
    where TResident : struct, INumber
{
    public static int Warps => TShape.Warps;
    public static int Tiles => TShape.Tiles;
    public static bool Streams => true;
    public static int Resident => TResident.Value;
    public static bool Dropout => TShape.Dropout;
}

/// <summary>Likewise, where four warps multiply at once.</summary>
internal readonly struct Grouped<TShape, TResident> : IAttentionShape
    where TShape : struct, IAttentionShape
    where TResident : struct, INumber
{
    public static int Warps => TShape.Warps;
    public static int Tiles => TShape.Tiles;
    public static bool Streams => true;
    public static bool Warpgroups => true;
    public static int Resident => TResident.Value;
    public static bool Dropout => TShape.Dropout;
}
