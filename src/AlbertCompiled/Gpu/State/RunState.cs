using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>
/// What changes from one run to the next besides the batch, in device memory where kernels read it: {seed, step} of the dropout keys and
/// the optimizer's constants. One small copy a run, which nobody waits for.
/// </summary>
internal sealed class RunState : IDisposable
{
    // in words of 8 bytes
    const int RunAt = 0, RunWords = 2, RuleAt = RunAt + RunWords, Words = RuleAt + (UpdateRule.Floats + 1) / 2;

    readonly GpuDevice device;
    readonly MemoryBuffer1D<ulong, Stride1D.Dense> memory;
    readonly UploadRing<ulong> ring;
    readonly ulong[] next = new ulong[Words];

    public RunState(GpuDevice device)
    {
        this.device = device;
        memory = device.Allocate<ulong>(Words);
        ring = new(device, Words);
        ArrayView<ulong> all = memory.View;
        Run = all.SubView(RunAt, RunWords);
        Rule = all.SubView(RuleAt, Words - RuleAt).Cast<float>();
    }

    /// <summary>{seed, step}: for <see cref="DropoutKey"/>.</summary>
    public ArrayView<ulong> Run { get; }

    /// <summary>An <see cref="UpdateRule"/>.</summary>
    public ArrayView<float> Rule { get; }

    /// <summary>Sets what dropout draws from.</summary>
    public void SetRun(ulong seed, long step) => (next[RunAt], next[RunAt + 1]) = (seed, (ulong)step);

    /// <summary>Sets the optimizer's constants.</summary>
    public void SetRule(in UpdateRule rule) => rule.Store(MemoryMarshal.Cast<ulong, float>(next.AsSpan(RuleAt)));

    /// <summary>Queues the copy to the device, behind the last run and in front of the next.</summary>
    public void Send()
    {
        next.CopyTo(ring.Next());
        ring.Send(memory.View, device.Stream);
    }

    public void Dispose()
    {
        GpuDevice.Free(memory);
        ring.Dispose();
    }
}
