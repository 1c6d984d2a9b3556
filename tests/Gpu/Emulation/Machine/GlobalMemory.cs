using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>
/// The objects in device memory that a kernel may touch. An address is the host's own address of the bytes, so that buffers of ILGPU's simulator can be
/// registered as they are. An access outside every object fails; objects that are allocated here have unused space around them.
/// </summary>
sealed unsafe class GlobalMemory : IDisposable
{
    const int Guard = 256;      // bytes on either side, and the alignment that a device promises

    readonly List<(ulong Start, ulong End, string Name)> objects = [];
    readonly List<nint> owned = [];
    ulong lastStart, lastEnd;

    /// <summary>Registers bytes that live elsewhere; what was registered there before has gone.</summary>
    public void Add(nint pointer, long bytes, string name)
    {
        ulong first = (ulong)pointer, last = first + (ulong)bytes;
        objects.RemoveAll(o => o.Start < last && first < o.End);
        (lastStart, lastEnd) = (0, 0);
        objects.Add((first, last, name));
        objects.Sort((x, y) => x.Start.CompareTo(y.Start));
    }

    /// <summary>Allocates memory whose every byte is 0xFF: as floats, and as pairs of bfloat16, not a number.</summary>
    /// <returns>Its address, a multiple of 256.</returns>
    public ulong Allocate(long bytes, string name = "buffer")
    {
        byte* pointer = (byte*)NativeMemory.AlignedAlloc((nuint)(bytes + 2 * Guard), Guard);
        new Span<byte>(pointer, (int)(bytes + 2 * Guard)).Fill(0xFF);
        owned.Add((nint)pointer);
        Add((nint)pointer + Guard, bytes, name);
        return (ulong)pointer + Guard;
    }

    /// <summary>Allocates a copy of values.</summary>
    public ulong Upload<T>(ReadOnlySpan<T> values, string name = "buffer") where T : unmanaged
    {
        ulong address = Allocate((long)values.Length * sizeof(T), name);
        values.CopyTo(new Span<T>((void*)address, values.Length));
        return address;
    }

    /// <summary>Allocates a copy of values.</summary>
    public ulong Upload<T>(T[] values, string name = "buffer") where T : unmanaged => Upload<T>(values.AsSpan(), name);

    /// <summary>Copies values out.</summary>
    public T[] Download<T>(ulong address, int count) where T : unmanaged
    {
        Locate(address, (long)count * sizeof(T));
        return new ReadOnlySpan<T>((void*)address, count).ToArray();
    }

    /// <summary>Bytes of the object at an address.</summary>
    /// <exception cref="EmulationException">They do not lie in one object.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Locate(ulong address, long bytes)
    {
        if (address < lastStart || address + (ulong)bytes > lastEnd) Search(address, bytes);
        return (byte*)address;
    }

    /// <summary>Where in its object an address lies. A device's objects begin at multiples of 256, the host's need not.</summary>
    public ulong Offset(ulong address)
    {
        Locate(address, 1);
        return address - lastStart;
    }

    void Search(ulong address, long bytes)
    {
        foreach (var (start, end, _) in objects)
        {
            if (address < start || address >= end || address + (ulong)bytes > end) continue;
            (lastStart, lastEnd) = (start, end);
            return;
        }

        throw new EmulationException($"{bytes} bytes of global memory at {Describe(address)} lie outside every object");
    }

    string Describe(ulong address)
    {
        var near = objects.Where(o => address >= o.Start - Math.Min(o.Start, 1 << 20) && address < o.End + (1 << 20))
            .OrderBy(o => address < o.Start ? o.Start - address : address >= o.End ? address - o.End : 0).FirstOrDefault();
        return near.Name is null ? $"0x{address:x}" : $"{near.Name} + {(long)(address - near.Start)} (of {near.End - near.Start})";
    }

    public void Dispose()
    {
        foreach (nint pointer in owned) NativeMemory.AlignedFree((void*)pointer);
        owned.Clear();
    }
}
