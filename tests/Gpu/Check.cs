using AlbertCompiled.Gpu;
using ILGPU;
using ILGPU.Runtime;
using Xunit;

namespace AlbertCompiled.Tests.Gpu;

static class Check
{
    /// <summary>Values in (−1, 1), the same each run.</summary>
    public static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(2 * random.NextDouble() - 1))];
    }

    public static void Close(IReadOnlyList<double> expected, IReadOnlyList<float> actual, double tolerance)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]))))
                Assert.Fail($"element {i} is {actual[i]}, expected {expected[i]}");
        }
    }

    public static MemoryBuffer1D<T, Stride1D.Dense> Upload<T>(this GpuDevice device, T[] values) where T : unmanaged
    {
        var buffer = device.Allocate<T>(values.Length);
        buffer.View.SubView(0, values.Length).CopyFromCPU(device.Stream, values);
        return buffer;
    }

    public static T[] Download<T>(this GpuDevice device, MemoryBuffer1D<T, Stride1D.Dense> buffer) where T : unmanaged
    {
        var values = new T[buffer.Length];
        buffer.View.CopyToCPU(device.Stream, values);
        return values;
    }

    /// <summary>Floats as activations that are kept as they are.</summary>
    public static ArrayView<Float32> AsElements(this ArrayView<float> view) => view.Cast<Float32>();

    /// <summary>Likewise, of a whole buffer.</summary>
    public static ArrayView<Float32> AsElements(this ArrayView1D<float, Stride1D.Dense> view) => AsElements((ArrayView<float>)view);
}
