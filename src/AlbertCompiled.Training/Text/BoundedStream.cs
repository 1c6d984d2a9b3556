namespace AlbertCompiled.Training;

/// <summary>A stream to be read up to a place; reading on is an exception and not an end, which some readers do not look for. Asynchronous reads are done at once.</summary>
/// <param name="stream">The stream, which is closed with this one.</param>
sealed class BoundedStream(Stream stream) : Stream
{
    /// <summary>Where it ends.</summary>
    public long End { get; set; } = stream.Length;

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => stream.Length;
    public override long Position { get => stream.Position; set => stream.Position = value; }

    /// <exception cref="EndOfStreamException">There is nothing left.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        long left = End - stream.Position;
        int read = left <= 0 ? 0 : stream.Read(buffer[..(int)Math.Min(buffer.Length, left)]);
        return read > 0 ? read : throw new EndOfStreamException("it ends too early");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer, offset, count));

    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => stream.Seek(offset, origin);
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) stream.Dispose();
        base.Dispose(disposing);
    }
}
