using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>How the lanes of a group share a row by packs of columns: a constant of the compiled kernel.</summary>
public interface IRowLanes
{
    /// <summary>True if a lane has one pack of a row at most, so that what it read and summed stays in registers from one pass to the next.</summary>
    static abstract bool HoldRow { get; }

    /// <summary>The first column of the lane.</summary>
    static abstract int First<V>() where V : struct, IPack<V>;

    /// <summary>The lane's column after <paramref name="column"/>.</summary>
    static abstract int Next<V>(int column) where V : struct, IPack<V>;
}

/// <summary>There are as many lanes as packs. Where nothing is reduced along the row, several groups may share it along the grid's second axis.</summary>
public readonly struct OnePack : IRowLanes
{
    /// <inheritdoc/>
    public static bool HoldRow => true;

    /// <inheritdoc/>
    public static int First<V>() where V : struct, IPack<V> => (Grid.IdxY * Group.DimX + Group.IdxX) * V.Count;

    /// <inheritdoc/>
    public static int Next<V>(int column) where V : struct, IPack<V> => int.MaxValue;
}

/// <summary>The lanes take turns: for rows longer than a group.</summary>
public readonly struct ManyPacks : IRowLanes
{
    /// <inheritdoc/>
    public static bool HoldRow => false;

    /// <inheritdoc/>
    public static int First<V>() where V : struct, IPack<V> => Group.IdxX * V.Count;

    /// <inheritdoc/>
    public static int Next<V>(int column) where V : struct, IPack<V> => column + Group.DimX * V.Count;
}

/// <summary>A warp to a row, which one pack holds: lanes of a row lie along the group's first axis, its warps along the second.</summary>
internal readonly struct WarpRow : IRowLanes
{
    /// <summary>Warps of a group.</summary>
    public const int WarpsOfGroup = 4;

    /// <inheritdoc/>
    public static bool HoldRow => true;

    /// <summary>The first of the row: where each lane's columns lie, the pack knows. So every bound of the loop over columns is a constant.</summary>
    public static int First<V>() where V : struct, IPack<V> => 0;

    /// <inheritdoc/>
    public static int Next<V>(int column) where V : struct, IPack<V> => column + V.Count;

    /// <summary>
    /// The text of such a kernel, told the one size of its groups. Reductions ask whether several warps share a row, and whether a warp has one depends on its place: the driver's compiler
    /// then knows that none do, and that a warp's lanes go together.
    /// </summary>
    public static string Complete(string text) => text
        .Replace($".maxntid {WarpPack.Lanes * WarpsOfGroup}, 1, 1", $".reqntid {WarpPack.Lanes}, {WarpsOfGroup}, 1", StringComparison.Ordinal)
        .Replace("%ntid.x", $"{WarpPack.Lanes}", StringComparison.Ordinal);
}
