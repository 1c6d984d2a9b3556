using System.Buffers.Binary;
using System.Text;

namespace AlbertCompiled.Tests.Training.Fuzz;

/// <summary>Makes damaged inputs of good ones: some changes know bytes, some know text and brackets. The same seed makes the same inputs.</summary>
/// <param name="seeds">Good inputs.</param>
/// <param name="random">Where changes come from.</param>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds, Random random)
{
    const int MostChanges = 6, LongestGrowth = 64;

    readonly IReadOnlyList<byte[]> seeds = seeds;
    readonly Random random = random;

    static readonly byte[] Bytes = [0, 1, 7, 0x7F, 0x80, 0xC0, 0xFF, (byte)'"', (byte)'\\', (byte)'{', (byte)'}', (byte)'[', (byte)']', (byte)',', (byte)':', (byte)'\n', (byte)'-', (byte)'0'];

    static readonly long[] Integers =
    [
        0, 1, -1, 2, 7, 8, 127, 128, 255, 256, 32767, 65535, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, 1L << 40, 1L << 53, 1L << 62, long.MaxValue, long.MinValue,
    ];

    static readonly string[] Tokens =
    [
        "0", "-1", "1e999", "-0", "1.5", "NaN", "18446744073709551616", "99999999999999999999999", "null", "true", "false", "{}", "[]", "\"\"", "\"\\ud800\"", "\"\\u0000\"",
        "\"../x\"", "[[[[[[[[]]]]]]]]", "{\"a\":0}", "\"F32\"", "\"BF16\"", "\"I64\"", ",", ":", "\"__metadata__\":{},", "\"a\":0,\"a\":0,",
    ];

    /// <summary>The next input.</summary>
    public byte[] Next()
    {
        byte[] data = [.. seeds[random.Next(seeds.Count)]];
        int changes = random.Next(2) == 0 ? 1 : random.Next(2, MostChanges + 1); // one alone gets furthest into a parser
        for (int i = 0; i < changes; i++) data = Changes[random.Next(Changes.Length)](this, data);
        return data;
    }

    static readonly Func<Mutator, byte[], byte[]>[] Changes =
    [
        (m, d) => m.Set(d, b => (byte)(b ^ 1 << m.random.Next(8))),
        (m, d) => m.Set(d, _ => Bytes[m.random.Next(Bytes.Length)]),
        (m, d) => m.Set(d, _ => (byte)m.random.Next(256)),
        (m, d) => d[..m.random.Next(d.Length + 1)],
        (m, d) => Replace(d, m.random.Next(d.Length + 1), 0, m.Noise()),
        (m, d) => m.WithSpan(d, (from, length) => Replace(d, from, length, [])),
        (m, d) => m.WithSpan(d, (from, length) => Replace(d, from, 0, d.AsSpan(from, length))),
        (m, d) => m.WithSpan(d, (from, length) => Replace(d, m.random.Next(d.Length + 1), 0, d.AsSpan(from, length))),
        (m, d) => m.Splice(d, m.seeds[m.random.Next(m.seeds.Count)]),
        (m, d) => m.Integer(d),
        (m, d) => m.Number(d),
        (m, d) => m.Number(d),
        (m, d) => m.Token(d),
        (m, d) => m.Text(d),
        (m, d) => m.Subtree(d, copy: false),
        (m, d) => m.Subtree(d, copy: true),
    ];

    byte[] Set(byte[] data, Func<byte, byte> change)
    {
        if (data.Length == 0) return data;
        int at = random.Next(data.Length);
        data[at] = change(data[at]);
        return data;
    }

    byte[] Noise()
    {
        var noise = new byte[random.Next(1, LongestGrowth)];
        random.NextBytes(noise);
        return noise;
    }

    byte[] WithSpan(byte[] data, Func<int, int, byte[]> change)
    {
        if (data.Length == 0) return data;
        int from = random.Next(data.Length);
        return change(from, random.Next(1, Math.Min(LongestGrowth, data.Length - from) + 1));
    }

    byte[] Splice(byte[] data, byte[] other) => [.. data[..random.Next(data.Length + 1)], .. other[random.Next(other.Length + 1)..]];

    // an integer of 1, 2, 4 or 8 bytes, little-endian: a length, more often than not, at the start
    byte[] Integer(byte[] data)
    {
        int size = 1 << random.Next(4);
        if (data.Length < size) return data;
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(value, Integers[random.Next(Integers.Length)] + random.Next(-1, 2));
        value[..size].CopyTo(data.AsSpan(random.Next(2) == 0 ? 0 : random.Next(data.Length - size + 1)));
        return data;
    }

    // a number written in digits becomes another
    byte[] Number(byte[] data)
    {
        int at = Find(data, b => b is >= (byte)'0' and <= (byte)'9');
        if (at < 0) return data;
        int end = at;
        while (end < data.Length && data[end] is >= (byte)'0' and <= (byte)'9') end++;
        string number = random.Next(3) == 0 ? Tokens[random.Next(8)] : (Integers[random.Next(Integers.Length)] + random.Next(-1, 2)).ToString();
        return Replace(data, at, end - at, Encoding.UTF8.GetBytes(number));
    }

    byte[] Token(byte[] data)
    {
        int at = Find(data, b => b is (byte)',' or (byte)':' or (byte)'[' or (byte)'{');
        return Replace(data, at + 1, 0, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
    }

    // a quoted text becomes another one of the input, or something odd
    byte[] Text(byte[] data)
    {
        if (Quoted(data) is not { } place) return data;
        byte[] text = random.Next(2) == 0 && Quoted(data) is { } other ? data.AsSpan(other.At, other.Length).ToArray() : Encoding.UTF8.GetBytes(Tokens[random.Next(8, Tokens.Length)]);
        return Replace(data, place.At, place.Length, text);
    }

    // a balanced pair of brackets goes, or comes twice
    byte[] Subtree(byte[] data, bool copy)
    {
        int at = Find(data, b => b is (byte)'{' or (byte)'['), depth = 0, end = at;
        if (at < 0) return data;
        do depth += data[end++] switch { (byte)'{' or (byte)'[' => 1, (byte)'}' or (byte)']' => -1, _ => 0 };
        while (depth > 0 && end < data.Length);
        return copy ? Replace(data, end, 0, data.AsSpan(at, Math.Min(end - at, 4 * LongestGrowth))) : Replace(data, at, end - at, "{}"u8);
    }

    (int At, int Length)? Quoted(byte[] data)
    {
        int at = Find(data, b => b == (byte)'"');
        int length = at < 0 ? -1 : data.AsSpan(at + 1).IndexOf((byte)'"');
        return length < 0 ? null : (at, length + 2);
    }

    // the first such byte from a random place on, around the end; -1 if there is none
    int Find(byte[] data, Func<byte, bool> wanted)
    {
        int start = data.Length == 0 ? 0 : random.Next(data.Length);
        for (int i = 0; i < data.Length; i++)
            if (wanted(data[(start + i) % data.Length])) return (start + i) % data.Length;
        return -1;
    }

    static byte[] Replace(byte[] data, int at, int length, ReadOnlySpan<byte> with)
    {
        var changed = new byte[data.Length - length + with.Length];
        data.AsSpan(0, at).CopyTo(changed);
        with.CopyTo(changed.AsSpan(at));
        data.AsSpan(at + length).CopyTo(changed.AsSpan(at + with.Length));
        return changed;
    }
}
