namespace AlbertCompiled.Bench;

/// <summary>A part of a document that a program writes: what stands between two comments.</summary>
internal static class MarkedText
{
    /// <summary>The document with the part <paramref name="name"/> replaced.</summary>
    /// <exception cref="ArgumentException">The document has no such part.</exception>
    public static string Replace(string document, string name, string text)
    {
        string begin = $"<!-- {name} -->", end = $"<!-- /{name} -->";
        int from = document.IndexOf(begin, StringComparison.Ordinal), to = document.IndexOf(end, StringComparison.Ordinal);
        if (from < 0 || to < from) throw new ArgumentException($"there is no {begin} … {end} to write to");
        return $"{document[..(from + begin.Length)]}\n{text}\n{document[to..]}";
    }
}
