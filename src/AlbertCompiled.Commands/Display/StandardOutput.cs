using System.Diagnostics.CodeAnalysis;
using System.Text;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>Standard output cannot be written, for example since the disk under it is full.</summary>
sealed class OutputException(Exception cause) : IOException($"cannot write to standard output: {cause.Reason()}", cause);

/// <summary>Standard output, which is named where it fails.</summary>
/// <param name="inner">The console.</param>
sealed class StandardOutput(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    [AllowNull]
    public override string NewLine
    {
        get => inner.NewLine;
        set => inner.NewLine = value;
    }

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void Write(StringBuilder? value) => Try(() => inner.Write(value));

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override void Flush() => Try(inner.Flush);

    static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutputException(e);
        }
    }
}
