namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>The shape of a kernel of attention. Constants of the compiled kernel.</summary>
internal interface IAttentionShape
{
    /// <summary>Warps of a group.</summary>
    static abstract int Warps { get; }

    /// <summary>Tiles of 16 outer rows a warp, in the forward pass.</summary>
    static abstract int Tiles { get; }

    /// <summary>Whether weights are dropped.</summary>
    static abstract bool Dropout { get; }
}

/// <summary>Four warps of 32 rows.</summary>
internal readonly struct FourWarpsWide : IAttentionShape
{
    public static int Warps => 4;
    public static int Tiles => 2;
    public static bool Dropout => false;
}

/// <summary>Four warps of 16 rows.</summary>
internal readonly struct FourWarps : IAttentionShape
{
    public static int Warps => 4;
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

/// <summary>Which rows a backward kernel owns. Constants of the compiled kernel.</summary>
internal interface IAttentionOwner
{
    /// <summary>Keys, for ∂keys and ∂values; else queries, for ∂queries.</summary>
    static abstract bool Keys { get; }
}

/// <summary>A kernel that owns keys.</summary>
internal readonly struct OwnsKeys : IAttentionOwner
{
    public static bool Keys => true;
}

/// <summary>A kernel that owns queries.</summary>
internal readonly struct OwnsQueries : IAttentionOwner
{
    public static bool Keys => false;
}
