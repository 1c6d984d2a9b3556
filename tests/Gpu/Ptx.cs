using System.Text.RegularExpressions;
using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.Ptx;
using ILGPU;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using Xunit;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>Compiles kernels to PTX without a card.</summary>
static class Ptx
{
    public static string Compile(Type kernel, int lanes, Func<string, string>? complete = null)
    {
        using var context = Context.Create(builder => builder.EnableKernels());
        using var backend = new PTXBackend(context, new CudaCapabilityContext(CudaArchitecture.SM_90), CudaArchitecture.SM_90, CudaInstructionSet.ISA_88, null);
        string text = KernelLoader.Compile(backend, kernel, new(lanes, 1));
        return complete is null ? text : complete(text);
    }

    /// <summary>Asserts what every kernel must hold: registers only, nothing left to link, shared memory within the static limit.</summary>
    public static string Verify(Type kernel, int lanes, Func<string, string>? complete = null)
    {
        string text = Compile(kernel, lanes, complete);
        Assert.DoesNotContain(".local", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".extern", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\bcall\b", text);
        int shared = Regex.Matches(text, @"\.shared \.align \d+ \.b8 \w+\[(\d+)\]").Sum(m => int.Parse(m.Groups[1].Value));
        Assert.InRange(shared, 0, 48 * 1024);
        return text;
    }
}
