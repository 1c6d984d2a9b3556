using System.IO.Compression;

namespace AlbertCompiled.Training;

/// <summary>Opens files of text.</summary>
public static class TextFile
{
    const int Buffer = 1 << 16;

    /// <summary>A file as a stream to be read from its beginning, unpacked if its name ends in .gz.</summary>
    /// <exception cref="TrainingException">It cannot be opened.</exception>
    public static Stream Open(string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, Buffer, FileOptions.SequentialScan);
            return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {path}: {e.Message}", e);
        }
    }
}
