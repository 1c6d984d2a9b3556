using System.Numerics;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>A decoded instruction: runs for the lanes of a warp at once.</summary>
abstract unsafe class Instruction
{
    /// <summary>Where it comes from.</summary>
    public PtxStatement Statement { get; set; } = null!;

    /// <summary>The predicate that guards it, or −1.</summary>
    public int Guard { get; set; } = -1;

    /// <summary>Registers and predicates that are read and written, by number.</summary>
    public int[] Reads { get; set; } = [];

    /// <inheritdoc cref="Reads"/>
    public int[] Writes { get; set; } = [];

    /// <inheritdoc cref="Reads"/>
    public int[] PredicateReads { get; set; } = [];

    /// <inheritdoc cref="Reads"/>
    public int[] PredicateWrites { get; set; } = [];

    /// <summary>Times that a warp executed it.</summary>
    public long Executions { get; set; }

    /// <summary>Lanes that executed it, over all executions.</summary>
    public long Lanes { get; set; }

    /// <summary>Phases that its shared accesses take at least.</summary>
    public long Phases { get; set; }

    /// <summary>Repetitions of shared accesses beyond: bank conflicts.</summary>
    public long Conflicts { get; set; }

    /// <summary>All 32 lanes must be there, at the same place.</summary>
    public bool IsAligned { get; set; }

    /// <summary>Runs it for the lanes of <paramref name="mask"/>.</summary>
    public abstract void Execute(Warp warp, uint mask);

    /// <summary>Lanes of a mask, one after another.</summary>
    protected static int NextLane(ref uint mask)
    {
        int lane = BitOperations.TrailingZeroCount(mask);
        mask &= mask - 1;
        return lane;
    }
}
