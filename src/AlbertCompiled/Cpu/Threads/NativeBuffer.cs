namespace AlbertCompiled.Cpu;

/// <summary>Native memory that only grows: 64-byte aligned floats, contents undefined after growth. Whoever uses an address keeps the buffer reachable.</summary>
sealed unsafe class NativeBuffer : IDisposable
{
    float* data;
    long length;

    /// <summary>Nothing yet.</summary>
    public NativeBuffer() { }

    /// <summary>So many floats.</summary>
    public NativeBuffer(long floats) => Take(floats);

    /// <summary>The first float; null after disposal.</summary>
    public float* Pointer => data;

    /// <summary>At least <paramref name="floats"/> floats. An earlier address is no longer valid if the buffer had to grow.</summary>
    public float* Reserve(long floats)
    {
        if (floats <= length) return data;
        Free();
        // A little more than asked for: batches differ in length, and growing step by step would copy nothing but cost page faults.
        Take(floats + floats / 8);
        return data;
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    // the collector sees a few bytes of an object, and must know what hangs on it to collect what nobody disposed of in time
    void Take(long floats)
    {
        data = Pages.Allocate(floats);
        length = floats;
        if (length > 0) GC.AddMemoryPressure(length * sizeof(float));
    }

    void Free()
    {
        Pages.Free(data);
        if (length > 0) GC.RemoveMemoryPressure(length * sizeof(float));
        data = null;
        length = 0;
    }

    /// <summary>Frees what nobody disposed of.</summary>
    ~NativeBuffer() => Dispose();
}
