using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlbertCompiled.Cpu;

/// <summary>Where an epilogue that only stores or adds wants its products, so that the inner kernel may bring them there itself.</summary>
readonly unsafe struct PlainTiles(float* c, long stride, TileEffect effect)
{
    /// <summary>Floats from one row to the next.</summary>
    public long Stride { get; } = stride;

    /// <summary>What happens to a tile there.</summary>
    public TileEffect Effect { get; } = effect;

    /// <summary>True for the epilogues that do nothing else.</summary>
    public static bool Of<TEpilogue>(TEpilogue epilogue, out PlainTiles tiles) where TEpilogue : struct, IEpilogue
    {
        tiles = default;
        if (typeof(TEpilogue) == typeof(StoreEpilogue)) tiles = Unsafe.As<TEpilogue, StoreEpilogue>(ref epilogue).Tiles;
        else if (typeof(TEpilogue) == typeof(AccumulateEpilogue)) tiles = Unsafe.As<TEpilogue, AccumulateEpilogue>(ref epilogue).Tiles;
        else return false;
        return true;
    }

    /// <summary>The tile from a row and a column on.</summary>
    public float* At(int row, int column) => c + row * Stride + column;

    /// <summary>Brings a part of a tile to its place.</summary>
    /// <param name="tile">The part's first element.</param>
    /// <param name="width">Floats from one row of it to the next.</param>
    /// <param name="row">Its first row.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="column">Its first column.</param>
    /// <param name="columns">Its columns.</param>
    public void Bring<V>(float* tile, int width, int row, int rows, int column, int columns) where V : struct, ISimd<V>
    {
        bool add = Effect == TileEffect.Add;
        float* to = At(row, column);
        for (int r = 0; r < rows; r++, tile += width, to += Stride)
        {
            int c = 0;
            for (; c <= columns - V.Count; c += V.Count) (add ? V.Load(to + c) + V.Load(tile + c) : V.Load(tile + c)).Store(to + c);
            for (; c < columns; c++) to[c] = add ? to[c] + tile[c] : tile[c];
        }
    }

    /// <summary>Brings the transpose of a tile to its place.</summary>
    /// <param name="tile">[rows, columns] of the product's transpose.</param>
    /// <param name="width">Floats from one row of it to the next.</param>
    /// <param name="row">Its first row: a column of the place.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="column">Its first column: a row of the place.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="scratch">Room for a tile.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Transpose(float* tile, int width, int row, int rows, int column, int columns, float* scratch)
    {
        Packing.Strip<Float32>(new(tile, width), rows, columns, scratch);
        float* to = At(column, row);
        for (int c = 0; c < columns; c++, scratch += MicroKernel.Rows, to += Stride)
        {
            if (rows == MicroKernel.Rows)
            {
                var products = Vector256.Load(scratch);
                (Effect == TileEffect.Add ? products + Vector256.Load(to) : products).Store(to);
                continue;
            }

            for (int r = 0; r < rows; r++) to[r] = Effect == TileEffect.Add ? scratch[r] + to[r] : scratch[r];
        }
    }

    /// <summary>Asks for the memory that <see cref="Transpose"/> needs.</summary>
    public void PrefetchTransposed(int row, int column, int columns)
    {
        float* to = At(column, row);
        for (int c = 0; c < columns; c++, to += Stride) Simd.Prefetch(to);
    }
}
