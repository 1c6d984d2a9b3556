namespace AlbertCompiled.Cpu;

/// <summary>
/// How a product [m, n] over k is cut. A part is a group of panels times a block of strips. A thread multiplies the whole
/// inner dimension itself, in blocks that leave a group of panels in the second-level cache, and hands an element's sum from
/// one block to the next, so the bits depend on neither threads nor blocks.
/// </summary>
readonly struct ProductPlan
{
    /// <summary>Inner elements that are multiplied before the next panels are fetched.</summary>
    const int InnerBlock = 1024;

    /// <summary>Panels that share a strip while it is in the first-level cache.</summary>
    const int LargestGroup = 2;

    /// <summary>Parts for each thread: what makes up for threads of unequal speed.</summary>
    const int PartsPerThread = 4;

    /// <summary>A part of fewer strips would spend its time on fetching panels.</summary>
    const int SmallestBlock = 8;

    /// <summary>Bounds the sums that are handed from one inner block to the next.</summary>
    const int LargestBlock = 512;

    public ProductPlan(int threads, int m, int n, int k, int lanes)
    {
        (M, K) = (m, k);
        Panels = new(n, lanes);
        Strips = (m + MicroKernel.Rows - 1) / MicroKernel.Rows;
        int wanted = threads == 1 ? 1 : PartsPerThread * threads;
        Group = Math.Clamp(Panels.Count / wanted, 1, LargestGroup);
        Groups = (Panels.Count + Group - 1) / Group;
        InnerBlocks = Math.Max(1, (k + InnerBlock - 1) / InnerBlock);
        int blocks = Math.Min((wanted + Groups - 1) / Groups, Strips / SmallestBlock);
        if (InnerBlocks > 1) blocks = Math.Max(blocks, (Strips + LargestBlock - 1) / LargestBlock);
        StripBlocks = Math.Max(1, blocks);
        TileFloats = MicroKernel.Rows * 3 * lanes;
    }

    public int M { get; }

    public int K { get; }

    public Panels Panels { get; }

    /// <summary>Strips of a.</summary>
    public int Strips { get; }

    /// <summary>Panels of a part.</summary>
    public int Group { get; }

    public int Groups { get; }

    /// <summary>Blocks that the strips are cut into: 1 unless there are too few panels for the threads.</summary>
    public int StripBlocks { get; }

    public int InnerBlocks { get; }

    /// <summary>Floats of a tile.</summary>
    public int TileFloats { get; }

    public int Parts => Groups * StripBlocks;

    /// <summary>Floats from one strip to the next: a cache line apart from a multiple of 4096 bytes.</summary>
    public long StripStride => (long)MicroKernel.Rows * K + 16;

    /// <summary>First inner element of a block.</summary>
    public int FirstInner(int block) => (int)((long)K * block / InnerBlocks);

    /// <summary>First strip of a block.</summary>
    public int FirstStrip(int block) => (int)((long)Strips * block / StripBlocks);

    /// <summary>Scratch for the tiles of a part: one, or all if sums are handed on.</summary>
    public long TilesFloats => (InnerBlocks == 1 ? 1 : (long)Group * (Strips / StripBlocks + 1)) * TileFloats;

    /// <summary>Scratch for the panels of a part, one inner block of them.</summary>
    public long PanelsFloats => (long)Group * Panels.Width(0) * (K / InnerBlocks + 1);
}
