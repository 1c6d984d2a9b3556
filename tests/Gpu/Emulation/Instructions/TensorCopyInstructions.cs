using System.Numerics;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>Bulk copies of boxes of a tensor, and what prepares them.</summary>
static class TensorCopyInstructions
{
    public static IEnumerable<(string, Func<Decoding, Instruction>)> Rules => [("createpolicy", d => new LaneFunction(d.Target(d[0], PtxType.B64), [d.ConstantSlot(0)], (_, _, _, _) => 0))];

    public static Instruction Copy(Decoding d)
    {
        var s = d.Statement;
        if (s.Has("commit_group") || s.Has("wait_group")) return new BulkGroup();
        if (!s.Has("tensor")) throw d.Error("bulk copies without a tensor are not known");
        int rank = s.Has("1d") ? 1 : s.Has("2d") ? 2 : s.Has("3d") ? 3 : s.Has("4d") ? 4 : s.Has("5d") ? 5 : throw d.Error("the rank is missing");
        bool loads = s.Opcode[5].StartsWith("shared", StringComparison.Ordinal);
        if (s.Has("multicast::cluster") || s.Has("im2col")) throw d.Error("this form is not known");
        if (loads)
        {
            if (!s.Has("mbarrier::complete_tx::bytes")) throw d.Error("mbarrier::complete_tx::bytes is missing");
            d.Expect(3, 4);
            return new TensorLoad(d.Address(d[0]), Map(d, d[1]), d.Sources(d[1].Parts[0], PtxType.S32, rank), d.Address(d[2]));
        }

        d.Expect(2, 3);
        return new TensorStore(Map(d, d[0]), d.Sources(d[0].Parts[0], PtxType.S32, rank), d.Address(d[1]));
    }

    static AddressOperand Map(Decoding d, PtxOperand operand) => operand.Parts.Length == 1 ? d.Address(operand with { Parts = [] }) : throw d.Error("a map with coordinates is expected");

    /// <summary>The map at a lane's address: in global memory or among the parameters.</summary>
    public static unsafe TensorMap Map(Warp warp, AddressOperand address, int lane)
    {
        ulong at = warp.Registers[address.Slot * Warp.Size + lane] + address.Offset;
        ulong place = at >= EmulatedKernel.ParameterWindow ? at : warp.Block.Memory.Offset(at);
        if (place % 64 != 0) throw warp.Fail($"the tensor map's place {place} is no multiple of 64");
        if (at >= EmulatedKernel.ParameterWindow) return TensorMap.Decode(warp, warp.Kernel.Arguments.AsSpan((int)(at - EmulatedKernel.ParameterWindow), TensorMap.Bytes));
        return TensorMap.Decode(warp, new ReadOnlySpan<byte>(warp.Block.Memory.Locate(at, TensorMap.Bytes), TensorMap.Bytes));
    }

    /// <summary>Visits the 16-byte chunks of a box: where they lie in shared memory, where in the tensor (null outside), and how many bytes of them exist.</summary>
    public static void Visit(TensorMap map, ReadOnlySpan<int> at, Action<int, ulong?, int> visit)
    {
        int rowBytes = map.Box[0] * TensorMap.Element, rows = 1;
        for (int axis = 1; axis < map.Rank; axis++) rows *= map.Box[axis];
        for (int row = 0; row < rows; row++)
        {
            ulong address = map.Address;
            bool inside = true;
            for (int axis = 1, rest = row; axis < map.Rank; axis++)
            {
                long index = at[axis] + rest % map.Box[axis];
                rest /= map.Box[axis];
                inside &= index >= 0 && index < map.Sizes[axis];
                address += (ulong)(index * map.Strides[axis - 1]);
            }

            for (int chunk = 0; chunk < rowBytes / 16; chunk++)
            {
                int offset = row * rowBytes + chunk * 16;
                long element = at[0] + chunk * 8;
                int present = inside && element >= 0 ? (int)Math.Clamp(map.Sizes[0] - element, 0, 8) * TensorMap.Element : 0;
                if (inside && element is < 0 and > -8) throw new EmulationException("a box that begins inside a chunk left of the tensor is not known");
                visit(offset, present > 0 ? address + (ulong)element * TensorMap.Element : null, present);
            }
        }
    }

    /// <summary>The swizzle of a shared address.</summary>
    public static ulong Swizzle(TensorMap map, ulong address) => address ^ (address >> 7 & (ulong)(map.Swizzle / 16 - 1 & (map.Swizzle == 0 ? 0 : 7))) << 4;
}

/// <summary>cp.async.bulk.tensor into shared memory: a lane copies a box; what lies outside the tensor becomes 0. Bytes count at the mbarrier.</summary>
sealed unsafe class TensorLoad(AddressOperand target, AddressOperand map, int[] coordinates, AddressOperand barrier) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        if (BitOperations.PopCount(mask) != 1) warp.Report("Divergence", $"{BitOperations.PopCount(mask)} lanes start a bulk copy each");
        Span<int> at = stackalloc int[coordinates.Length];
        while (mask != 0)
        {
            int lane = NextLane(ref mask);
            for (int i = 0; i < coordinates.Length; i++) at[i] = (int)warp.Registers[coordinates[i] * Warp.Size + lane];
            var tensor = TensorCopyInstructions.Map(warp, map, lane);
            if (tensor.Rank != coordinates.Length) throw warp.Fail($"a map of rank {tensor.Rank}");
            ulong to = warp.Registers[target.Slot * Warp.Size + lane] + target.Offset;
            if (to >= SharedMemory.Window) to -= SharedMemory.Window;
            int align = tensor.Swizzle switch { 128 => 1024, 64 => 512, 32 => 256, _ => 128 };
            if (to % (ulong)align != 0) throw warp.Fail($"shared address {to} is no multiple of {align}, which the swizzle repeats by");
            var transaction = warp.Block.Transaction(warp, TransactionInstructions.Locate(warp, barrier, lane));
            int bytes = 0, moment = transaction.Copies + 1;
            TensorCopyInstructions.Visit(tensor, at, (offset, source, present) =>
            {
                ulong place = TensorCopyInstructions.Swizzle(tensor, to + (ulong)offset);
                byte* chunk = warp.Block.Shared.Locate(place, 16, 16);
                new Span<byte>(chunk, 16).Clear();
                if (source is { } from) new ReadOnlySpan<byte>(warp.Block.Memory.Locate(from, present), present).CopyTo(new(chunk, 16));
                warp.Block.Shared.WriteBulk(warp, place, 16, transaction.Agent, moment);
                bytes += 16;
            });
            transaction.Complete(warp, bytes);
        }
    }
}

/// <summary>cp.async.bulk.tensor out of shared memory: what lies outside the tensor is not written.</summary>
sealed unsafe class TensorStore(AddressOperand map, int[] coordinates, AddressOperand source) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        Span<int> at = stackalloc int[coordinates.Length];
        while (mask != 0)
        {
            int lane = NextLane(ref mask);
            for (int i = 0; i < coordinates.Length; i++) at[i] = (int)warp.Registers[coordinates[i] * Warp.Size + lane];
            var tensor = TensorCopyInstructions.Map(warp, map, lane);
            ulong from = warp.Registers[source.Slot * Warp.Size + lane] + source.Offset;
            if (from >= SharedMemory.Window) from -= SharedMemory.Window;
            TensorCopyInstructions.Visit(tensor, at, (offset, target, present) =>
            {
                ulong place = TensorCopyInstructions.Swizzle(tensor, from + (ulong)offset);
                byte* chunk = warp.Block.Shared.Locate(place, 16, 16);
                warp.Block.Shared.ReadAsync(warp, place, 16);
                if (target is { } to) new ReadOnlySpan<byte>(chunk, present).CopyTo(new(warp.Block.Memory.Locate(to, present), present));
                warp.Block.Shared.EndRead(warp, place, 16);
            });
        }
    }
}

/// <summary>cp.async.bulk.commit_group and wait_group: stores are finished at once here.</summary>
sealed class BulkGroup : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
    }
}
