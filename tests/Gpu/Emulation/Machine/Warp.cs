using System.Numerics;
using System.Runtime.InteropServices;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>What a warp waits for.</summary>
enum WarpState
{
    Ready,
    AtBarrier,
    Done,
}

/// <summary>
/// 32 lanes in lockstep. Where they part, one way runs to where all ways join again (<see cref="Reconvergence"/>), then the next: a stack of places with their lanes.
/// </summary>
sealed unsafe class Warp : IDisposable
{
    public const int Size = 32;
    public const uint Full = uint.MaxValue;

    readonly EmulatedKernel kernel;
    readonly List<Path> paths = [];
    readonly uint[] written, predicateWritten;
    readonly ulong* registers;
    readonly List<int> fences = [];
    readonly List<(int Register, uint Lanes)> undefined = [];
    uint active;
    bool moved, yielded;

    public Warp(EmulatedKernel kernel, EmulatedBlock block, int index, int agents)
    {
        this.kernel = kernel;
        Block = block;
        Index = index;
        Clock = new int[agents];
        written = new uint[kernel.Slots];
        predicateWritten = new uint[kernel.Predicates];
        Predicates = new uint[kernel.Predicates];
        registers = (ulong*)NativeMemory.AlignedAlloc((nuint)(kernel.Slots * Size * sizeof(ulong)), 64);
    }

    public EmulatedBlock Block { get; }

    public int Index { get; }

    public WarpState State { get; set; }

    /// <summary>Values of all registers and constants: 32 lanes each.</summary>
    public ulong* Registers => registers;

    /// <summary>Values of all predicates: a bit for each lane.</summary>
    public uint[] Predicates { get; }

    /// <summary>Vector clock: what this warp knows of each agent.</summary>
    public int[] Clock { get; }

    /// <summary>The last barrier of the whole block that this warp has passed.</summary>
    public int SyncedStamp { get; set; }

    /// <summary>Lanes that have not returned.</summary>
    public uint Live { get; private set; }

    /// <summary>Lanes that run together now.</summary>
    public uint Active => active;

    /// <summary>Place of the instruction that runs.</summary>
    public int Place { get; private set; }

    /// <summary>The instruction that runs.</summary>
    public Instruction Current { get; private set; } = null!;



    /// <summary>Copies into shared memory that are not yet visible.</summary>
    public AsyncCopies Copies { get; } = new();

    /// <summary>Matrix products that are not yet finished.</summary>
    public AsyncProducts Products { get; } = new();

    /// <summary>Starts lanes at the beginning.</summary>
    public void Start(int threads)
    {
        Live = threads >= Size ? Full : (1u << threads) - 1;
        State = Live == 0 ? WarpState.Done : WarpState.Ready;
        paths.Clear();
        paths.Add(new(0, Live, Reconvergence.End));
        Array.Clear(written);
        Array.Clear(predicateWritten);
        Array.Clear(Clock);
        fences.Clear();
        Clock[Index] = 1;
        SyncedStamp = 0;
        Copies.Clear();
        Products.Clear();
        kernel.FillSlots(this);
        for (int slot = kernel.Registers; slot < kernel.Slots; slot++) written[slot] = Full;
    }

    /// <summary>Runs until the warp blocks, has ended, or <paramref name="budget"/> instructions have passed.</summary>
    public void Run(int budget)
    {
        var program = kernel.Program;
        IsRunning = true;
        yielded = false;
        while (State == WarpState.Ready && budget > 0 && !yielded)
        {
            var path = paths[^1];
            if (path.Lanes == 0 || path.Place == path.Meeting)
            {
                paths.RemoveAt(paths.Count - 1);
                continue;
            }

            (active, Place, moved) = (path.Lanes, path.Place, false);
            while (Place != path.Meeting && budget-- > 0)
            {
                var instruction = program[Place];
                Current = instruction;
                uint mask = active;
                if (instruction.Guard >= 0)
                {
                    Require(predicateWritten, instruction.Guard, mask, "predicate");
                    uint guard = Predicates[instruction.Guard];
                    mask &= instruction.Statement.Negated ? ~guard : guard;
                    if (mask == 0)
                    {
                        Place++;
                        continue;
                    }
                }

                if (instruction.IsAligned && mask != Full) throw Fail($"only lanes 0x{mask:x8} of the warp execute an instruction that all must execute together");
                foreach (int register in instruction.Reads)
                    if ((written[register] & mask) != mask) Require(written, register, mask, "register");
                foreach (int predicate in instruction.PredicateReads)
                    if ((predicateWritten[predicate] & mask) != mask) Require(predicateWritten, predicate, mask, "predicate");
                if (!Products.IsEmpty) Products.Check(this, instruction);
                instruction.Executions++;
                instruction.Lanes += BitOperations.PopCount(mask);
                moved = false;
                instruction.Execute(this, mask);
                if (kernel.HasWarpgroupProducts) Products.Touch(instruction);
                foreach (int register in instruction.Writes) written[register] |= mask;
                foreach (int predicate in instruction.PredicateWrites) predicateWritten[predicate] |= mask;
                foreach (var (register, lanes) in undefined) written[register] &= ~lanes;
                undefined.Clear();
                if (moved) break;
                Place++;
            }

            if (!moved) GoOn(Place);
        }

        IsRunning = false;
    }

    /// <summary>The lanes that run now go on at a place.</summary>
    void GoOn(int place) => paths[^1] = paths[^1] with { Place = place };

    /// <summary>Lanes of <paramref name="taken"/> go on elsewhere, the other active ones at the next instruction.</summary>
    public void Branch(int target, uint taken)
    {
        moved = true;
        if (taken == active)
        {
            GoOn(target);
            return;
        }

        int meeting = Part();
        Follow(Place + 1, active & ~taken, meeting);
        Follow(target, taken, meeting);
    }

    /// <summary>Lanes go on at places of their own.</summary>
    public void Branch(ReadOnlySpan<int> targets, uint taken)
    {
        moved = true;
        int meeting = Part();
        Follow(Place + 1, active & ~taken, meeting);
        while (taken != 0)
        {
            int target = targets[BitOperations.TrailingZeroCount(taken)];
            uint together = 0;
            for (uint rest = taken; rest != 0; rest &= rest - 1)
                if (targets[BitOperations.TrailingZeroCount(rest)] == target) together |= rest & (0 - rest);
            Follow(target, together, meeting);
            taken &= ~together;
        }
    }

    /// <summary>The lanes that run now will go on together where their ways join.</summary>
    int Part()
    {
        int meeting = kernel.Meetings[Place];
        if (meeting == Reconvergence.End || meeting == paths[^1].Meeting) paths.RemoveAt(paths.Count - 1);
        else GoOn(meeting);
        return meeting;
    }

    void Follow(int place, uint lanes, int meeting)
    {
        if (lanes != 0 && place != meeting) paths.Add(new(place, lanes, meeting));
    }

    /// <summary>Lanes return.</summary>
    public void Exit(uint lanes)
    {
        GoOn(Place + 1);
        Live &= ~lanes;
        moved = true;
        for (int i = 0; i < paths.Count; i++) paths[i] = paths[i] with { Lanes = paths[i].Lanes & Live };
        if (Live != 0) return;
        if (!Products.IsEmpty) throw Fail("the warp ends while matrix products are pending");
        State = WarpState.Done;
        Block.Exited(this);
    }

    /// <summary>The warp stops after this instruction until somebody makes it ready again.</summary>
    public void Wait(uint lanes)
    {
        if (lanes != Live) throw Fail($"lanes 0x{lanes:x8} reach a barrier and lanes 0x{Live & ~lanes:x8} do not");
        GoOn(Place + 1);
        moved = true;
        State = WarpState.AtBarrier;
    }

    /// <summary>Another warp's turn.</summary>
    public void Yield()
    {
        GoOn(Place + 1);
        moved = true;
        yielded = true;
        Block.Yielded = true;
    }

    /// <summary>Fails unless all living <paramref name="members"/> execute an instruction together.</summary>
    public void RequireTogether(uint members, uint mask)
    {
        if ((mask & ~members) != 0) throw Fail($"lanes 0x{mask & ~members:x8} execute an instruction whose member mask 0x{members:x8} does not name them");
        if ((members & Live & ~mask) != 0) throw Fail($"lanes 0x{members & Live & ~mask:x8} of member mask 0x{members:x8} are elsewhere");
    }

    /// <summary>A new moment: what the warp did before has been published.</summary>
    public void Tick() => Clock[Index]++;

    /// <summary>Learns what another clock knows.</summary>
    public void Join(ReadOnlySpan<int> other)
    {
        for (int i = 0; i < other.Length; i++) Clock[i] = Math.Max(Clock[i], other[i]);
    }

    /// <summary>fence.proxy.async: earlier writes are visible to the asynchronous proxy.</summary>
    public void FenceProxy()
    {
        fences.Add(Clock[Index]);
        Tick();
    }

    /// <summary>Whether a fence came at or after a write, and is known to somebody whose clock of this warp is <paramref name="known"/>.</summary>
    public bool FencedBetween(int write, int known)
    {
        int at = fences.BinarySearch(write);
        if (at < 0) at = ~at;
        return at < fences.Count && fences[at] < known;
    }

    public string RegisterName(int register) => kernel.RegisterNames[register];

    /// <summary>Its turn is now.</summary>
    public bool IsRunning { get; private set; }

    public EmulatedKernel Kernel => kernel;

    /// <summary>Registers must have been written in all lanes.</summary>
    public void RequireWritten(int[] needed)
    {
        foreach (int register in needed) Require(written, register, Full, "register");
    }

    /// <summary>A register receives what nobody wrote; that is harmless as long as it is not used.</summary>
    public void Undefine(int register, uint lanes) => undefined.Add((register, lanes));

    void Require(uint[] known, int index, uint mask, string what)
    {
        uint missing = mask & ~known[index];
        if (missing == 0) return;
        string name = what == "register" ? kernel.RegisterNames[index] : kernel.PredicateNames[index];
        Report("Uninitialised", $"{what} {name} is read by lanes 0x{missing:x8} of warp {Index} and was never written");
        known[index] |= mask;
    }

    /// <summary>Notes what should not have happened.</summary>
    public void Report(string kind, string detail) => kernel.Report(kind, Current.Statement, $"{detail} (block {Block.Name})");

    /// <summary>An error with its place.</summary>
    public EmulationException Fail(string message) =>
        new($"block {Block.Name}, warp {Index}, line {Current.Statement.Line}: {Current.Statement.Text}: {message}");

    public void Dispose() => NativeMemory.AlignedFree(registers);

    /// <summary>Lanes that run together from a place to where they meet others.</summary>
    readonly record struct Path(int Place, uint Lanes, int Meeting);
}
