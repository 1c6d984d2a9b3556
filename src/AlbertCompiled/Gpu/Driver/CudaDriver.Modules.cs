using System.Runtime.InteropServices;
using System.Text;

namespace AlbertCompiled.Gpu;

internal static unsafe partial class CudaDriver
{
    /// <summary>
    /// Compiles PTX for the calling thread's card. Measured on an H200: threads that load PTX as modules wait for one another (50 kernels: 3.0 s on one thread, 3.9 s on 16),
    /// threads that link it do not (3.2 s and 0.34 s).
    /// </summary>
    /// <returns>The code, for <see cref="LoadModule"/>.</returns>
    /// <exception cref="DeviceException">The driver refuses the text; the message holds what it says.</exception>
    public static byte[] Compile(string ptx)
    {
        const int jitErrorLogBuffer = 5, jitErrorLogBufferBytes = 6, inputPtx = 1, logBytes = 4096;
        byte[] text = Encoding.ASCII.GetBytes(ptx + '\0');
        byte* log = stackalloc byte[logBytes];
        log[0] = 0;
        int* options = stackalloc int[] { jitErrorLogBuffer, jitErrorLogBufferBytes };
        IntPtr* values = stackalloc IntPtr[] { (IntPtr)log, logBytes };
        Check(LinkCreate(2, options, values, out var linker));
        try
        {
            int error;
            fixed (byte* data = text) error = LinkAddData(linker, inputPtx, data, (nuint)text.Length, null, 0, null, null);
            void* code = null;
            nuint bytes = 0;
            if (error == 0) error = LinkComplete(linker, out code, out bytes);
            if (error != 0) throw new DeviceException($"the driver's compiler refuses a kernel ({NameOf(error)}): {Marshal.PtrToStringUTF8((IntPtr)log)?.Trim()}");
            return new ReadOnlySpan<byte>(code, (int)bytes).ToArray();
        }
        finally
        {
            _ = LinkDestroy(linker);
        }
    }

    /// <summary>Loads compiled code into the calling thread's context.</summary>
    public static IntPtr LoadModule(ReadOnlySpan<byte> code)
    {
        fixed (byte* image = code)
        {
            Check(ModuleLoadData(out var module, image));
            return module;
        }
    }

    /// <summary>A function of a module.</summary>
    public static IntPtr Function(IntPtr module, string name)
    {
        Check(ModuleGetFunction(out var function, module, name));
        return function;
    }

    [LibraryImport(Library, EntryPoint = "cuLinkCreate_v2")]
    private static partial int LinkCreate(uint count, int* options, IntPtr* values, out IntPtr linker);

    [LibraryImport(Library, EntryPoint = "cuLinkAddData_v2")]
    private static partial int LinkAddData(IntPtr linker, int kind, byte* data, nuint bytes, byte* name, uint count, int* options, IntPtr* values);

    [LibraryImport(Library, EntryPoint = "cuLinkComplete")]
    private static partial int LinkComplete(IntPtr linker, out void* code, out nuint bytes);

    [LibraryImport(Library, EntryPoint = "cuLinkDestroy")]
    private static partial int LinkDestroy(IntPtr linker);

    [LibraryImport(Library, EntryPoint = "cuModuleLoadData")]
    private static partial int ModuleLoadData(out IntPtr module, byte* image);

    [LibraryImport(Library, EntryPoint = "cuModuleGetFunction", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ModuleGetFunction(out IntPtr function, IntPtr module, string name);
}
