using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>The part of the arena that a slot lives in: each grows with one size of the batch, so that offsets are constants per row.</summary>
internal enum Region
{
    Token,
    Sequence,
    Prediction,
    TokenChunk,
    SequenceChunk,
    PredictionChunk,
    Fixed,
}

/// <summary>A place in the arena for one value.</summary>
/// <param name="Name">Unique in its program, camelCase.</param>
/// <param name="Shape">What it holds.</param>
/// <param name="PerChunk">Partial column sums: one row for each chunk of rows.</param>
/// <param name="Entries">More than 1: a stack with an entry an iteration, or the two halves of a loop state.</param>
/// <param name="First">Position of the first kernel that touches it.</param>
/// <param name="Last">Position of the last one.</param>
/// <param name="Offset">Floats per row of its region (floats for the fixed region).</param>
internal sealed record Slot(string Name, Shape Shape, bool PerChunk, int Entries, int First, int Last, long Offset = 0)
{
    /// <summary>Rows of a chunk; must equal ArenaPlan.ChunkRows of the runtime.</summary>
    public const int ChunkRows = 16;

    /// <summary>Floats from one row to the next. Rows that lie a multiple of 4096 bytes apart share one set of the L1 cache, so those get a gap.</summary>
    public int Stride => StrideOf(Shape.Columns);

    public Region Region => (Shape.Rows.Kind, PerChunk) switch
    {
        (DimensionKind.Tokens, false) => Region.Token,
        (DimensionKind.Sequences, false) => Region.Sequence,
        (DimensionKind.Predictions, false) => Region.Prediction,
        (DimensionKind.Tokens, true) => Region.TokenChunk,
        (DimensionKind.Sequences, true) => Region.SequenceChunk,
        (DimensionKind.Predictions, true) => Region.PredictionChunk,
        _ => Region.Fixed,
    };

    /// <summary>Rows of a slot of constant size, chunks counted.</summary>
    public long FixedRows => PerChunk ? (Shape.Rows.Size + ChunkRows - 1) / ChunkRows : Shape.Rows.Size;

    /// <summary>Floats of one entry: per row of the region, or in all for the fixed region (a multiple of 16).</summary>
    public long EntryUnits => Region == Region.Fixed ? (FixedRows * Stride + 15) / 16 * 16 : Stride;

    public long Units => EntryUnits * Entries;

    public static int StrideOf(int columns)
    {
        if (columns < 16) return columns;
        int rounded = (columns + 15) / 16 * 16;
        return rounded % 1024 == 0 ? rounded + 16 : rounded;
    }
}

/// <summary>Which entry of a slot.</summary>
internal enum Entry
{
    Only,
    Iteration,
    Next,
    Parity,
    NextParity,
    Constant,
}

/// <summary>Where a node's value is.</summary>
internal sealed record Location(string Slot, Entry Entry, int Constant = 0);
