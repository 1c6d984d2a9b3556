using System.Reflection;
using System.Text.RegularExpressions;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.Ptx;

/// <summary>
/// A kernel of ILGPU's whose code was compiled before. ILGPU hands the driver texts only, which it then compiles one at a time: it is given one that does nothing, and the
/// code takes that one's place.
/// </summary>
internal static partial class LinkedKernel
{
    const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Instance;

    static readonly FieldInfo Module = Field(typeof(CudaKernel), "modulePtr"), Function = Field(typeof(CudaKernel), "functionPtr"), Text = Field(typeof(PTXCompiledKernel), "<PTXAssembly>k__BackingField");

    /// <summary>Sets a kernel's text.</summary>
    public static void SetText(PTXCompiledKernel kernel, string text) => Text.SetValue(kernel, text);

    /// <summary>Loads a kernel whose code the calling thread's card has loaded.</summary>
    /// <param name="accelerator">The card.</param>
    /// <param name="compiled">The kernel as ILGPU compiled it. It is changed.</param>
    /// <param name="module">What the driver made of its text. It is the kernel's from now on.</param>
    public static CudaKernel Load(CudaAccelerator accelerator, PTXCompiledKernel compiled, IntPtr module)
    {
        SetText(compiled, $"{Head().Match(compiled.PTXAssembly).Value}\n.visible .entry {compiled.Name}() {{ ret; }}\n");
        var kernel = (CudaKernel)accelerator.LoadKernel(compiled);
        CudaDriver.UnloadModule(kernel.ModulePtr);
        Module.SetValue(kernel, module);
        Function.SetValue(kernel, CudaDriver.Function(module, compiled.Name));
        return kernel;
    }

    static FieldInfo Field(Type type, string name) => type.GetField(name, Hidden) ?? throw new InvalidOperationException($"this version of ILGPU has no {type.Name}.{name}");

    // version and target of the language
    [GeneratedRegex(@"^\.version .*?^\.address_size \d+", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Head();
}
