namespace AlbertCompiled.Training;

/// <summary>How far a file has been written: its length and the checksums of its chunks, the last of which may be unfinished.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Checksums">CRC-32C of each chunk, 4 bytes each.</param>
sealed record ChecksummedLength(long Length, byte[] Checksums);

/// <summary>A file that grows at its end, with a checksum of every chunk.</summary>
sealed class ChecksummedFile : IDisposable
{
    readonly FileStream stream;
    readonly List<uint> checksums = []; // of whole chunks
    uint running = Crc32C.Start;

    /// <summary>Creates a file, or goes on with one from where it was committed; what was written after that is dropped.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="TrainingException">It is shorter than it was, or what is told of it contradicts itself.</exception>
    public ChecksummedFile(string path, ChecksummedLength? committed)
    {
        stream = new(path, committed is null ? FileMode.Create : FileMode.Open, FileAccess.Write, FileShare.None, 1 << 20);
        if (committed is null) return;
        try
        {
            if (committed.Length < 0 || committed.Checksums.Length != sizeof(uint) * CorpusFiles.Chunks(committed.Length)) throw new TrainingException($"the note of progress beside {path} contradicts itself: delete the folder and prepare the dataset again");
            if (stream.Length < committed.Length) throw new TrainingException($"{path} is shorter than it was: delete the folder and prepare the dataset again");
        }
        catch
        {
            stream.Dispose();
            throw;
        }

        stream.SetLength(committed.Length);
        stream.Position = Length = committed.Length;
        for (int i = 0; i < committed.Checksums.Length; i += sizeof(uint)) checksums.Add(BitConverter.ToUInt32(committed.Checksums, i));
        if (Length % CorpusFiles.ChunkBytes == 0) return;
        running = ~checksums[^1];
        checksums.RemoveAt(checksums.Count - 1);
    }

    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        while (bytes.Length > 0)
        {
            int n = Math.Min(bytes.Length, CorpusFiles.ChunkBytes - (int)(Length % CorpusFiles.ChunkBytes));
            running = Crc32C.Append(running, bytes[..n]);
            Length += n;
            bytes = bytes[n..];
            if (Length % CorpusFiles.ChunkBytes != 0) continue;
            checksums.Add(~running);
            running = Crc32C.Start;
        }
    }

    /// <summary>Brings everything to the disk.</summary>
    public ChecksummedLength Commit()
    {
        stream.Flush(flushToDisk: true);
        var all = Length % CorpusFiles.ChunkBytes == 0 ? checksums : [.. checksums, ~running];
        return new(Length, [.. all.SelectMany(BitConverter.GetBytes)]);
    }

    public void Dispose() => stream.Dispose();
}
