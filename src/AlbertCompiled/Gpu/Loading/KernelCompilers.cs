using System.Collections.Concurrent;
using AlbertCompiled.Gpu.Ptx;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu;

/// <summary>ILGPU's compiler for one card, as often as threads ask for it at once: a context compiles one kernel after the other.</summary>
/// <param name="own">The accelerator's own.</param>
internal sealed class KernelCompilers(PTXBackend own) : IDisposable
{
    readonly ConcurrentBag<PTXBackend> idle = [own];
    readonly ConcurrentBag<Context> contexts = [];
    Task? warm;

    /// <summary>Compiles with a compiler that no other thread has.</summary>
    public T Use<T>(Func<Backend, T> compile)
    {
        var compiler = idle.TryTake(out var free) ? free : New();
        try
        {
            return compile(compiler);
        }
        finally
        {
            idle.Add(compiler);
        }
    }

    /// <summary>Compiles something in the background: the compiler's own code is then ready when kernels are needed, and this takes longer than any kernel.</summary>
    public void WarmUp() => warm = Task.Run(() => Use(compiler => KernelLoader<ClearKernel<Float32>>.Compile(compiler, KernelSpecialization.Empty, text => text)));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (warm is not null) Task.WaitAny(warm);       // it may have failed: whoever needs a kernel is told
        idle.Clear();
        foreach (var context in contexts) context.Dispose();
    }

    PTXBackend New()
    {
        var context = Context.Create(builder => builder.EnableKernels());
        contexts.Add(context);
        return new(context, new CudaCapabilityContext(own.Architecture), own.Architecture, own.InstructionSet, null);
    }
}
