using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// A size that a batch brings. The host knows its bound, from which it sizes grids; kernels read the size itself from device memory.
/// So a launch depends on nothing that changes from step to step, and a captured step serves every batch.
/// </summary>
public readonly struct Extent
{
    readonly ArrayView<int> sizes;
    readonly int index;     // −1: constant
    readonly int first;     // rows before a band

    /// <summary>A size in device memory.</summary>
    /// <param name="most">The largest value that it takes: the capacity.</param>
    /// <param name="sizes">The sizes of the batch.</param>
    /// <param name="index">Which of them.</param>
    public Extent(int most, ArrayView<int> sizes, int index) : this(most, sizes, index, 0)
    {
    }

    Extent(int most, ArrayView<int> sizes, int index, int first)
    {
        Most = most;
        this.sizes = sizes;
        this.index = index;
        this.first = first;
    }

    /// <summary>The bound: for the host and for grids.</summary>
    public int Most { get; }

    /// <summary>True if no batch changes it: for the host.</summary>
    internal bool IsConstant => index < 0;

    /// <summary>The size: for kernels. Constants may be asked on the host as well.</summary>
    public int Actual => index < 0 ? Most : Math.Max(0, Math.Min(sizes[index] - first, Most));

    /// <summary>The rows of a band: those from <paramref name="first"/> on, <paramref name="most"/> of them at most, none if the size ends before.</summary>
    public Extent Band(int first, int most) => new(Math.Min(most, Most - first), sizes, index, this.first + first);

    /// <summary>A size that no batch changes.</summary>
    public static Extent Constant(int size) => new(size, default, -1);

    /// <summary>A size that no batch changes.</summary>
    public static implicit operator Extent(int size) => Constant(size);
}
