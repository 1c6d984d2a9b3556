namespace AlbertCompiled.Cpu;

/// <summary>Sizes that caches suggest; results do not depend on them.</summary>
/// <param name="Inner">Words of the inner dimension that are multiplied before the next ones are fetched.</param>
/// <param name="RunFloats">Floats of a part's packed rows.</param>
/// <param name="PackedFloats">Floats of columns that are packed before some of the product is computed: what it needs beyond its operands does not grow with them.</param>
readonly record struct Blocking(int Inner, int RunFloats, int PackedFloats)
{
    /// <summary>256 KiB of packed rows, at 512 bits 144 KiB of a panel and as much of the next one: in a second-level cache of 1 MiB with room to spare. 32 MiB of columns.</summary>
    public static readonly Blocking Caches = new(768, 1 << 16, 1 << 23);

    /// <summary>Words that are not cut: a third more than a block, for sums that are handed on cost more. Products [2048, 256] over 1024 gain 3%, while those over 3072 lose 2% with all their blocks so long.</summary>
    public int InnerWhole => Inner + Inner / 3;

    /// <summary>
    /// For panels that stay where they lie while rows are packed: no processor guesses lines so far apart, so a block's are to stay in a first-level cache of 32 KiB, 24 KiB
    /// of them at 512 bits (the dW of `bench gemm`).
    /// </summary>
    public Blocking Near => this with { Inner = Math.Min(Inner, 128) };
}

/// <summary>
/// How a product [m, n] over k is cut. A part is a run of strips times a group of panels. It packs its own rows, so that they are read from
/// the second-level cache of the processor that wrote them; panels are packed once for all. A part goes over the whole inner dimension, in
/// blocks whose rows stay in that cache, and hands an element's sum from one block to the next, so the bits depend on neither threads nor blocks.
/// </summary>
readonly struct ProductPlan
{
    // In the time of a tile: packing a strip, fetching a panel that is not in a near cache, and what a thread without a second part may wait for others.
    const double Strip = 0.25, Fetch = 0.75, Uneven = 0.04;

    // Words of a tile that take as long as storing one transposed.
    const double Transposing = 30;

    public ProductPlan(int threads, int m, int n, int words, int lanes, Blocking blocking)
    {
        (M, Words) = (m, words);
        Panels = new(n, lanes);
        Strips = (m + MicroKernel.Rows - 1) / MicroKernel.Rows;
        InnerBlocks = words <= blocking.InnerWhole ? 1 : (words + blocking.Inner - 1) / blocking.Inner;
        InnerWords = (words + InnerBlocks - 1) / InnerBlocks;
        TileFloats = MicroKernel.Rows * 3 * lanes;
        int largestRun = Math.Max(1, blocking.RunFloats / Math.Max(1, InnerWords) / MicroKernel.Rows);
        (Runs, Groups) = Cut(threads, Strips, Panels.Count, largestRun);
        LargestRun = Runs == 1 ? Strips : Math.Min(Strips, Halves / (2 * Runs) + 2);
        LargestGroup = (Panels.Count + Groups - 1) / Groups;
    }

    /// <summary>Rows.</summary>
    public int M { get; }

    /// <summary>Words of the inner dimension.</summary>
    public int Words { get; }

    /// <summary>The columns.</summary>
    public Panels Panels { get; }

    /// <summary>Strips of all rows.</summary>
    public int Strips { get; }

    /// <summary>Half strips with rows in them.</summary>
    int Halves => (M + MicroKernel.Rows / 2 - 1) / (MicroKernel.Rows / 2);

    /// <summary>Runs that the strips are cut into.</summary>
    public int Runs { get; }

    /// <summary>Groups that the panels are cut into.</summary>
    public int Groups { get; }

    /// <summary>Strips of the longest run.</summary>
    public int LargestRun { get; }

    /// <summary>Panels of the largest group.</summary>
    public int LargestGroup { get; }

    /// <summary>Blocks of the inner dimension.</summary>
    public int InnerBlocks { get; }

    /// <summary>Words of the longest of them.</summary>
    public int InnerWords { get; }

    /// <summary>Parts.</summary>
    public int Parts => Runs * Groups;

    /// <summary>True if panels are read by several parts and hence are packed before.</summary>
    public bool SharesPanels => Runs > 1;

    /// <summary>Floats of a tile.</summary>
    public int TileFloats { get; }

    /// <summary>Floats from one strip to the next: a cache line apart from a multiple of 4096 bytes.</summary>
    public long StripStride => Simd.RoundToLine((long)MicroKernel.Rows * InnerWords) + Simd.LineFloats;

    /// <summary>Scratch for the strips of a part, one inner block of them.</summary>
    public long StripsFloats => LargestRun * StripStride;

    /// <summary>Scratch for the tiles of a part: one, or all if sums are handed on.</summary>
    public long TilesFloats => (InnerBlocks == 1 ? 1 : (long)LargestGroup * LargestRun) * TileFloats;

    /// <summary>Scratch for a panel, one inner block of it.</summary>
    public long PanelFloats => (long)Panels.Width(0) * InnerWords;

    /// <summary>First word of a block of the inner dimension.</summary>
    public int FirstInner(int block) => (int)((long)Words * block / InnerBlocks);

    /// <summary>Where a run begins in a group, for <see cref="Runs"/> where the last one ends.</summary>
    public Stair FirstStrip(int run, int group)
    {
        int first = FirstPanel(group);
        if (run == Runs) return new(Strips, first);
        long halves = (long)Halves * run, columns = Panels.First(FirstPanel(group + 1)) - Panels.First(first);
        return new((int)(halves / (2 * Runs)), Panels.Nearest(Panels.First(first) + (int)(columns * (halves % (2 * Runs)) / (2 * Runs))));
    }

    /// <summary>First panel of a group.</summary>
    public int FirstPanel(int group) => (int)((long)Panels.Count * group / Groups);

    /// <summary>True if rows are so seldom read again that the other operand's should be packed instead, though each tile must then be stored transposed.</summary>
    public static bool Turns(int m, int n, int words, int lanes) =>
        m > 0 && n > 0 && Strip / new Panels(n, lanes).Count - Strip / new Panels(m, lanes).Count > Transposing / words;

    /// <summary>The runs and groups that should take the least time, runs counted in whole strips: those that end within one only even out what is left.</summary>
    static (int Runs, int Groups) Cut(int threads, int strips, int panels, int largestRun)
    {
        int fewestRuns = (strips + largestRun - 1) / largestRun, mostRuns = Math.Min(strips, Math.Max(fewestRuns + threads, 4 * threads));
        if (threads == 1) return (fewestRuns, 1);
        var (best, least) = ((fewestRuns, 1), double.MaxValue);
        for (int runs = fewestRuns; runs <= mostRuns; runs++)
        {
            int mostGroups = Math.Clamp((4 * threads + runs - 1) / runs, 1, panels);
            for (int groups = 1; groups <= mostGroups; groups++)
            {
                int parts = runs * groups, rounds = (parts + threads - 1) / threads, run = (strips + runs - 1) / runs, group = (panels + groups - 1) / groups;
                double time = rounds * (run * group + run * Strip + group * Fetch) * (1 + Uneven / rounds);
                if (time < least) (best, least) = ((runs, groups), time);
            }
        }

        return best;
    }
}
