using System.Diagnostics;
using System.Globalization;
using AlbertCompiled.Training;
using Spectre.Console;

namespace AlbertCompiled.Commands;

/// <summary>Shows a preparation while it goes: a live line on a terminal, a line every few seconds elsewhere.</summary>
/// <param name="output">Where to show it.</param>
/// <param name="isTerminal">Output is a terminal.</param>
sealed class PreparationDisplay(TextWriter output, bool isTerminal)
{
    static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

    readonly Stopwatch stage = new(); // runs since the first bytes of what is being done
    bool wasReading;
    long resumedAt; // bytes that were done before

    /// <summary>Runs <paramref name="work"/> on a thread of its own and shows <paramref name="preparation"/> until it ends.</summary>
    public T Follow<T>(CorpusPreparation preparation, Func<T> work) =>
        BackgroundWork.Follow("preparation", work, ended =>
        {
            if (isTerminal) ShowLive(preparation, ended);
            else ShowLines(preparation, ended);
        });

    void ShowLive(CorpusPreparation preparation, Func<bool> ended)
    {
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(output) });
        console.Live(new Text("")).AutoClear(true).Start(live =>
        {
            while (!ended()) live.UpdateTarget(new Text(Line(preparation.Report)));
        });
    }

    void ShowLines(CorpusPreparation preparation, Func<bool> ended)
    {
        long last = Stopwatch.GetTimestamp();
        while (!ended())
        {
            string line = Line(preparation.Report);
            if (Stopwatch.GetElapsedTime(last) < BetweenLines) continue;
            output.WriteLine(line);
            last = Stopwatch.GetTimestamp();
        }
    }

    string Line(in PreparationReport r)
    {
        if (r.Reading != wasReading || !stage.IsRunning)
        {
            (wasReading, resumedAt) = (r.Reading, r.Bytes);
            stage.Restart();
        }

        double rate = (r.Bytes - resumedAt) / Math.Max(stage.Elapsed.TotalSeconds, 1e-3);
        string figures = r.Reading ? "" : $"  {Plural.Of(r.Documents, "document")}  {Plural.Of(r.Tokens, "token")}";
        string left = rate > 0 ? $"  {TimeLeft.Of((r.TotalBytes - r.Bytes) / rate)} left" : "";
        return Invariant($"{(r.Reading ? "checksums" : "tokenized")} {r.Bytes / 1e6:#,0} of {r.TotalBytes / 1e6:#,0} MB{figures}  {rate / 1e6:0.0} MB/s{left}");
    }

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
