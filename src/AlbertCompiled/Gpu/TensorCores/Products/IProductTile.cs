namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>Constants of a compiled product's kernel.</summary>
internal interface IProductTile
{
    /// <summary>Columns of a tile of C.</summary>
    static abstract int Columns { get; }

    /// <summary>Lanes that run the epilogue.</summary>
    static abstract int Workers { get; }
}

/// <summary>128 columns, four warps.</summary>
internal readonly struct Tile128Warps4 : IProductTile
{
    /// <inheritdoc/>
    public static int Columns => 128;

    /// <inheritdoc/>
    public static int Workers => 128;
}

/// <summary>128 columns, eight warps.</summary>
internal readonly struct Tile128Warps8 : IProductTile
{
    /// <inheritdoc/>
    public static int Columns => 128;

    /// <inheritdoc/>
    public static int Workers => 256;
}

/// <summary>192 columns, four warps.</summary>
internal readonly struct Tile192Warps4 : IProductTile
{
    /// <inheritdoc/>
    public static int Columns => 192;

    /// <inheritdoc/>
    public static int Workers => 128;
}

/// <summary>256 columns, eight warps.</summary>
internal readonly struct Tile256Warps8 : IProductTile
{
    /// <inheritdoc/>
    public static int Columns => 256;

    /// <inheritdoc/>
    public static int Workers => 256;
}

/// <summary>384 columns, eight warps.</summary>
internal readonly struct Tile384Warps8 : IProductTile
{
    /// <inheritdoc/>
    public static int Columns => 384;

    /// <inheritdoc/>
    public static int Workers => 256;
}
