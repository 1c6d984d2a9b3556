namespace AlbertCompiled.Generators.Graph;

/// <summary>What a row count is: a constant, or one of the three sizes that a batch brings.</summary>
internal enum DimensionKind
{
    Constant,
    Tokens,
    Sequences,
    Predictions,
}

/// <summary>A row count.</summary>
internal readonly record struct Dim(DimensionKind Kind, int Size)
{
    public static readonly Dim One = new(DimensionKind.Constant, 1);
    public static readonly Dim Tokens = new(DimensionKind.Tokens, 0);
    public static readonly Dim Sequences = new(DimensionKind.Sequences, 0);
    public static readonly Dim Predictions = new(DimensionKind.Predictions, 0);

    public static Dim Of(int size) => new(DimensionKind.Constant, size);

    public bool IsOne => Kind == DimensionKind.Constant && Size == 1;

    public bool IsConstant => Kind == DimensionKind.Constant;

    public override string ToString() => IsConstant ? Size.ToString(System.Globalization.CultureInfo.InvariantCulture) : Kind.ToString().ToLowerInvariant();
}

/// <summary>Every value is a matrix; a vector of n is [1, n], a scalar [1, 1].</summary>
internal readonly record struct Shape(Dim Rows, int Columns)
{
    public static readonly Shape Scalar = new(Dim.One, 1);

    public bool IsScalar => Rows.IsOne && Columns == 1;

    public override string ToString() => $"[{Rows}, {Columns}]";
}
