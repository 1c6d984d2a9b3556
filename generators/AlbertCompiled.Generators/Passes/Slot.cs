using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>
/// The part of the arena that a slot lives in: each grows with one size of the batch, so that offsets are constants per row. The first four hold
/// activations, in whatever precision the program keeps them, and so does that of bands; the others are float32 in every precision. An offset counts elements of its region.
/// </summary>
internal enum Region
{
    Token,
    Sequence,
    Prediction,
    Fixed,
    ExactToken,
    ExactSequence,
    ExactPrediction,
    TokenChunk,
    SequenceChunk,
    PredictionChunk,
    ExactFixed,
    Band,
}

/// <summary>A place in the arena for one value.</summary>
/// <param name="Name">Unique in its program, camelCase.</param>
/// <param name="Shape">What it holds.</param>
/// <param name="PerChunk">Partial column sums: one row for each chunk of rows.</param>
/// <param name="Entries">More than 1: a stack with an entry an iteration, or the two halves of a loop state.</param>
/// <param name="First">Position of the first kernel that touches it.</param>
/// <param name="Last">Position of the last one.</param>
/// <param name="Offset">Elements per row of its region (elements for the fixed regions).</param>
/// <param name="IsExact">Float32 in every precision: a value per row, a log-sum.</param>
/// <param name="IsBand">Holds a band of rows at a time: its shape's rows.</param>
internal sealed record Slot(string Name, Shape Shape, bool PerChunk, int Entries, int First, int Last, long Offset = 0, bool IsExact = false, bool IsBand = false)
{
    /// <summary>Rows of a chunk; must equal ArenaPlan.ChunkRows of the runtime.</summary>
    public const int ChunkRows = 16;

    /// <summary>Elements from one row to the next. Rows that lie a multiple of 4096 bytes apart share one set of the L1 cache, so those get a gap.</summary>
    public int Stride => StrideOf(Shape.Columns);

    public Region Region => (Shape.Rows.Kind, PerChunk, IsExact) switch
    {
        _ when IsBand => Region.Band,
        (DimensionKind.Tokens, true, _) => Region.TokenChunk,
        (DimensionKind.Sequences, true, _) => Region.SequenceChunk,
        (DimensionKind.Predictions, true, _) => Region.PredictionChunk,
        (DimensionKind.Tokens, _, true) => Region.ExactToken,
        (DimensionKind.Sequences, _, true) => Region.ExactSequence,
        (DimensionKind.Predictions, _, true) => Region.ExactPrediction,
        (_, true, _) or (_, _, true) => Region.ExactFixed,
        (DimensionKind.Tokens, _, _) => Region.Token,
        (DimensionKind.Sequences, _, _) => Region.Sequence,
        (DimensionKind.Predictions, _, _) => Region.Prediction,
        _ => Region.Fixed,
    };

    /// <summary>True where activations are: the element's type is the program's.</summary>
    public bool IsElement => Region is <= Region.Fixed or Region.Band;

    /// <summary>True in the regions that no batch changes.</summary>
    public bool IsFixed => Region is Region.Fixed or Region.ExactFixed;

    /// <summary>Rows of a slot of constant size, chunks counted.</summary>
    public long FixedRows => PerChunk ? (Shape.Rows.Size + ChunkRows - 1) / ChunkRows : Shape.Rows.Size;

    /// <summary>Elements of one entry: per row of the region, or in all for the fixed regions (a multiple of 16).</summary>
    public long EntryUnits => IsFixed ? (FixedRows * Stride + 15) / 16 * 16 : Stride;

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
