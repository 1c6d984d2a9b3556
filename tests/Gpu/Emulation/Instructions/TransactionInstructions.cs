using System.Numerics;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>mbarrier.</summary>
static class TransactionInstructions
{
    public static IEnumerable<(string, Func<Decoding, Instruction>)> Rules => [("mbarrier", Decode)];

    static Instruction Decode(Decoding d)
    {
        var s = d.Statement;
        if (s.Opcode[^1] != "b64" && !s.Has("expect_tx")) throw d.Error("b64 is missing");
        switch (s.Opcode[1])
        {
            case "init":
                d.Expect(2, 2);
                return new TransactionInit(d.Address(d[0]), d.Source(d[1], PtxType.U32));
            case "inval":
                return new Nothing();
            case "expect_tx":
                d.Expect(2, 2);
                return new TransactionArrive(d.Address(d[0]), d.ConstantSlot(0), d.Source(d[1], PtxType.U32));
            case "arrive":
                int first = d[0].Kind == 'm' ? 0 : 1;
                if (first == 1 && d[0].Word != "_") throw d.Error("the state of an arrival is not known: write _");
                bool expects = s.Has("expect_tx");
                d.Expect(first + 1, first + 2);
                if (expects && d.Operands != first + 2) throw d.Error("the bytes are missing");
                int count = !expects && d.Operands == first + 2 ? d.Source(d[first + 1], PtxType.U32) : d.ConstantSlot(1);
                return new TransactionArrive(d.Address(d[first]), count, expects ? d.Source(d[first + 1], PtxType.U32) : d.ConstantSlot(0));
            case "try_wait" or "test_wait":
                if (!s.Has("parity")) throw d.Error("only parities are known");
                d.Expect(3, 4);
                return new TransactionTest(d.PredicateTarget(d[0]), d.Address(d[1]), d.Source(d[2], PtxType.U32));
            default:
                throw d.Error("this form is not known");
        }
    }

    /// <summary>The address of an mbarrier in shared memory, for one lane.</summary>
    public static unsafe ulong Locate(Warp warp, AddressOperand address, int lane)
    {
        ulong at = warp.Registers[address.Slot * Warp.Size + lane] + address.Offset;
        if (at >= SharedMemory.Window) at -= SharedMemory.Window;
        warp.Block.Shared.Locate(at, 8, 8);
        return at;
    }
}

/// <summary>mbarrier.init: by one lane.</summary>
sealed unsafe class TransactionInit(AddressOperand address, int count) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        while (mask != 0)
        {
            int lane = NextLane(ref mask);
            ulong at = TransactionInstructions.Locate(warp, address, lane);
            warp.Block.Shared.Write(warp, at, 8);
            warp.Block.Initialise(warp, at, (int)warp.Registers[count * Warp.Size + lane]);
        }
    }
}

/// <summary>mbarrier.arrive, with or without bytes to expect: each lane.</summary>
sealed unsafe class TransactionArrive(AddressOperand address, int count, int bytes) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        while (mask != 0)
        {
            int lane = NextLane(ref mask);
            ulong at = TransactionInstructions.Locate(warp, address, lane);
            warp.Block.Shared.Read(warp, at, 8);
            var barrier = warp.Block.Transaction(warp, at);
            barrier.Expect((long)warp.Registers[bytes * Warp.Size + lane]);
            int arrivals = (int)warp.Registers[count * Warp.Size + lane];
            if (arrivals > 0) barrier.Arrive(warp, arrivals);
        }

        warp.Tick();
    }
}

/// <summary>mbarrier.try_wait.parity: whether the phase of a parity is complete. A vain try ends the warp's turn.</summary>
sealed unsafe class TransactionTest(int p, AddressOperand address, int parity) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        uint result = 0;
        for (uint rest = mask; rest != 0;)
        {
            int lane = NextLane(ref rest);
            ulong at = TransactionInstructions.Locate(warp, address, lane);
            warp.Block.Shared.Read(warp, at, 8);
            if (warp.Block.Transaction(warp, at).Test(warp, (int)warp.Registers[parity * Warp.Size + lane])) result |= 1u << lane;
        }

        warp.Predicates[p] = warp.Predicates[p] & ~mask | result;
        if (BitOperations.PopCount(result) != BitOperations.PopCount(mask)) warp.Yield();
    }
}
