namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>What attention does with its weights. Constants of the compiled kernel.</summary>
internal interface IAttentionForm
{
    /// <summary>Whether weights are dropped.</summary>
    static abstract bool Dropout { get; }
}

/// <summary>All weights are kept.</summary>
internal readonly struct Plain : IAttentionForm
{
    public static bool Dropout => false;
}

/// <summary>Weights are dropped.</summary>
internal readonly struct Dropping : IAttentionForm
{
    public static bool Dropout => true;
}

/// <summary>Which rows a backward kernel owns. Constants of the compiled kernel.</summary>
internal interface IAttentionOwner
{
    /// <summary>Keys, for ∂keys and ∂values; else queries, for ∂queries.</summary>
    static abstract bool Keys { get; }
}

/// <summary>A kernel that owns keys.</summary>
internal readonly struct OwnsKeys : IAttentionOwner
{
    public static bool Keys => true;
}

/// <summary>A kernel that owns queries.</summary>
internal readonly struct OwnsQueries : IAttentionOwner
{
    public static bool Keys => false;
}
