using System.Diagnostics;
using System.Globalization;
using AlbertCompiled.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AlbertCompiled.Commands;

/// <summary>Shows a run while it goes: a live panel on a terminal, a line every few seconds elsewhere.</summary>
/// <param name="output">Where to show it.</param>
/// <param name="isTerminal">Output is a terminal.</param>
/// <param name="steps">Steps of the whole run.</param>
/// <param name="objective">The second task.</param>
sealed class ProgressDisplay(TextWriter output, bool isTerminal, long steps, Objective objective)
{
    static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

    /// <summary>Runs <paramref name="work"/> on a thread of its own and shows <paramref name="board"/> until it ends.</summary>
    public T Follow<T>(ProgressBoard board, Func<T> work) =>
        BackgroundWork.Follow("training", work, ended =>
        {
            if (isTerminal) ShowLive(board, ended);
            else ShowLines(board, ended);
        });

    void ShowLive(ProgressBoard board, Func<bool> ended)
    {
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(output) });
        console.Live(Panel(board)).Start(live =>
        {
            do live.UpdateTarget(Panel(board));
            while (!ended());
            live.UpdateTarget(Panel(board));
        });
    }

    IRenderable Panel(ProgressBoard board)
    {
        var now = board.Read();
        return LivePanel.Of(now, steps, objective, Left(now));
    }

    void ShowLines(ProgressBoard board, Func<bool> ended)
    {
        long last = Stopwatch.GetTimestamp(), evaluated = 0, shown = 0;
        int read = 0;
        bool isLast;
        do
        {
            isLast = ended();
            var now = board.Read();
            if (now.Report.Step != shown && (isLast || Stopwatch.GetElapsedTime(last) >= BetweenLines))
            {
                output.WriteLine(Line(now));
                shown = now.Report.Step;
                last = Stopwatch.GetTimestamp();
            }

            if (now.Evaluated != read && !isLast && Stopwatch.GetElapsedTime(last) >= BetweenLines)
            {
                output.WriteLine(Evaluating(now));
                read = now.Evaluated;
                last = Stopwatch.GetTimestamp();
            }

            if (now.Evaluation is null || now.EvaluatedStep == evaluated) continue;
            output.WriteLine(HeldOut(now));
            evaluated = now.EvaluatedStep;
        }
        while (!isLast);
    }

    string Line(in ProgressSnapshot s) => string.Create(CultureInfo.InvariantCulture,
        $"step {s.Report.Step:#,0} of {steps:#,0}  loss {s.Loss:0.000}  masked tokens {s.MlmAccuracy:0.0%}{Task(s.SopAccuracy)}  {s.TokensPerSecond:#,0} tokens/s  {Left(s)} left");

    /// <summary>How far the last evaluation is.</summary>
    public static string Evaluating(in ProgressSnapshot s) => string.Create(CultureInfo.InvariantCulture, $"held-out text: {s.Evaluated:#,0} of {s.ToEvaluate:#,0} sequences");

    string HeldOut(in ProgressSnapshot s) => s.Evaluation is not { } e ? "" : string.Create(CultureInfo.InvariantCulture,
        $"held-out at step {s.EvaluatedStep:#,0}: loss {e.Loss:0.000}  masked tokens {e.MlmAccuracy:0.0%}{Task(e.SopAccuracy)}");

    string Task(double accuracy) => objective.Task() is { } task ? string.Create(CultureInfo.InvariantCulture, $"  {task.ToLowerInvariant()} {accuracy:0.0%}") : "";

    string Left(in ProgressSnapshot s) => TimeLeft.Of((steps - s.Report.Step) * (s.Report.Tokens / Math.Max(s.TokensPerSecond, 1e-9)));
}
