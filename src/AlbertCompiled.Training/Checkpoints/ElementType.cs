using System.Numerics;
using System.Runtime.InteropServices;

namespace AlbertCompiled.Training;

/// <summary>Element types of tensors in a file, under the names that the format gives them.</summary>
public enum ElementType
{
    /// <summary>float.</summary>
    F32,

    /// <summary>double.</summary>
    F64,

    /// <summary>IEEE half precision: 11 significant bits, at most 65504.</summary>
    F16,

    /// <summary>bfloat16: the upper half of a float, 8 significant bits.</summary>
    BF16,

    /// <summary>long.</summary>
    I64,

    /// <summary>int.</summary>
    I32,

    /// <summary>short.</summary>
    I16,

    /// <summary>sbyte.</summary>
    I8,

    /// <summary>ulong.</summary>
    U64,

    /// <summary>uint.</summary>
    U32,

    /// <summary>ushort.</summary>
    U16,

    /// <summary>byte.</summary>
    U8,

    /// <summary>A byte, 0 or 1.</summary>
    BOOL,

    /// <summary>8-bit float with 4 bits of exponent.</summary>
    F8_E4M3,

    /// <summary>8-bit float with 5 bits of exponent.</summary>
    F8_E5M2,
}

/// <summary>Sizes of elements, and their way to and from float.</summary>
static class Elements
{
    static readonly int[] Sizes = [4, 8, 2, 2, 8, 4, 2, 1, 8, 4, 2, 1, 1, 1, 1]; // in the order of ElementType

    static readonly Dictionary<string, ElementType> ByName = Enum.GetValues<ElementType>().ToDictionary(t => t.ToString());

    public static IEnumerable<string> Names => ByName.Keys;

    public static int Size(this ElementType type) => Sizes[(int)type];

    /// <summary>True if values are read as floats.</summary>
    public static bool IsReal(this ElementType type) => type is ElementType.F32 or ElementType.F64 or ElementType.F16 or ElementType.BF16;

    public static bool TryParse(string name, out ElementType type) => ByName.TryGetValue(name, out type);

    /// <summary>Little-endian elements to floats; doubles are rounded, the others are exact.</summary>
    public static void ToSingles(ElementType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (type)
        {
            case ElementType.F32: MemoryMarshal.Cast<byte, float>(source).CopyTo(destination); break;
            case ElementType.F64:
                var doubles = MemoryMarshal.Cast<byte, double>(source);
                for (int i = 0; i < doubles.Length; i++) destination[i] = (float)doubles[i];
                break;
            case ElementType.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(source);
                for (int i = 0; i < halves.Length; i++) destination[i] = (float)halves[i];
                break;
            case ElementType.BF16:
                var upper = MemoryMarshal.Cast<byte, ushort>(source);
                for (int i = 0; i < upper.Length; i++) destination[i] = BitConverter.UInt32BitsToSingle((uint)upper[i] << 16);
                break;
            default: throw new ArgumentException($"{type} is not read as float");
        }
    }

    /// <summary>The place of the first value that is NaN or infinite; -1: all are finite.</summary>
    public static int FirstNotFinite(ReadOnlySpan<float> values)
    {
        // zero times any other value than a finite one is NaN, and stays it in a sum
        var sum = Vector<float>.Zero;
        int first = 0;
        for (; first <= values.Length - Vector<float>.Count; first += Vector<float>.Count) sum += Vector<float>.Zero * new Vector<float>(values[first..]);
        if (!Vector.EqualsAll(sum, Vector<float>.Zero)) first = 0;
        while (first < values.Length && float.IsFinite(values[first])) first++;
        return first < values.Length ? first : -1;
    }

    /// <summary>Floats to little-endian elements, rounded to nearest, ties to even.</summary>
    public static void FromSingles(ElementType type, ReadOnlySpan<float> source, Span<byte> destination)
    {
        switch (type)
        {
            case ElementType.F32: source.CopyTo(MemoryMarshal.Cast<byte, float>(destination)); break;
            case ElementType.F64:
                var doubles = MemoryMarshal.Cast<byte, double>(destination);
                for (int i = 0; i < source.Length; i++) doubles[i] = source[i];
                break;
            case ElementType.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(destination);
                for (int i = 0; i < source.Length; i++) halves[i] = (Half)source[i];
                break;
            case ElementType.BF16:
                var upper = MemoryMarshal.Cast<byte, ushort>(destination);
                for (int i = 0; i < source.Length; i++) upper[i] = RoundToUpper(source[i]);
                break;
            default: throw new ArgumentException($"{type} is not written from float");
        }
    }

    // a NaN keeps its sign and stays one
    static ushort RoundToUpper(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)(bits >> 16 | 0x40) : (ushort)(bits + 0x7FFF + (bits >> 16 & 1) >> 16);
    }
}
