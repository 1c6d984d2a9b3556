using System.Text;

namespace AlbertCompiled.Commands;

/// <summary>Writes lines many at a time: the console is flushed after each write.</summary>
/// <param name="output">Receives them.</param>
sealed class LineBuffer(TextWriter output) : IDisposable
{
    const int Capacity = 1 << 16;

    readonly StringBuilder lines = new();

    public void Write(string line)
    {
        lines.Append(line).Append(output.NewLine);
        if (lines.Length >= Capacity) Flush();
    }

    public void Dispose() => Flush();

    void Flush()
    {
        output.Write(lines);
        lines.Clear();
    }
}
