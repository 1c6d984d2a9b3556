using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace AlbertCompiled.Cpu;

/// <summary>This machine's processor. Use it, and all models on it, from one thread at a time: a second one is refused before anything is changed.</summary>
public sealed class CpuDevice : Device
{
    bool disposed;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">Threads to compute with, the caller's included; 0: one for each processor.</param>
    public CpuDevice(int threads)
    {
        if (threads == 0) threads = Environment.ProcessorCount;
        Name = Describe(threads);
        Team = new(threads) { Name = $"{Kind} ({Name})" };
    }

    /// <inheritdoc/>
    public override string Kind => "cpu";

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>The threads that generated code runs on.</summary>
    public ThreadTeam Team { get; }

    /// <inheritdoc/>
    public override bool Computes(Compute precision) => true;

    /// <inheritdoc/>
    internal override void Admit(CompiledModel model)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var description = model.Description;
        new MemoryNeed(description, capacity => description.ParameterBytes + description.Programs.Max(p => p.Arena.Bytes(capacity)))
            .Check(model.Capacity, Name, MachineMemory.Bytes, "in all");
    }

    /// <inheritdoc/>
    public override ParameterSet CreateParameters(ModelDescription description) => new CpuParameterSet(description, Team);

    /// <inheritdoc/>
    public override void Dispose()
    {
        Team.Dispose();
        disposed = true;
    }

    internal static string Describe(int threads) => $"{ProcessorName()}, {threads} {(threads == 1 ? "thread" : "threads")}, {Simd.Width * 32}-bit vectors";

    /// <summary>The brand string that x86 processors tell, else the architecture.</summary>
    static string ProcessorName()
    {
        const int first = unchecked((int)0x80000002), last = first + 2;
        if (!X86Base.IsSupported || X86Base.CpuId(int.MinValue, 0).Eax < last) return $"{RuntimeInformation.ProcessArchitecture} processor";
        Span<int> registers = stackalloc int[12];
        for (int i = 0; i < 3; i++)
            (registers[4 * i], registers[4 * i + 1], registers[4 * i + 2], registers[4 * i + 3]) = X86Base.CpuId(first + i, 0);
        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes(registers)).TrimEnd('\0', ' ').TrimStart();
    }
}
