using System.Runtime.InteropServices;

namespace AlbertCompiled.Onnx;

/// <summary>A constant of the graph.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Type">Its elements.</param>
/// <param name="Shape">Its sizes; none for a scalar.</param>
abstract record OnnxTensor(string Name, OnnxElement Type, IReadOnlyList<long> Shape)
{
    public long Bytes => Shape.Aggregate(Type == OnnxElement.Float ? sizeof(float) : (long)sizeof(long), (bytes, size) => bytes * size);

    /// <summary>Writes the elements, row-major, little-endian.</summary>
    public abstract void Write(Stream stream);
}

/// <summary>A few numbers that the graph itself brings.</summary>
sealed record OnnxNumbers<T>(string Name, OnnxElement Type, IReadOnlyList<long> Shape, T[] Values) : OnnxTensor(Name, Type, Shape) where T : unmanaged
{
    public override void Write(Stream stream) => stream.Write(MemoryMarshal.AsBytes<T>(Values));
}

/// <summary>A weight of the model. It is read from the device when it is written, so that one weight at a time lies in memory.</summary>
sealed record OnnxWeight(string Name, ParameterInfo Parameter, bool Transposed, ParameterSet Source) : OnnxTensor(Name, OnnxElement.Float, ShapeOf(Parameter, Transposed))
{
    const int Slice = 1 << 18; // floats

    public override void Write(Stream stream)
    {
        if (Transposed) WriteTransposed(stream);
        else WriteRows(stream);
    }

    void WriteRows(Stream stream)
    {
        var slice = new float[Math.Min(Slice, Parameter.Length)];
        for (long at = 0; at < Parameter.Length; at += slice.Length)
        {
            var part = slice.AsSpan(0, (int)Math.Min(slice.Length, Parameter.Length - at));
            Source.Read(ParameterState.Value, Parameter.Offset + at, part);
            stream.Write(MemoryMarshal.AsBytes<float>(part));
        }
    }

    void WriteTransposed(Stream stream)
    {
        var (rows, columns) = (Parameter.Rows, Parameter.Columns);
        var matrix = new float[Parameter.Length];
        Source.Read(ParameterState.Value, Parameter.Offset, matrix);
        int band = Math.Clamp(Slice / rows, 1, columns);
        var transposed = new float[(long)band * rows];
        for (int first = 0; first < columns; first += band)
        {
            int count = Math.Min(band, columns - first);
            for (int r = 0; r < rows; r++)
                for (int c = 0; c < count; c++) transposed[c * rows + r] = matrix[(long)r * columns + first + c];
            stream.Write(MemoryMarshal.AsBytes(transposed.AsSpan(0, count * rows)));
        }
    }

    static long[] ShapeOf(ParameterInfo p, bool transposed) => p.IsVector ? [p.Columns] : transposed ? [p.Columns, p.Rows] : [p.Rows, p.Columns];
}
