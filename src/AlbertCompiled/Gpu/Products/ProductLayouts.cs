namespace AlbertCompiled.Gpu;

/// <summary>Which operands of a product are stored transposed. Constants of the compiled kernel.</summary>
public interface IProductLayout
{
    /// <summary>A is stored [K, M] instead of [M, K].</summary>
    static abstract bool TransposeA { get; }

    /// <summary>B is stored [N, K] instead of [K, N].</summary>
    static abstract bool TransposeB { get; }
}

/// <summary>C = A·B.</summary>
public readonly struct NN : IProductLayout
{
    /// <inheritdoc/>
    public static bool TransposeA => false;

    /// <inheritdoc/>
    public static bool TransposeB => false;
}

/// <summary>C = A·Bᵀ: a linear layer, whose weight is stored [outputs, inputs].</summary>
public readonly struct NT : IProductLayout
{
    /// <inheritdoc/>
    public static bool TransposeA => false;

    /// <inheritdoc/>
    public static bool TransposeB => true;
}

/// <summary>C = Aᵀ·B: a weight gradient, contracted over the rows of a batch.</summary>
public readonly struct TN : IProductLayout
{
    /// <inheritdoc/>
    public static bool TransposeA => true;

    /// <inheritdoc/>
    public static bool TransposeB => false;
}

/// <summary>C = Aᵀ·Bᵀ.</summary>
public readonly struct TT : IProductLayout
{
    /// <inheritdoc/>
    public static bool TransposeA => true;

    /// <inheritdoc/>
    public static bool TransposeB => true;
}
