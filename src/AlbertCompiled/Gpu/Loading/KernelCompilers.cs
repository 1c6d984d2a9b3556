using System.Collections.Concurrent;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu;

/// <summary>ILGPU's compiler for one card, as often as threads ask for it at once: a context compiles one kernel after the other.</summary>
/// <param name="own">The accelerator's own.</param>
internal sealed class KernelCompilers(PTXBackend own) : IDisposable
{
    readonly ConcurrentBag<PTXBackend> idle = [own];
    readonly ConcurrentBag<Context> contexts = [];

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

    /// <inheritdoc/>
    public void Dispose()
    {
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
