using ILGPU;
using ILGPU.IR.Intrinsics;

namespace AlbertCompiled.Gpu;

/// <summary>
/// Reductions over the lanes of a group. All lanes must call, none may have returned before; all receive the result.
/// The order is fixed: the same bits each run. On CUDA a group is a number of whole warps.
/// </summary>
public static class GroupReduce
{
    /// <summary>The largest group.</summary>
    public const int MaxLanes = 512;

    /// <summary>The sum of the lanes' values.</summary>
    [IntrinsicImplementation]
    public static float Sum(float value) => Levels.Sum(value);

    /// <summary>Two sums at the price of one.</summary>
    [IntrinsicImplementation]
    public static (float A, float B) Sums(float a, float b) => Levels.Sums(a, b);

    /// <summary>The largest of the lanes' values.</summary>
    [IntrinsicImplementation]
    public static float Max(float value) => Levels.Max(value);

    /// <summary>The sum of the values of lanes in front of this one, and of all.</summary>
    [IntrinsicImplementation]
    public static (int Before, int All) Counts(int value) => Levels.Counts(value);

    /// <summary>What takes the place of these in code for CUDA.</summary>
    internal static class Warps
    {
        const int Lanes = 32;

        public static float Sum(float value) => Reduce<Addition>(value);

        public static float Max(float value) => Reduce<Maximum>(value);

        public static (float A, float B) Sums(float a, float b)
        {
            a = Exchange<Addition>(a);
            b = Exchange<Addition>(b);
            if (Group.DimX <= Lanes) return (a, b);

            var warps = SharedMemory.Allocate<float>(2 * MaxLanes / Lanes);
            if (Group.IdxX % Lanes == 0)
            {
                warps[Group.IdxX / Lanes] = a;
                warps[Group.IdxX / Lanes + MaxLanes / Lanes] = b;
            }

            Group.Barrier();
            (a, b) = (warps[0], warps[MaxLanes / Lanes]);
            for (int i = 1; i < Group.DimX / Lanes; i++)
            {
                a += warps[i];
                b += warps[i + MaxLanes / Lanes];
            }

            Group.Barrier();
            return (a, b);
        }

        public static (int Before, int All) Counts(int value)
        {
            int lane = Group.IdxX % Lanes, until = value;
            for (int distance = 1; distance < Lanes; distance *= 2)
            {
                int other = Warp.ShuffleUp(until, distance);
                if (lane >= distance) until += other;
            }

            var warps = SharedMemory.Allocate<int>(MaxLanes / Lanes);
            if (lane == Lanes - 1) warps[Group.IdxX / Lanes] = until;
            Group.Barrier();
            int before = until - value, all = 0;
            for (int i = 0; i < Group.DimX / Lanes; i++)
            {
                int count = warps[i];
                if (i < Group.IdxX / Lanes) before += count;
                all += count;
            }

            Group.Barrier();
            return (before, all);
        }

        /// <summary>A warp exchanges registers; several warps meet in shared memory, where every lane combines their results.</summary>
        static float Reduce<TOperation>(float value) where TOperation : struct, IReduction
        {
            value = Exchange<TOperation>(value);
            if (Group.DimX <= Lanes) return value;

            var warps = SharedMemory.Allocate<float>(MaxLanes / Lanes);
            if (Group.IdxX % Lanes == 0) warps[Group.IdxX / Lanes] = value;
            Group.Barrier();
            value = warps[0];
            for (int i = 1; i < Group.DimX / Lanes; i++) value = TOperation.Combine(value, warps[i]);
            Group.Barrier();
            return value;
        }

        static float Exchange<TOperation>(float value) where TOperation : struct, IReduction
        {
            value = TOperation.Combine(value, Warp.ShuffleXor(value, 16));
            value = TOperation.Combine(value, Warp.ShuffleXor(value, 8));
            value = TOperation.Combine(value, Warp.ShuffleXor(value, 4));
            value = TOperation.Combine(value, Warp.ShuffleXor(value, 2));
            return TOperation.Combine(value, Warp.ShuffleXor(value, 1));
        }
    }

    /// <summary>What takes their place in code for OpenCL, and runs on the simulator.</summary>
    internal static class Levels
    {
        public static float Sum(float value) => Reduce<Addition>(value);

        public static float Max(float value) => Reduce<Maximum>(value);

        public static (float A, float B) Sums(float a, float b) => (Sum(a), Sum(b));

        public static (int Before, int All) Counts(int value)
        {
            var values = SharedMemory.Allocate<int>(MaxLanes);
            values[Group.IdxX] = value;
            Group.Barrier();
            int before = 0, all = 0;
            for (int i = 0; i < Group.DimX; i++)
            {
                int count = values[i];
                if (i < Group.IdxX) before += count;
                all += count;
            }

            Group.Barrier();
            return (before, all);
        }

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
    }

    internal interface IReduction
    {
        static abstract float Identity { get; }

        static abstract float Combine(float a, float b);
    }

    internal struct Addition : IReduction
    {
        public static float Identity => 0f;

        public static float Combine(float a, float b) => a + b;
    }

    internal struct Maximum : IReduction
    {
        public static float Identity => float.NegativeInfinity;

        public static float Combine(float a, float b) => GpuMath.Max(a, b);
    }
}
