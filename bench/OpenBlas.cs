using System.Runtime.InteropServices;
using AlbertCompiled.Cpu;

namespace AlbertCompiled.Bench;

/// <summary>OpenBLAS, if the system has it: another implementation of matrix products to stand beside ours.</summary>
internal sealed unsafe class OpenBlas
{
    const int RowMajor = 101, Plain = 111, Transposed = 112;

    readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> sgemm;

    OpenBlas(nint library, int threads)
    {
        sgemm = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)NativeLibrary.GetExport(library, "cblas_sgemm");
        ((delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads"))(threads);
    }

    /// <summary>The library, or null if it is not installed.</summary>
    public static OpenBlas? Open(int threads)
    {
        if (OperatingSystem.IsLinux())
        {
            // It knows few processors of AMD by name and would take 256-bit code for those.
            if (Simd.Width == 16) _ = SetVariable("OPENBLAS_CORETYPE", "SkylakeX", overwrite: 1);
            _ = SetVariable("OPENBLAS_NUM_THREADS", $"{threads}", overwrite: 1);
        }

        foreach (string name in (ReadOnlySpan<string>)["libopenblas.so.0", "libopenblas.so", "libopenblas"])
            if (NativeLibrary.TryLoad(name, out nint library)) return new(library, threads);
        return null;
    }

    /// <summary>c = op(a) · op(b), all row-major.</summary>
    public void Multiply(Matrix a, Matrix b, int m, int n, int k, float* c) => sgemm(
        RowMajor, a.Transposed ? Transposed : Plain, b.Transposed ? Transposed : Plain, m, n, k, 1, a.Data, (int)a.Stride, b.Data, (int)b.Stride, 0, c, n);

    // The runtime's own environment is a copy that native code does not see.
    [DllImport("libc", EntryPoint = "setenv")]
    static extern int SetVariable(string name, string value, int overwrite);
}
