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
/// 32 lanes in lockstep. Lanes that stand elsewhere are passive; those at the smallest place in the text run first, so that they meet the others where
/// the ways join again.
/// </summary>
sealed unsafe class Warp : IDisposable
{
    public const int Size = 32;
    public const uint Full = uint.MaxValue;

    readonly EmulatedKernel kernel;
    readonly int[] places = new int[Size];
    readonly uint[] written, predicateWritten;
    readonly ulong* registers;
    readonly List<int> fences = [];
    readonly List<(int Register, uint Lanes)> undefined = [];
    uint active, waiting;
    bool moved, released;

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
        Array.Clear(places);
        Array.Clear(written);
        Array.Clear(predicateWritten);
        Array.Clear(Clock);
        fences.Clear();
        Clock[Index] = 1;
        SyncedStamp = 0;
        waiting = 0;
        released = false;
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
        while (State == WarpState.Ready && budget > 0)
        {
            moved = false;
            int stop = Select();
            while (Place < stop && budget-- > 0)
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

            if (!moved) SetPlaces(active, Place);
        }

        IsRunning = false;
    }

    /// <summary>Chooses the lanes that run next: those at the smallest place.</summary>
    /// <returns>The smallest place of the others, up to which those may run alone.</returns>
    int Select()
    {
        uint candidates = Live & ~waiting;
        if (candidates == 0)
        {
            if (released) throw Fail("lanes wait for each other at different instructions");
            released = true;
            candidates = Live;
            waiting = 0;
        }

        int least = int.MaxValue, next = int.MaxValue;
        active = 0;
        for (uint rest = candidates; rest != 0; rest &= rest - 1)
        {
            int lane = BitOperations.TrailingZeroCount(rest), place = places[lane];
            if (place < least)
            {
                next = least;
                least = place;
                active = 1u << lane;
            }
            else if (place == least)
            {
                active |= 1u << lane;
            }
            else if (place < next)
            {
                next = place;
            }
        }

        Place = least;
        return next;
    }

    void SetPlaces(uint lanes, int place)
    {
        for (; lanes != 0; lanes &= lanes - 1) places[BitOperations.TrailingZeroCount(lanes)] = place;
    }

    /// <summary>Lanes of <paramref name="taken"/> go on elsewhere, the other active ones at the next instruction.</summary>
    public void Branch(int target, uint taken)
    {
        SetPlaces(active & ~taken, Place + 1);
        SetPlaces(taken, target);
        moved = true;
    }

    /// <summary>Lanes go on at places of their own.</summary>
    public void Branch(ReadOnlySpan<int> targets, uint taken)
    {
        SetPlaces(active & ~taken, Place + 1);
        for (int lane = 0; lane < Size; lane++)
            if ((taken >> lane & 1) != 0) places[lane] = targets[lane];
        moved = true;
    }

    /// <summary>Lanes return.</summary>
    public void Exit(uint lanes)
    {
        SetPlaces(active & ~lanes, Place + 1);
        Live &= ~lanes;
        moved = true;
        if (Live != 0) return;
        if (!Products.IsEmpty) throw Fail("the warp ends while matrix products are pending");
        State = WarpState.Done;
        Block.Exited(this);
    }

    /// <summary>The warp stops after this instruction until somebody makes it ready again.</summary>
    public void Wait(uint lanes)
    {
        if (lanes != Live) throw Fail($"lanes 0x{lanes:x8} reach a barrier and lanes 0x{Live & ~lanes:x8} do not");
        SetPlaces(active, Place + 1);
        moved = true;
        State = WarpState.AtBarrier;
    }

    /// <summary>Another warp's turn.</summary>
    public void Yield()
    {
        SetPlaces(active, Place + 1);
        moved = true;
        Block.Yielded = true;
    }

    /// <summary>
    /// Lanes that must execute an instruction together: if some of <paramref name="members"/> are still elsewhere, the present ones wait for them.
    /// </summary>
    /// <returns>False if they have to wait.</returns>
    public bool Converge(uint members, uint mask)
    {
        if ((mask & ~members) != 0) throw Fail($"lanes 0x{mask & ~members:x8} execute an instruction whose member mask 0x{members:x8} does not name them");
        uint missing = members & Live & ~mask;
        if (missing == 0)
        {
            released = false;
            return true;
        }

        if ((missing & ~waiting) == 0)
        {
            for (uint rest = missing; rest != 0; rest &= rest - 1)
                if (places[BitOperations.TrailingZeroCount(rest)] != Place) throw Fail($"lanes 0x{missing:x8} wait for it at another instruction");
            waiting &= ~members;
        }
        else
        {
            waiting |= mask;
        }

        SetPlaces(active, Place);
        moved = true;
        return false;
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
}
