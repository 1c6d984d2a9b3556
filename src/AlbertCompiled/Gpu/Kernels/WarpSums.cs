using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// Where the warps that share a chunk's rows add up what each has summed: in dynamic shared memory, in the order of the warps. All of them must call.
/// </summary>
internal static class WarpSums
{
    /// <summary>Bytes of shared memory for rows of so many columns.</summary>
    public static int BytesFor(int columns) => WarpRow.WarpsOfGroup * columns * sizeof(float);

    /// <summary>The sum of the warps' values: all receive it.</summary>
    public static float Of(float value)
    {
        var values = SharedMemory.GetDynamic<float>();
        if (Group.IdxX == 0) values[Group.IdxY] = value;
        Group.Barrier();
        float sum = values[0];
        for (int warp = 1; warp < WarpRow.WarpsOfGroup; warp++) sum += values[warp];
        Group.Barrier();    // the next sum takes the same place
        return sum;
    }

    /// <summary>Stores the sum of the warps' packs, which are rows of so many columns: the lanes of all warps share them.</summary>
    public static void Store<V>(ArrayView<float> target, int first, int columns, V value) where V : struct, IPack<V>
    {
        var rows = SharedMemory.GetDynamic<float>();
        V.Store(rows, Group.IdxY * columns, value);
        Group.Barrier();
        ArrayView<Float4> fours = rows.Cast<Float4>(), sums = target.Cast<Float4>();
        for (int i = Group.IdxY * WarpPack.Lanes + Group.IdxX; i < columns / 4; i += WarpRow.WarpsOfGroup * WarpPack.Lanes)
        {
            var sum = fours[i];
            for (int warp = 1; warp < WarpRow.WarpsOfGroup; warp++) sum.Add(fours[warp * (columns / 4) + i]);
            sums[first / 4 + i] = sum;
        }

        Group.Barrier();
    }
}
