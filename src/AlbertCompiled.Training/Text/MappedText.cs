using System.Runtime.CompilerServices;

namespace AlbertCompiled.Training;

/// <summary>UTF-8 text that a normalisation writes, with the place in the original that each byte comes from. Its arrays are used again.</summary>
sealed class MappedText
{
    byte[] bytes = [];
    int[] starts = [], ends = []; // in characters (UTF-16) of the original; of white space both are the start of what follows
    bool mapped;

    /// <summary>The text.</summary>
    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, Length);

    /// <summary>The text, to be changed byte by byte.</summary>
    public Span<byte> Writable => bytes.AsSpan(0, Length);

    /// <summary>Bytes of the text.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes that there is room for.</summary>
    public int Capacity => bytes.Length;

    /// <summary>Begins anew.</summary>
    /// <param name="expected">Bytes that are likely to come.</param>
    /// <param name="mapped">Whether places are kept.</param>
    public void Clear(int expected, bool mapped)
    {
        Length = 0;
        this.mapped = mapped;
        Reserve(expected);
    }

    /// <summary>Where the character of this byte begins in the original.</summary>
    public int Start(int index) => mapped ? starts[index] : 0;

    /// <summary>Where it ends.</summary>
    public int End(int index) => mapped ? ends[index] : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(byte value, int start, int end)
    {
        int length = Length;
        if (length >= bytes.Length) Reserve(1);
        bytes[length] = value;
        if (mapped) (starts[length], ends[length]) = (start, end);
        Length = length + 1;
    }

    public void Append(ReadOnlySpan<byte> values, int start, int end)
    {
        Reserve(values.Length);
        values.CopyTo(bytes.AsSpan(Length));
        if (mapped)
        {
            starts.AsSpan(Length, values.Length).Fill(start);
            ends.AsSpan(Length, values.Length).Fill(end);
        }

        Length += values.Length;
    }

    /// <summary>What vanishes belongs to the character before it.</summary>
    public void ExtendLast(int end)
    {
        if (!mapped || Length == 0 || starts[Length - 1] == ends[Length - 1]) return;
        int start = starts[Length - 1];
        for (int i = Length - 1; i >= 0 && starts[i] == start && ends[i] > start; i--) ends[i] = end;
    }

    /// <summary>Takes away what stands at the end.</summary>
    public void TrimEnd(byte value) => Length = Bytes.TrimEnd(value).Length;

    /// <summary>The part of the original that bytes come from, without white space around it.</summary>
    public TextSpan Span(int first, int last)
    {
        int begin = first, end = last - 1;
        while (begin < end && starts[begin] == ends[begin]) begin++;
        while (end > begin && starts[end] == ends[end]) end--;
        return new(starts[begin], Math.Max(ends[end] - starts[begin], 0));
    }

    void Reserve(int more)
    {
        int needed = checked(Length + more);
        if (needed > bytes.Length) Array.Resize(ref bytes, Math.Max(needed, Math.Min(Array.MaxLength, 2 * Math.Max(256, bytes.Length))));
        if (!mapped || bytes.Length <= starts.Length) return;
        Array.Resize(ref starts, bytes.Length);
        Array.Resize(ref ends, bytes.Length);
    }
}
