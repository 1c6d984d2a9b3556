namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>A product as far as its speed depends on it.</summary>
/// <param name="Layout">Transposes: NN, NT, TN or TT.</param>
/// <param name="M">Rows of C at most.</param>
/// <param name="N">Columns of C.</param>
/// <param name="K">Length of the contraction at most.</param>
/// <param name="Boxes">Whether tensor maps may load.</param>
/// <param name="Operations">Of the epilogue, for an element (<see cref="IGpuEpilogue.Operations"/>).</param>
internal readonly record struct ProductShape(string Layout, int M, int N, int K, bool Boxes, int Operations = 0)
{
    /// <summary>Operations.</summary>
    public double Work => 2.0 * M * N * K;

    /// <summary>For files and tables.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Layout} {M}x{N}x{K}{(Boxes ? "" : " without boxes")}{(Operations == 0 ? "" : $", {Operations} operations")}");
}
