namespace AlbertCompiled.Generators.Graph;

/// <summary>What kind of work an operation is. Fusion, recomputation and lowering decide by this table alone.</summary>
internal enum OpClass
{
    /// <summary>Costs nothing to repeat: read or regenerated wherever it is used, never stored.</summary>
    Free,

    /// <summary>A value per element from values at the same row and column.</summary>
    Map,

    /// <summary>A value per row.</summary>
    RowReduction,

    /// <summary>A value per column: needs all rows.</summary>
    ColumnReduction,

    /// <summary>A kernel of its own.</summary>
    Heavy,

    /// <summary>The state of a loop.</summary>
    State,

    /// <summary>Adds into a gradient; has no value.</summary>
    Sink,
}

internal static class Ops
{
    public static OpClass Class(this Op op) => op switch
    {
        Op.Parameter or Op.Constant or Op.RowCount or Op.OneHot or Op.Column or Op.KeepMask => OpClass.Free,
        Op.RowSum or Op.RowMax => OpClass.RowReduction,
        Op.ColumnSum => OpClass.ColumnReduction,
        Op.MatMul or Op.Attention or Op.AttentionLogSum or Op.GroupLogSum or Op.AttentionGradient or Op.ScatterAdd => OpClass.Heavy,
        Op.Carry or Op.LoopResult => OpClass.State,
        Op.AccumulateGradient => OpClass.Sink,
        _ => OpClass.Map,
    };

    public static bool Is(this Node node, OpClass kind) => node.Op.Class() == kind;

    /// <summary>Costs as much as some ten multiplications.</summary>
    public static bool IsFunction(this Op op) => op is Op.Exp or Op.Log or Op.Sigmoid or Op.Tanh or Op.Erf;

    /// <summary>Computed inside row kernels: maps and row reductions.</summary>
    public static bool IsRowwise(this Node node) => node.Op.Class() is OpClass.Map or OpClass.RowReduction;

    /// <summary>Has no value that another node could read.</summary>
    public static bool IsSink(this Node node) => node.Op == Op.AccumulateGradient || node.Op == Op.ScatterAdd && node.Parameter is not null;
}
