namespace AlbertCompiled.Cpu;

/// <summary>Where an epilogue that only stores or adds wants its products, so that the inner kernel may bring them there itself.</summary>
readonly unsafe struct PlainTiles(float* c, long stride, TileEffect effect)
{
    /// <summary>Floats from one row to the next.</summary>
    public long Stride { get; } = stride;

    /// <summary>What happens to a tile there.</summary>
    public TileEffect Effect { get; } = effect;

    /// <summary>True for the epilogues that do nothing else.</summary>
    public static bool Of<TEpilogue>(TEpilogue epilogue, out PlainTiles tiles) where TEpilogue : struct, IEpilogue
    {
        tiles = default;
        if (typeof(TEpilogue) == typeof(StoreEpilogue)) tiles = ((StoreEpilogue)(object)epilogue).Tiles;
        else if (typeof(TEpilogue) == typeof(AccumulateEpilogue)) tiles = ((AccumulateEpilogue)(object)epilogue).Tiles;
        else return false;
        return true;
    }

    /// <summary>The tile from a row and a column on.</summary>
    public float* At(int row, int column) => c + row * Stride + column;
}
