using System.Diagnostics;

namespace AlbertCompiled.Commands;

/// <summary>Where long work stands: on a terminal a line that is written over, elsewhere a line now and then.</summary>
/// <param name="output">Where to show it. What else is written there is written after <see cref="Clear"/>.</param>
/// <param name="isTerminal">Output is a terminal.</param>
/// <param name="between">Time between lines that stay.</param>
sealed class StatusLine(TextWriter output, bool isTerminal, TimeSpan between)
{
    static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    long last = Stopwatch.GetTimestamp();
    int shown; // letters of the line that is to be written over

    /// <summary>Shows a line if it is time for it.</summary>
    /// <exception cref="IOException">Output cannot be written.</exception>
    public void Show(Func<string> text)
    {
        if (Stopwatch.GetElapsedTime(last) < (isTerminal ? Refresh : between)) return;
        last = Stopwatch.GetTimestamp();
        if (!isTerminal)
        {
            output.WriteLine(text());
            return;
        }

        string line = Fitting(text());
        output.Write($"\r{line.PadRight(shown)}");
        output.Flush();
        shown = line.Length;
    }

    /// <summary>Takes the line away.</summary>
    /// <exception cref="IOException">Output cannot be written.</exception>
    public void Clear()
    {
        if (shown == 0) return;
        output.Write($"\r{new string(' ', shown)}\r");
        output.Flush();
        shown = 0;
    }

    // a line that breaks cannot be written over
    static string Fitting(string line)
    {
        int width = Console.WindowWidth is var wide and > 1 ? wide - 1 : 79;
        return line.Length <= width ? line : line[..width];
    }
}
