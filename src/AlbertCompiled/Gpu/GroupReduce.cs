using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// Reductions over the lanes of a group of at most 128. All lanes must call, none may have returned before; all receive the result.
/// The order is fixed: the same bits each run.
/// </summary>
public static class GroupReduce
{
    /// <summary>The largest group.</summary>
    public const int MaxLanes = 128;

    /// <summary>The sum of the lanes' values.</summary>
    public static float Sum(float value) => Reduce<Addition>(value);

    /// <summary>The largest of the lanes' values.</summary>
    public static float Max(float value) => Reduce<Maximum>(value);

    /// <summary>
    /// In two levels: 16 lanes combine a sixteenth of the values each, then every lane combines those 16. That takes two barriers, where a tree
    /// takes one per halving; and since a barrier lies between a level's writes and its last reads on either side, the next call is safe.
    /// </summary>
    static float Reduce<TOperation>(float value) where TOperation : struct, IReduction
    {
        const int heads = 16;
        var values = SharedMemory.Allocate<float>(MaxLanes);
        var parts = SharedMemory.Allocate<Float4>(heads / 4);
        int lane = Group.IdxX, lanes = Group.DimX;
        values[lane] = value;
        Group.Barrier();
        if (lane < heads)
        {
            var scalars = parts.Cast<float>();
            for (int i = lane + heads; i < lanes; i += heads) value = TOperation.Combine(value, values[i]);
            scalars[lane] = value;
            for (int i = lane + lanes; i < heads; i += lanes) scalars[i] = TOperation.Identity;
        }

        Group.Barrier();
        Float4 a = parts[0], b = parts[1], c = parts[2], d = parts[3];
        return TOperation.Combine(
            TOperation.Combine(Combine<TOperation>(a), Combine<TOperation>(b)), TOperation.Combine(Combine<TOperation>(c), Combine<TOperation>(d)));
    }

    static float Combine<TOperation>(Float4 v) where TOperation : struct, IReduction =>
        TOperation.Combine(TOperation.Combine(v.X, v.Y), TOperation.Combine(v.Z, v.W));

    interface IReduction
    {
        static abstract float Identity { get; }

        static abstract float Combine(float a, float b);
    }

    struct Addition : IReduction
    {
        public static float Identity => 0f;

        public static float Combine(float a, float b) => a + b;
    }

    struct Maximum : IReduction
    {
        public static float Identity => float.NegativeInfinity;

        public static float Combine(float a, float b) => GpuMath.Max(a, b);
    }
}
