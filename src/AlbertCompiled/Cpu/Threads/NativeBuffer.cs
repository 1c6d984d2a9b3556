namespace AlbertCompiled.Cpu;

/// <summary>Native memory that only grows: 64-byte aligned floats, contents undefined after growth. Whoever uses an address keeps the buffer reachable.</summary>
sealed unsafe class NativeBuffer : IDisposable
{
    float* data;
    long length;

    /// <summary>Nothing yet.</summary>
    public NativeBuffer() { }

    /// <summary>So many floats.</summary>
    public NativeBuffer(long floats)
    {
        data = Pages.Allocate(floats);
        length = floats;
    }

    /// <summary>The first float; null after disposal.</summary>
    public float* Pointer => data;

    /// <summary>At least <paramref name="floats"/> floats. An earlier address is no longer valid if the buffer had to grow.</summary>
    public float* Reserve(long floats)
    {
        if (floats <= length) return data;
        Pages.Free(data);
        data = null;
        length = 0;
        // A little more than asked for: batches differ in length, and growing step by step would copy nothing but cost page faults.
        long grown = floats + floats / 8;
        data = Pages.Allocate(grown);
        length = grown;
        return data;
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        Pages.Free(data);
        data = null;
        length = 0;
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what nobody disposed of.</summary>
    ~NativeBuffer() => Dispose();
}
