using System.Collections.Immutable;
using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>A piece of one parameter: what a group of an update kernel works on, by packs of 8 and what they leave.</summary>
internal struct Segment
{
    /// <summary>First float in the arena.</summary>
    public int Offset;

    /// <summary>Floats.</summary>
    public int Length;

    /// <summary>The parameter's number.</summary>
    public int Parameter;

    /// <summary>1: the parameter neither decays nor adapts.</summary>
    public int IsVector;

    /// <summary>The float behind the last.</summary>
    public readonly int End => Offset + Length;

    /// <summary>The first of the lane's packs.</summary>
    public readonly int FirstPack => Offset + Group.IdxX * Float8.Count;

    /// <summary>The float behind the last pack; packs begin at multiples of 8.</summary>
    public readonly int EndOfPacks => Offset % Float8.Count == 0 ? Offset + Length / Float8.Count * Float8.Count : Offset;

    /// <summary>The first of the lane's floats behind them.</summary>
    public readonly int FirstSingle => EndOfPacks + Group.IdxX;
}

/// <summary>
/// The parameters cut into segments of a fixed size, in device memory. Sums over a parameter are formed segment by segment, then
/// over its segments in order.
/// </summary>
internal sealed class ParameterSegments : IDisposable
{
    const int Size = 4096;

    readonly MemoryBuffer1D<Segment, Stride1D.Dense> all;
    readonly MemoryBuffer1D<int, Stride1D.Dense> first;

    public ParameterSegments(GpuDevice device, ImmutableArray<ParameterInfo> parameters)
    {
        var segments = new List<Segment>();
        var starts = new int[parameters.Length + 1];
        for (int p = 0; p < parameters.Length; p++)
        {
            starts[p] = segments.Count;
            var info = parameters[p];
            for (long start = 0; start < info.Length; start += Size)
                segments.Add(new() { Offset = checked((int)(info.Offset + start)), Length = (int)Math.Min(Size, info.Length - start), Parameter = p, IsVector = info.IsVector ? 1 : 0 });
        }

        starts[^1] = segments.Count;
        (Count, Parameters) = (segments.Count, parameters.Length);
        all = device.Allocate<Segment>(Count);
        first = device.Allocate<int>(starts.Length);
        device.Write(all.View, [.. segments]);
        device.Write(first.View, starts);
    }

    /// <summary>Segments.</summary>
    public int Count { get; }

    /// <summary>Parameters.</summary>
    public int Parameters { get; }

    /// <summary>[<see cref="Count"/>].</summary>
    public ArrayView<Segment> All => all.View;

    /// <summary>[<see cref="Parameters"/> + 1] the first segment of each parameter.</summary>
    public ArrayView<int> First => first.View;

    public void Dispose()
    {
        GpuDevice.Free(all);
        GpuDevice.Free(first);
    }
}
