using System.IO.MemoryMappedFiles;

namespace AlbertCompiled.Training;

/// <summary>A file mapped into memory to be read.</summary>
sealed unsafe class MappedFile : IDisposable
{
    readonly MemoryMappedFile file;
    readonly MemoryMappedViewAccessor view;
    bool disposed;

    /// <summary>Maps a file that must have this length.</summary>
    /// <exception cref="TrainingException">It cannot be read or has another length.</exception>
    public MappedFile(string path, long length)
    {
        (Path, Length) = (path, length);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (stream.Length != length) throw new TrainingException($"{path} has {stream.Length:#,0} bytes, not {length:#,0}: delete its folder and prepare the dataset again");
            file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {path}: {e.Reason(path)}", e);
        }

        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Start = start + view.PointerOffset;
    }

    public string Path { get; }

    public long Length { get; }

    public byte* Start { get; }

    /// <summary>The bytes of a chunk.</summary>
    public ReadOnlySpan<byte> Chunk(long chunk)
    {
        long first = chunk * CorpusFiles.ChunkBytes;
        return new(Start + first, (int)Math.Min(CorpusFiles.ChunkBytes, Length - first));
    }

    /// <summary>Compares a chunk with its checksum.</summary>
    /// <exception cref="TrainingException">They differ.</exception>
    public void Check(long chunk, uint checksum)
    {
        var bytes = Chunk(chunk);
        if (Crc32C.Of(bytes) != checksum) throw Damaged(chunk * CorpusFiles.ChunkBytes, bytes.Length, "do not fit their checksum");
    }

    /// <summary>Says where the file is damaged.</summary>
    public TrainingException Damaged(long first, long count, string how) =>
        new(FormattableString.Invariant($"{Path} is damaged: bytes {first:#,0} to {first + count - 1:#,0} {how}; delete {System.IO.Path.GetDirectoryName(Path)} and prepare the dataset again"));

    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
    }
}
