using System.Runtime.InteropServices;

namespace AlbertCompiled.Cpu;

/// <summary>
/// Native memory for numbers. Large blocks ask Linux for huge pages: packing an operand walks over thousands of rows, and on small
/// pages each one costs a walk through the page tables.
/// </summary>
static unsafe class Pages
{
    const nuint Line = 64, Huge = 2 << 20;
    const int AdviseHuge = 14;

    /// <summary>At least <paramref name="floats"/> floats, contents undefined, on a cache line or, if large, a huge page.</summary>
    public static float* Allocate(long floats)
    {
        nuint bytes = checked((nuint)Math.Max(1, floats) * sizeof(float));
        if (bytes < Huge) return (float*)NativeMemory.AlignedAlloc((bytes + Line - 1) / Line * Line, Line);
        bytes = (bytes + Huge - 1) / Huge * Huge;
        void* data = NativeMemory.AlignedAlloc(bytes, Huge);
        AskForHuge(data, bytes);
        return (float*)data;
    }

    /// <summary>Asks for huge pages where memory that came from elsewhere holds whole ones: touching it for the first time costs a fault each, not one every 4096 bytes.</summary>
    public static void AskForHuge(void* data, nuint bytes)
    {
        nuint first = ((nuint)data + Huge - 1) / Huge * Huge, last = ((nuint)data + bytes) / Huge * Huge;
        // A refusal costs speed only.
        if (OperatingSystem.IsLinux() && first < last) _ = Advise((void*)first, last - first, AdviseHuge);
    }

    /// <summary>Frees what <see cref="Allocate"/> gave.</summary>
    public static void Free(float* data) => NativeMemory.AlignedFree(data);

    [DllImport("libc", EntryPoint = "madvise")]
    static extern int Advise(void* data, nuint bytes, int advice);
}
