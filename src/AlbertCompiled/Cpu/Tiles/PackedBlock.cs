using System.Runtime.CompilerServices;

namespace AlbertCompiled.Cpu;

/// <summary>Products of small blocks within one thread: what attention consists of.</summary>
static unsafe class PackedBlock
{
    /// <summary>Floats of a packed [k, panels.Columns].</summary>
    public static long Floats<P>(in Panels panels, int k) where P : struct, IPrecision => (long)panels.First(panels.Count) * Packing.Words<P>(k);

    /// <summary>Packs op(b), which is [k, panels.Columns].</summary>
    public static void Pack<P>(Matrix b, in Panels panels, int k, float* packed) where P : struct, IPrecision
    {
        for (int p = 0; p < panels.Count; p++)
        {
            int first = panels.First(p);
            Packing.Panel<P>(b.From(0, first), panels.Valid(p), k, panels.Width(p), packed + (long)first * Packing.Words<P>(k));
        }
    }

    /// <summary>Up to eight rows of op(a) for <see cref="Multiply"/>: where they lie if that may be read and there are eight or four, else packed into scratch.</summary>
    public static Strip Rows<P>(Matrix a, int rows, int k, float* scratch) where P : struct, IPrecision
    {
        if (P.ReadsInPlace && rows == Strip.RowsFor(rows)) return Strip.InPlace(a, rows);
        Packing.Strip<P>(a, rows, k, scratch);
        return Strip.Packed(scratch, rows);
    }

    /// <summary>c[rows of the strip, panels with padding] = strip · packed, or += it.</summary>
    public static void Multiply<V, P>(Strip strip, float* packed, in Panels panels, int k, float* c, long stride, bool accumulate)
        where V : struct, ISimd<V> where P : struct, IPrecision
    {
        int words = Packing.Words<P>(k);
        for (int p = 0; p < panels.Count; p++)
        {
            int first = panels.First(p);
            P.Tile<V>(panels.Vectors(p), strip, packed + (long)first * words, panels.Width(p), words, c + first, stride, accumulate ? TileEffect.GoOn : TileEffect.Set, c, 0);
        }
    }

    /// <summary>target = source · factor for a row of <paramref name="columns"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void CopyRow<V>(float* source, float factor, float* target, int columns) where V : struct, ISimd<V>
    {
        int c = 0;
        for (; c <= columns - V.Count; c += V.Count) (V.Load(source + c) * factor).Store(target + c);
        for (; c < columns; c++) target[c] = source[c] * factor;
    }

    /// <summary>Σ a · b over a row of <paramref name="columns"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static float Dot<V>(float* a, float* b, int columns) where V : struct, ISimd<V>
    {
        V sum = 0f;
        Lanes1 tail = 0f;
        int c = 0;
        for (; c <= columns - V.Count; c += V.Count) sum = V.MultiplyAdd(V.Load(a + c), V.Load(b + c), sum);
        for (; c < columns; c++) tail = Lanes1.MultiplyAdd(a[c], b[c], tail);
        return sum.Sum() + tail.Value;
    }
}
