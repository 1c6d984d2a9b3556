using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using AlbertCompiled.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AlbertCompiled.Cli;

/// <summary>Shows a run while it goes: a live panel on a terminal, a line every few seconds elsewhere.</summary>
/// <param name="output">Where to show it.</param>
/// <param name="isTerminal">Output is a terminal.</param>
/// <param name="steps">Steps of the whole run.</param>
/// <param name="objective">The second task.</param>
sealed class ProgressDisplay(TextWriter output, bool isTerminal, long steps, Objective objective)
{
    static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200), BetweenLines = TimeSpan.FromSeconds(5);

    /// <summary>Runs <paramref name="work"/> on a thread of its own and shows <paramref name="board"/> until it ends.</summary>
    public T Follow<T>(ProgressBoard board, Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        { Name = "training" };
        thread.Start();
        if (isTerminal) ShowLive(board, thread);
        else ShowLines(board, thread);
        failure?.Throw();
        return result!;
    }

    void ShowLive(ProgressBoard board, Thread thread)
    {
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(output) });
        console.Live(Panel(board)).Start(live =>
        {
            do live.UpdateTarget(Panel(board));
            while (!thread.Join(Refresh));
            live.UpdateTarget(Panel(board));
        });
    }

    IRenderable Panel(ProgressBoard board)
    {
        var now = board.Read();
        return LivePanel.Of(now, steps, objective, Left(now));
    }

    void ShowLines(ProgressBoard board, Thread thread)
    {
        long last = Stopwatch.GetTimestamp(), evaluated = 0, shown = 0;
        bool ended;
        do
        {
            ended = thread.Join(Refresh);
            var now = board.Read();
            if (now.Report.Step != shown && (ended || Stopwatch.GetElapsedTime(last) >= BetweenLines))
            {
                output.WriteLine(Line(now));
                shown = now.Report.Step;
                last = Stopwatch.GetTimestamp();
            }

            if (now.Evaluation is null || now.EvaluatedStep == evaluated) continue;
            output.WriteLine(HeldOut(now));
            evaluated = now.EvaluatedStep;
        }
        while (!ended);
    }

    string Line(in ProgressSnapshot s) => string.Create(CultureInfo.InvariantCulture,
        $"step {s.Report.Step}/{steps}  loss {s.Loss:0.000}  masked tokens {s.MlmAccuracy:0.0%}{Task(s.SopAccuracy)}  {s.TokensPerSecond:#,0} tokens/s  {Left(s)} left");

    string HeldOut(in ProgressSnapshot s) => s.Evaluation is not { } e ? "" : string.Create(CultureInfo.InvariantCulture,
        $"held-out at step {s.EvaluatedStep}: loss {e.Loss:0.000}  masked tokens {e.MlmAccuracy:0.0%}{Task(e.SopAccuracy)}");

    string Task(double accuracy) => objective.Task() is { } task ? string.Create(CultureInfo.InvariantCulture, $"  {task.ToLowerInvariant()} {accuracy:0.0%}") : "";

    string Left(in ProgressSnapshot s)
    {
        double seconds = s.Report.Step == 0 ? 0 : (steps - s.Report.Step) * (s.Report.Tokens / Math.Max(s.TokensPerSecond, 1e-9));
        var left = TimeSpan.FromSeconds(Math.Min(seconds, 1e7));
        return left.TotalHours >= 1 ? left.ToString(@"d\.hh\:mm\:ss", CultureInfo.InvariantCulture) : left.ToString(@"m\:ss", CultureInfo.InvariantCulture);
    }
}
