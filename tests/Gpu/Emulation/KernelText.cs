namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>Small kernels for tests, written as text around a body.</summary>
static class KernelText
{
    /// <summary>A kernel with 64-bit parameters <c>p0</c>, <c>p1</c>, … in registers <c>a0</c>, <c>a1</c>, …, and the lane's number in <c>t</c>.</summary>
    /// <param name="body">Statements.</param>
    /// <param name="parameters">Number of parameters.</param>
    /// <param name="target">The target.</param>
    public static string Of(string body, int parameters = 1, string target = "sm_80")
    {
        var names = Enumerable.Range(0, parameters);
        return $$"""
            .version 8.8
            .target {{target}}
            .address_size 64
            .extern .shared .align 16 .b8 dynamic[];
            .visible .entry kernel({{string.Join(", ", names.Select(i => $".param .b64 p{i}"))}})
            {
                .reg .b32 t;
                mov.u32 t, %tid.x;
                .reg .b64 a<{{parameters}}>;
                {{string.Join("\n", names.Select(i => $"ld.param.b64 a{i}, [p{i}];"))}}
                {{body}}
                ret;
            }
            """;
    }

    /// <summary>Runs a kernel of one block.</summary>
    public static LaunchReport Run(string text, int threads, int dynamicShared, GlobalMemory memory, params object[] arguments) =>
        EmulatedKernel.Load(text).Launch(memory, (1, 1, 1), (threads, 1, 1), dynamicShared, ParameterBlock.Of(arguments));
}
