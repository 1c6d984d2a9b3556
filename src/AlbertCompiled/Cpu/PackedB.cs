namespace AlbertCompiled.Cpu;

/// <summary>The right operand of a product in the layout of the inner kernel: worth it for weights that several products of a step read.</summary>
public static unsafe class PackedB
{
    /// <summary>Floats that a packed [k, n] takes.</summary>
    public static long PackedLength(int n, int k) => Math.Max(32, (n + 15L) / 16 * 16) * k;

    /// <summary>Packs op(b), which is [k, n].</summary>
    public static void Pack<V>(ThreadTeam team, Matrix b, int n, int k, float* packed) where V : struct, ISimd<V>
    {
        for (int p = 0; p < k; p++)
            for (int j = 0; j < n; j++) packed[(long)p * n + j] = *b.From(p, j).Data;
    }

    /// <summary>epilogue(op(a) · b), b packed for the same n, k and V.</summary>
    public static void Multiply<V, TEpilogue>(ThreadTeam team, Matrix a, float* packedB, int m, int n, int k, TEpilogue epilogue)
        where V : struct, ISimd<V> where TEpilogue : struct, IEpilogue =>
        Gemm.Multiply<V, TEpilogue>(team, a, new Matrix(packedB, n), m, n, k, epilogue);
}
