using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// Reductions over the lanes of a group of at most 128. All lanes must call, none may have returned before; all receive the result.
/// Every lane reads the whole scratch in the same order: two barriers, where a tree takes one per halving, and the same bits each run.
/// </summary>
public static class GroupReduce
{
    /// <summary>The largest group.</summary>
    public const int MaxLanes = 128;

    /// <summary>The sum of the lanes' values.</summary>
    public static float Sum(float value)
    {
        var scratch = SharedMemory.Allocate<float>(MaxLanes);
        scratch[Group.IdxX] = value;
        Group.Barrier();
        float even = 0f, odd = 0f;
        int lanes = Group.DimX;
        for (int i = 0; i + 1 < lanes; i += 2)
        {
            even += scratch[i];
            odd += scratch[i + 1];
        }

        if ((lanes & 1) != 0) even += scratch[lanes - 1];
        Group.Barrier();    // the scratch may be written again
        return even + odd;
    }

    /// <summary>The largest of the lanes' values.</summary>
    public static float Max(float value)
    {
        var scratch = SharedMemory.Allocate<float>(MaxLanes);
        scratch[Group.IdxX] = value;
        Group.Barrier();
        float largest = scratch[0];
        for (int i = 1; i < Group.DimX; i++) largest = GpuMath.Max(largest, scratch[i]);
        Group.Barrier();
        return largest;
    }
}
