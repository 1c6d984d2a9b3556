namespace AlbertCompiled.Cpu;

/// <summary>Sizes that caches suggest; results do not depend on them.</summary>
/// <param name="Inner">Words of the inner dimension that are multiplied before the next panels are fetched.</param>
/// <param name="Group">Panels that meet a strip while it is in the first-level cache.</param>
/// <param name="RowFloats">Floats of a packed block of rows.</param>
readonly record struct Blocking(int Inner, int Group, int RowFloats)
{
    /// <summary>At 512 bits 432 KiB of panels in the second-level cache, and 2 MiB of rows in the last-level one, for more than two threads 1 MiB each.</summary>
    public static Blocking For(int threads) => new(768, 3, (1 << 18) * Math.Clamp(threads, 2, 16));
}

/// <summary>
/// How a product [m, n] over k is cut. Rows go in blocks whose packed form stays in the last-level cache; within one, a part
/// is a group of panels times a run of strips. A thread multiplies the whole inner dimension itself, in blocks that leave a
/// group of panels in the second-level cache, and hands an element's sum from one block to the next, so the bits depend on
/// neither threads nor blocks.
/// </summary>
readonly struct ProductPlan
{
    /// <summary>Parts for each thread: what makes up for threads of unequal speed.</summary>
    const int PartsPerThread = 12;

    /// <summary>A part of fewer strips would spend its time on fetching panels.</summary>
    const int SmallestRun = 8;

    public ProductPlan(int threads, int m, int n, int words, int lanes, Blocking blocking)
    {
        (M, Words) = (m, words);
        Panels = new(n, lanes);
        int largestBlock = Math.Max(SmallestRun, blocking.RowFloats / Math.Max(1, words) / MicroKernel.Rows) * MicroKernel.Rows;
        RowBlocks = (m + largestBlock - 1) / largestBlock;
        BlockRows = Round((m + RowBlocks - 1) / RowBlocks);
        Strips = BlockRows / MicroKernel.Rows;

        int wanted = threads == 1 ? 1 : PartsPerThread * threads, mostRuns = Math.Max(1, Strips / SmallestRun);
        Group = (int)Math.Clamp((long)Panels.Count * mostRuns / wanted, 1, blocking.Group);
        Groups = (Panels.Count + Group - 1) / Group;
        Group = (Panels.Count + Groups - 1) / Groups;
        Runs = Math.Min((wanted + Groups - 1) / Groups, mostRuns);
        InnerBlocks = Math.Max(1, (words + blocking.Inner - 1) / blocking.Inner);
        TileFloats = MicroKernel.Rows * 3 * lanes;
    }

    /// <summary>Rows.</summary>
    public int M { get; }

    /// <summary>Words of the inner dimension.</summary>
    public int Words { get; }

    /// <summary>The columns.</summary>
    public Panels Panels { get; }

    /// <summary>Blocks of rows.</summary>
    public int RowBlocks { get; }

    /// <summary>Rows of a block, a multiple of 8; the last one may have fewer.</summary>
    public int BlockRows { get; }

    /// <summary>Strips of a block.</summary>
    public int Strips { get; }

    /// <summary>Panels of a part.</summary>
    public int Group { get; }

    /// <summary>Groups of panels.</summary>
    public int Groups { get; }

    /// <summary>Runs that a block's strips are cut into.</summary>
    public int Runs { get; }

    /// <summary>Blocks of the inner dimension.</summary>
    public int InnerBlocks { get; }

    /// <summary>Parts of a block of rows.</summary>
    public int Parts => Groups * Runs;

    /// <summary>True if panels are read by several parts and hence are packed before.</summary>
    public bool SharesPanels => RowBlocks * Runs > 1;

    /// <summary>Floats of a tile.</summary>
    public int TileFloats { get; }

    /// <summary>Floats from one strip to the next: a cache line apart from a multiple of 4096 bytes.</summary>
    public long StripStride => (long)MicroKernel.Rows * Words + 16;

    /// <summary>Floats of a packed block of rows.</summary>
    public long StripsFloats => Strips * StripStride;

    /// <summary>Scratch for the tiles of a part: one, or all if sums are handed on.</summary>
    public long TilesFloats => (InnerBlocks == 1 ? 1 : (long)Group * (Strips / Runs + 1)) * TileFloats;

    /// <summary>Scratch for the panels of a part, one inner block of them.</summary>
    public long PanelsFloats => (long)Group * Panels.Width(0) * (Words / InnerBlocks + 1);

    /// <summary>First word of a block of the inner dimension.</summary>
    public int FirstInner(int block) => (int)((long)Words * block / InnerBlocks);

    /// <summary>First strip of a run among <paramref name="strips"/>.</summary>
    public int FirstStrip(int run, int strips) => (int)((long)strips * run / Runs);

    static int Round(int rows) => (rows + MicroKernel.Rows - 1) / MicroKernel.Rows * MicroKernel.Rows;
}
