using System.Runtime.InteropServices;

namespace AlbertCompiled.Training;

/// <summary>Fills <paramref name="values"/> with the elements of a tensor from <paramref name="first"/> on, row-major.</summary>
public delegate void FloatReader(long first, Span<float> values);

/// <summary>A tensor to write. Its values are asked for when their turn comes, so that a large model is never in memory twice.</summary>
public sealed class SafetensorsSource
{
    const int Slice = 1 << 20; // elements that travel at once

    readonly Action<Stream> write;

    /// <summary>A tensor whose values are asked for at once.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its dimensions; empty for a scalar.</param>
    /// <param name="values">Returns a float[], double[] or long[], as <paramref name="type"/> says.</param>
    /// <param name="type">Its element type.</param>
    public SafetensorsSource(string name, long[] shape, Func<Array> values, ElementType type = ElementType.F32)
    {
        (Name, Shape, Type) = (name, shape, type);
        write = stream => WriteArray(stream, values());
    }

    /// <summary>A tensor whose values are asked for slice by slice and rounded to a type of floating point.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its dimensions; empty for a scalar.</param>
    /// <param name="read">Reads a slice.</param>
    /// <param name="type">Its element type.</param>
    public SafetensorsSource(string name, long[] shape, FloatReader read, ElementType type = ElementType.F32)
    {
        (Name, Shape, Type) = (name, shape, type);
        write = stream => WriteSlices(stream, read);
    }

    /// <summary>The tensor's name.</summary>
    public string Name { get; }

    /// <summary>Its dimensions.</summary>
    public long[] Shape { get; }

    /// <summary>Its element type.</summary>
    public ElementType Type { get; }

    /// <summary>Number of elements.</summary>
    public long Count => new SafetensorsEntry(Name, Type, Shape, 0).Count;

    internal void WriteTo(Stream stream) => write(stream);

    void WriteArray(Stream stream, Array values)
    {
        ElementType? type = values switch { float[] => ElementType.F32, double[] => ElementType.F64, long[] => ElementType.I64, _ => null };
        if (type != Type || values.LongLength != Count)
            throw new ArgumentException($"{Name} should be {Count} values of {Type}, not {values.LongLength} in a {values.GetType().Name}");
        switch (values)
        {
            case float[] singles: WriteSlices(stream, (first, slice) => singles.AsSpan((int)first, slice.Length).CopyTo(slice)); break;
            case double[] doubles: WriteBytes<double>(stream, doubles); break;
            case long[] integers: WriteBytes<long>(stream, integers); break;
        }
    }

    void WriteSlices(Stream stream, FloatReader read)
    {
        var values = new float[Math.Min(Count, Slice)];
        var bytes = Type == ElementType.F32 ? [] : new byte[values.Length * Type.Size()];
        for (long first = 0; first < Count; first += Slice)
        {
            var slice = values.AsSpan(0, (int)Math.Min(Slice, Count - first));
            read(first, slice);
            if (Type == ElementType.F32)
            {
                stream.Write(MemoryMarshal.AsBytes(slice));
                continue;
            }

            if (Type == ElementType.F16) CheckRange(slice);
            Elements.FromSingles(Type, slice, bytes);
            stream.Write(bytes, 0, slice.Length * Type.Size());
        }
    }

    void CheckRange(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
            if (float.IsFinite(value) && !Half.IsFinite((Half)value)) throw new TrainingException(FormattableString.Invariant($"{Name} holds {value}, which F16 cannot: write BF16 or F32"));
    }

    // a span of bytes ends at 2 GB
    static void WriteBytes<T>(Stream stream, ReadOnlySpan<T> values) where T : unmanaged
    {
        for (int i = 0; i < values.Length; i += Slice) stream.Write(MemoryMarshal.AsBytes(values[i..Math.Min(i + Slice, values.Length)]));
    }
}
