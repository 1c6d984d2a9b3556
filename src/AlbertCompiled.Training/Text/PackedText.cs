using System.IO.Compression;

namespace AlbertCompiled.Training;

/// <summary>
/// Unpacks gzip and tells when the end is missing, which GZipStream takes for the end. A mark, packed by itself, is read behind the file:
/// it comes out as the last thing only if all before it was whole.
/// </summary>
/// <param name="file">The packed file, of one or several members; closed with this stream.</param>
sealed class PackedText(Stream file) : Stream
{
    static readonly byte[] Mark = [0xFF, 0x61, 0x6C, 0xFE, 0x62, 0x65, 0xFF, 0x72, 0x74, 0xFE, 0x65, 0xFF, 0x6E, 0x64, 0xFE, 0xFF];
    static readonly byte[] PackedMark = Pack(Mark);

    readonly GZipStream unpacked = new(new Followed(file), CompressionMode.Decompress);
    readonly byte[] ready = new byte[1 << 16];
    int start, end; // what was unpacked and not given out; the last bytes may be the mark

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="InvalidDataException">The file is damaged or its end is missing.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        while (end - start <= Mark.Length)
        {
            ready.AsSpan(start, end - start).CopyTo(ready);
            (start, end) = (0, end - start);
            int read = Unpack(ready.AsSpan(end));
            end += read;
            if (read > 0) continue;
            return ready.AsSpan(0, end).SequenceEqual(Mark) ? 0 : throw new InvalidDataException("the packed data ends before its end");
        }

        int given = Math.Min(count, end - start - Mark.Length);
        ready.AsSpan(start, given).CopyTo(buffer.AsSpan(offset));
        start += given;
        return given;
    }

    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) unpacked.Dispose();
        base.Dispose(disposing);
    }

    int Unpack(Span<byte> destination)
    {
        try
        {
            return unpacked.Read(destination);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException("it is not packed by gzip, or damaged", e);
        }
    }

    static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }

    // the file, then the mark
    sealed class Followed(Stream file) : MemoryStream(PackedMark, writable: false)
    {
        public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer, offset, count) is > 0 and var read ? read : base.Read(buffer, offset, count);

        protected override void Dispose(bool disposing)
        {
            if (disposing) file.Dispose();
            base.Dispose(disposing);
        }
    }
}
