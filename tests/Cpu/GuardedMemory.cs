using System.Runtime.InteropServices;

namespace AlbertCompiled.Tests.Cpu;

/// <summary>
/// Floats that end where the next page must not be touched (on Linux; elsewhere plain memory): an access behind the last
/// float ends the test process. What lies before the first one is checked on disposal.
/// </summary>
sealed unsafe class GuardedMemory : IDisposable
{
    const int PageSize = 4096, ReadWrite = 3, Nothing = 0, PrivateAnonymous = 0x22;
    const float Canary = -123456.789f;

    readonly byte* start;
    readonly nuint bytes;
    readonly long before;

    /// <summary>Floats that are NaN.</summary>
    public GuardedMemory(long floats)
    {
        Length = floats;
        nuint pages = (nuint)((floats * sizeof(float) + PageSize - 1) / PageSize + 1);
        bytes = (pages + 1) * PageSize;
        if (OperatingSystem.IsLinux())
        {
            start = (byte*)MemoryMap(0, bytes, ReadWrite, PrivateAnonymous, -1, 0);
            if ((nint)start == -1 || MemoryProtect((nint)(start + pages * PageSize), PageSize, Nothing) != 0) throw new OutOfMemoryException();
        }
        else
        {
            start = (byte*)NativeMemory.AllocZeroed(bytes);
        }

        Pointer = (float*)(start + pages * PageSize) - floats;
        before = Pointer - (float*)start;
        new Span<float>(start, (int)before).Fill(Canary);
        Span.Fill(float.NaN);
    }

    /// <summary>A matrix of random integers −8…8, whose products are exact, in rows of <paramref name="stride"/>; NaN between the rows and none behind the last.</summary>
    public static GuardedMemory Integers(int seed, int rows, int columns, long stride) => Filled(seed, rows, columns, stride, r => r.Next(-8, 9));

    /// <summary>A matrix of random numbers in ±scale; NaN between the rows and none behind the last.</summary>
    public static GuardedMemory Random(int seed, int rows, int columns, long stride, double scale = 1) =>
        Filled(seed, rows, columns, stride, r => (float)((r.NextDouble() * 2 - 1) * scale));

    /// <summary>Floats.</summary>
    public long Length { get; }

    /// <summary>The first float; aligned to 4 bytes only.</summary>
    public float* Pointer { get; }

    /// <summary>All floats.</summary>
    public Span<float> Span => new(Pointer, checked((int)Length));

    /// <summary>All floats, copied.</summary>
    public float[] Copy() => Span.ToArray();

    /// <inheritdoc/>
    public void Dispose()
    {
        bool intact = new Span<float>(start, (int)before).IndexOfAnyExcept(Canary) < 0;
        if (OperatingSystem.IsLinux()) _ = MemoryUnmap((nint)start, bytes);
        else NativeMemory.Free(start);
        if (!intact) throw new InvalidOperationException("something wrote before the first float");
    }

    static GuardedMemory Filled(int seed, int rows, int columns, long stride, Func<Random, float> draw)
    {
        var random = new Random(seed);
        var memory = new GuardedMemory(rows == 0 ? 0 : (rows - 1) * stride + columns);
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++) memory.Pointer[r * stride + c] = draw(random);
        return memory;
    }

    [DllImport("libc", EntryPoint = "mmap")]
    static extern nint MemoryMap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect")]
    static extern int MemoryProtect(nint address, nuint length, int protection);

    [DllImport("libc", EntryPoint = "munmap")]
    static extern int MemoryUnmap(nint address, nuint length);
}
