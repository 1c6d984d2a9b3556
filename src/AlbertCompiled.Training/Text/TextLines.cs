using System.Text;
using System.Text.Unicode;

namespace AlbertCompiled.Training;

/// <summary>What becomes of a line beyond the limit.</summary>
public enum LongLines
{
    /// <summary>It is read in parts, each as a line of its own.</summary>
    Cut,

    /// <summary>It is an error.</summary>
    Refuse,
}

/// <summary>Lines of UTF-8 from a stream, in memory bounded by the longest line. Lines end with LF, CR LF or CR.</summary>
public sealed class TextLines : IDisposable
{
    const int FirstBuffer = 1 << 16;

    readonly Stream stream;
    readonly string name;
    readonly int longest;
    readonly LongLines longLines;
    byte[] buffer = new byte[FirstBuffer];
    int start, end;
    long column; // bytes of the line that were given out already, as parts of it
    bool begun, atEnd;

    /// <summary>Lines of a stream, which is closed with them.</summary>
    /// <param name="stream">UTF-8, with or without a byte order mark.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="longest">Bytes of the longest line.</param>
    /// <param name="longLines">What becomes of longer ones.</param>
    public TextLines(Stream stream, string name, int longest, LongLines longLines)
    {
        (this.stream, this.name, this.longest, this.longLines) = (stream, name, longest, longLines);
    }

    /// <summary>Number of the line read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Lines that were cut.</summary>
    public long Cuts { get; private set; }

    /// <summary>The next line without its end; null after the last.</summary>
    /// <exception cref="TrainingException">It is not UTF-8 or too long, or the stream cannot be read.</exception>
    public string? Read()
    {
        if (!begun) SkipMark();
        if (column == 0) Number++;
        for (int searched = 0; ;)
        {
            var line = buffer.AsSpan(start, end - start);
            int length = line[searched..].IndexOfAny((byte)'\n', (byte)'\r');
            if (length >= 0 && searched + length <= longest) return Take(searched + length, terminated: true);
            if (line.Length > longest) return Part(line[..longest]);
            searched = line.Length;
            if (Fill()) continue;
            if (end > start || column > 0) return Take(end - start, terminated: false);
            Number--;
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    string Take(int length, bool terminated)
    {
        string text = Decode(buffer.AsSpan(start, length));
        start += length;
        column = 0;
        if (!terminated) return text;
        if (buffer[start++] == '\r' && (start < end || Fill()) && buffer[start] == '\n') start++;
        return text;
    }

    string Part(ReadOnlySpan<byte> line)
    {
        if (longLines == LongLines.Refuse) throw new TrainingException($"{name}, line {Number}: longer than {longest:N0} bytes; split it");
        if (column == 0) Cuts++;
        int length = line.LastIndexOfAny((byte)' ', (byte)'\t');
        if (length <= 0) length = Utf8Text.CharacterStart(line, line.Length); // the last character may not be whole
        if (length <= 0) length = line.Length;
        string text = Decode(line[..length]);
        start += length;
        column += length;
        return text;
    }

    string Decode(ReadOnlySpan<byte> line) => Utf8.IsValid(line) ? Encoding.UTF8.GetString(line) : throw Malformed(line);

    TrainingException Malformed(ReadOnlySpan<byte> line)
    {
        int at = Utf8Text.FirstMalformed(line);
        return Utf8Text.Malformed(name, Number, column + at + 1, line[at..]);
    }

    void SkipMark()
    {
        begun = true;
        while (end - start < Utf8Text.ByteOrderMark.Length && Fill()) { }
        if (buffer.AsSpan(start, end - start).StartsWith(Utf8Text.ByteOrderMark)) start += Utf8Text.ByteOrderMark.Length;
    }

    // more of the stream into the buffer; false at its end
    bool Fill()
    {
        if (atEnd) return false;
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length) Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, Array.MaxLength));
        try
        {
            int read = stream.Read(buffer, end, buffer.Length - end);
            end += read;
            atEnd = read == 0;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {name}: {e.Reason(name)}", e);
        }

        return !atEnd;
    }
}
