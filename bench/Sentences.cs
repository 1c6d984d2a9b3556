using System.Globalization;

namespace AlbertCompiled.Bench;

/// <summary>Sequences of token ids that every contestant reads.</summary>
internal static class Sentences
{
    /// <summary>A file of them, one a line.</summary>
    public static int[][] Read(string file) =>
        [.. File.ReadLines(file).Select(line => line.Split(' ').Select(id => int.Parse(id, CultureInfo.InvariantCulture)).ToArray())];

    /// <summary>A sequence of random tokens.</summary>
    public static int[] Random(int length)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(5, 8000))];
    }
}
