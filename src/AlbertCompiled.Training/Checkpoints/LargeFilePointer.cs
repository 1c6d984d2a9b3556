namespace AlbertCompiled.Training;

/// <summary>What Git leaves in the place of a file that its extension for large files was to fetch.</summary>
static class LargeFilePointer
{
    /// <summary>What to do about one.</summary>
    public const string Cure = "it is a pointer of Git LFS, not the file: run git lfs pull in its repository";

    static ReadOnlySpan<byte> Beginning => "version https://git-lfs"u8;

    /// <summary>True if a file begins like one.</summary>
    public static bool Begins(ReadOnlySpan<byte> file) => file.StartsWith(Beginning);

    /// <summary>The same of a stream, which is read from its beginning.</summary>
    public static bool Begins(Stream stream)
    {
        Span<byte> bytes = stackalloc byte[Beginning.Length];
        stream.Position = 0;
        return Begins(bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)]);
    }
}
