using System.Globalization;
using AlbertCompiled.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AlbertCompiled.Commands;

/// <summary>What a terminal shows of a run: a bar, and a small table of training and held-out figures. Fits 80 columns.</summary>
static class LivePanel
{
    const int Cells = 36;

    public static IRenderable Of(in ProgressSnapshot s, long steps, Objective objective, string left)
    {
        if (s.Report.Step == 0) return new Markup("[grey]the first step is on its way[/]");
        int done = (int)(Cells * s.Report.Step / Math.Max(1, steps));
        var bar = new Markup(Invariant($"[blue]{new string('━', done)}[/][grey]{new string('━', Cells - done)}[/]  {(s.Evaluated < s.ToEvaluate ? ProgressDisplay.Evaluating(s) : Invariant($"step {s.Report.Step:#,0} of {steps:#,0}, {left} left"))}"));
        bool hasTask = objective.Task() is not null;
        var figures = new Grid().AddColumn();
        for (int i = 0; i < 4; i++) figures.AddColumn(new GridColumn().RightAligned());
        figures.AddRow("", "[grey]loss[/]", "[grey]masked tokens[/]", $"[grey]{objective.Task()?.ToLowerInvariant()}[/]", "");
        figures.AddRow("[grey]training[/]", Invariant($"{s.Loss:0.000}"), Invariant($"{s.MlmAccuracy:0.0%}"), hasTask ? Invariant($"{s.SopAccuracy:0.0%}") : "", Invariant($"{s.TokensPerSecond:#,0} tokens/s"));
        if (s.Evaluation is { } e)
            figures.AddRow("[grey]held-out[/]", Invariant($"{e.Loss:0.000}"), Invariant($"[bold]{e.MlmAccuracy:0.0%}[/]"), hasTask ? Invariant($"[bold]{e.SopAccuracy:0.0%}[/]") : "", Invariant($"[grey]at step {s.EvaluatedStep:#,0}[/]"));
        return new Rows(bar, figures);
    }

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
