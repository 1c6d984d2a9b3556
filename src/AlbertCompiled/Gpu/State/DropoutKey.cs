using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// The dropout key of one site in one iteration, for kernels: seed and step lie in device memory, so a launch is the same in every step.
/// A kernel converts it once, in front of its loops.
/// </summary>
public readonly struct DropoutKey
{
    readonly ArrayView<ulong> run;      // {seed, step}
    readonly int site, iteration;       // site −1: iteration holds the bits of a constant key

    /// <summary>A key of the running step.</summary>
    /// <param name="run">{seed, step} in device memory.</param>
    /// <param name="site">The dropout site.</param>
    /// <param name="iteration">The iteration of its loop.</param>
    public DropoutKey(ArrayView<ulong> run, int site, int iteration)
    {
        this.run = run;
        this.site = site;
        this.iteration = iteration;
    }

    /// <summary>A key that no step changes.</summary>
    public static DropoutKey Constant(uint key) => new(default, -1, (int)key);

    /// <summary>The key: <see cref="CounterRandom.Key"/> of seed, step, site and iteration.</summary>
    public static implicit operator uint(DropoutKey key) =>
        key.site < 0 ? (uint)key.iteration : CounterRandom.Key(key.run[0], (long)key.run[1], key.site, key.iteration);
}
