namespace AlbertCompiled.Cpu;

/// <summary>What the product of a strip and a panel does to its tile.</summary>
public enum TileEffect
{
    /// <summary>c = a · b.</summary>
    Set,

    /// <summary>The sums go on from what c holds: the bits are those of one sum over the words of this and of the calls before.</summary>
    GoOn,

    /// <summary>c += a · b, the product summed apart.</summary>
    Add,
}
