namespace AlbertCompiled.Training;

/// <summary>A tensor's place in a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its dimensions; empty for a scalar.</param>
/// <param name="Offset">First byte, from the start of the data.</param>
public sealed record SafetensorsEntry(string Name, ElementType Type, long[] Shape, long Offset)
{
    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>Number of bytes.</summary>
    public long Bytes => checked(Count * Type.Size());
}
