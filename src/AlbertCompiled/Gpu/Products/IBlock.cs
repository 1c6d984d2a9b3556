using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// One lane's share of a square tile of a matrix product, in registers. A group of <see cref="Lanes"/> lanes holds the tile.
/// Two sizes exist: <see cref="Block8"/> for hardware, <see cref="Block4"/> for ILGPU's simulator.
/// </summary>
internal interface IBlock
{
    /// <summary>Rows and columns of the tile.</summary>
    static abstract int Tile { get; }

    /// <summary>Lanes of the group: a lane for each row of the tile as well.</summary>
    static abstract int Lanes { get; }

    /// <summary>
    /// Adds the outer products of <see cref="AlbertCompiled.Gpu.Tile.Depth"/> steps: this[i, j] += Σ a[stepA + k, i] · b[stepB + k, j].
    /// The first steps are separate, since ILGPU gives up short vector loads on a view within a view.
    /// </summary>
    void MultiplyAdd(ArrayView<float> a, int stepA, ArrayView<float> b, int stepB);

    /// <summary>Multiplies each row of the tile by its factor in shared memory.</summary>
    void Scale(ArrayView<float> factors);

    /// <summary>Puts the lane's elements into a tile in shared memory: tile[i, j] = map(tile[i, j], this[i, j], i, j).</summary>
    void Merge<TMerge>(ArrayView<float> tile, TMerge map) where TMerge : struct, IMerge;
}

/// <summary>How an element in shared memory and one in registers become one.</summary>
internal interface IMerge
{
    /// <summary>The element of row <paramref name="i"/>, column <paramref name="j"/> of the tile.</summary>
    float Apply(float stored, float computed, int i, int j);
}

/// <summary>Takes the computed element.</summary>
internal readonly struct Overwrite : IMerge
{
    public float Apply(float stored, float computed, int i, int j) => computed;
}
