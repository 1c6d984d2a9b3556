using System.Text;
using System.Text.Unicode;

namespace AlbertCompiled.Training;

/// <summary>Files of labelled data: whole in memory, and UTF-8 throughout.</summary>
static class DataFile
{
    /// <summary>The bytes of a file without a byte order mark.</summary>
    /// <exception cref="TrainingException">It cannot be read or is not UTF-8.</exception>
    public static ReadOnlyMemory<byte> Bytes(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {path}: {e.Reason(path)}", e);
        }

        if (!Utf8.IsValid(bytes)) throw Malformed(path, bytes);
        return bytes.AsMemory(bytes.AsSpan().StartsWith(Utf8Text.ByteOrderMark) ? Utf8Text.ByteOrderMark.Length : 0);
    }

    /// <summary>The text of a file.</summary>
    /// <exception cref="TrainingException">It cannot be read or is not UTF-8.</exception>
    public static string Text(string path) => Encoding.UTF8.GetString(Bytes(path).Span);

    /// <summary>The lines of a file, numbered from 1. They end with LF, CR LF or CR, as Python reads them.</summary>
    /// <exception cref="TrainingException">It cannot be read or is not UTF-8.</exception>
    public static IEnumerable<(int Number, string Text)> Lines(string path)
    {
        var rest = Bytes(path);
        for (int number = 1; rest.Length > 0; number++)
        {
            int length = rest.Span.IndexOfAny((byte)'\n', (byte)'\r');
            if (length < 0) length = rest.Length;
            yield return (number, Encoding.UTF8.GetString(rest.Span[..length]));
            int end = rest.Span[length..].StartsWith("\r\n"u8) ? length + 2 : length + 1;
            rest = rest[Math.Min(end, rest.Length)..];
        }
    }

    /// <summary>Writes a file, and its folder if need be; there is always a whole one.</summary>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            DurableFiles.Write(path, write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot write {path}: {e.Reason(path)}", e);
        }
    }

    /// <summary>The same of text, in UTF-8 without a byte order mark and with LF at the ends of lines.</summary>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    public static void WriteText(string path, Action<TextWriter> write) => Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        write(writer);
    });

    static TrainingException Malformed(string path, byte[] bytes)
    {
        int at = Utf8Text.FirstMalformed(bytes);
        var before = bytes.AsSpan(0, at);
        return Utf8Text.Malformed(path, before.Count((byte)'\n') + 1, at - before.LastIndexOf((byte)'\n'), bytes.AsSpan(at));
    }
}
