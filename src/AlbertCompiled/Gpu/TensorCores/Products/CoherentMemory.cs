using ILGPU;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.IR.Values;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>What other processors of a card have written in the same launch: read from the second-level cache, behind whatever says that it is there.</summary>
internal static class CoherentMemory
{
    /// <summary>Eight floats.</summary>
    /// <param name="address">A multiple of 8.</param>
    public static Float8 Load(ulong address)
    {
        ulong ab = Pair(address), cd = Pair(address + 8), ef = Pair(address + 16), gh = Pair(address + 24);
        return new(Low(ab), High(ab), Low(cd), High(cd), Low(ef), High(ef), Low(gh), High(gh));
    }

    /// <summary>Two floats in one load, on CUDA alone.</summary>
    [IntrinsicImplementation]
    public static ulong Pair(ulong address) => throw new NotSupportedException();

    static float Low(ulong pair) => Interop.IntAsFloat((uint)pair);

    static float High(ulong pair) => Interop.IntAsFloat((uint)(pair >> 32));

    /// <summary>Writes the load of a call.</summary>
    internal static void Write(PTXBackend backend, PTXCodeGenerator generator, Value value)
    {
        var address = generator.LoadHardware(((MethodCall)value)[0]);
        var target = generator.AllocateHardware(value);
        using var command = generator.BeginCommand("ld.relaxed.gpu.global.b64");
        command.AppendArgument(target);
        command.AppendArgumentValue(address);
    }
}
