using System.Diagnostics;
using System.Globalization;
using AlbertCompiled.Training;
using Spectre.Console;

namespace AlbertCompiled.Cli;

/// <summary>Shows a preparation while it goes: a live line on a terminal, a line every few seconds elsewhere.</summary>
/// <param name="output">Where to show it.</param>
/// <param name="isTerminal">Output is a terminal.</param>
sealed class PreparationDisplay(TextWriter output, bool isTerminal)
{
    static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200), BetweenLines = TimeSpan.FromSeconds(5);

    readonly Stopwatch stage = new(); // runs since the first bytes of what is being done
    bool wasReading;
    long resumedAt; // bytes that were done before

    /// <summary>Runs <paramref name="work"/> on a thread of its own and shows <paramref name="preparation"/> until it ends.</summary>
    public T Follow<T>(CorpusPreparation preparation, Func<T> work)
    {
        var task = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (isTerminal)
        {
            var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(output) });
            console.Live(new Text("")).AutoClear(true).Start(live =>
            {
                while (!Ends(task)) live.UpdateTarget(new Text(Line(preparation.Report)));
            });
        }
        else
        {
            long last = Stopwatch.GetTimestamp();
            while (!Ends(task))
            {
                string line = Line(preparation.Report);
                if (Stopwatch.GetElapsedTime(last) < BetweenLines) continue;
                output.WriteLine(line);
                last = Stopwatch.GetTimestamp();
            }
        }

        return task.GetAwaiter().GetResult();
    }

    static bool Ends(Task task) => Task.WaitAny([task], Refresh) == 0;

    string Line(in PreparationReport r)
    {
        if (r.Reading != wasReading || !stage.IsRunning)
        {
            (wasReading, resumedAt) = (r.Reading, r.Bytes);
            stage.Restart();
        }

        double rate = (r.Bytes - resumedAt) / Math.Max(stage.Elapsed.TotalSeconds, 1e-3);
        var left = TimeSpan.FromSeconds(rate > 0 ? Math.Min((r.TotalBytes - r.Bytes) / rate, 1e6) : 0);
        string figures = r.Reading ? "" : Invariant($"  {r.Documents:#,0} documents  {r.Tokens:#,0} tokens");
        return Invariant($"{(r.Reading ? "checksums" : "tokenized")} {r.Bytes / 1e6:#,0} of {r.TotalBytes / 1e6:#,0} MB{figures}  {rate / 1e6:0.0} MB/s  {(int)left.TotalHours}:{left:mm\\:ss} left");
    }

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
