using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// The driver libraries. ILGPU asks for libcuda.so and libOpenCL.so, names that only development packages install; users have the
/// versioned ones.
/// </summary>
internal static class NativeLibraries
{
    static NativeLibraries()
    {
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, Resolve);
        }
        catch (InvalidOperationException)
        {
            // The application has set a resolver of its own: it knows better.
        }
    }

    /// <summary>Makes the names known to this assembly and to ILGPU.</summary>
    public static void Use()
    {
        // the static constructor has done it
    }

    public static string Cuda => OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";

    public static string OpenCL =>
        OperatingSystem.IsWindows() ? "OpenCL.dll" : OperatingSystem.IsMacOS() ? "/System/Library/Frameworks/OpenCL.framework/OpenCL" : "libOpenCL.so.1";

    /// <summary>True if the library loads. Asking is also what makes the versioned names known to ILGPU.</summary>
    public static bool Exists(string library) => NativeLibrary.TryLoad(library, out _);

    static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        string? library = name switch { "cuda" => Cuda, "OpenCL" => OpenCL, _ => null };
        return library is not null && NativeLibrary.TryLoad(library, out var handle) ? handle : IntPtr.Zero;
    }
}
