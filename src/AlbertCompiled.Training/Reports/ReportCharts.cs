using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>The charts of a report.</summary>
static class ReportCharts
{
    public static IEnumerable<Chart> Of(MetricsLog log, Objective objective)
    {
        var stages = Stages(log).ToList();
        return Measured(log, objective).Select(chart => chart with { Changes = stages });
    }

    static IEnumerable<Chart> Measured(MetricsLog log, Objective objective)
    {
        var baselines = log.Baselines;
        yield return new("Loss", Both(log, "loss", s => s.Loss), [], "0.##");
        yield return new("Masked-token accuracy", Both(log, "mlm_accuracy", s => s.MlmAccuracy), baselines is not { } m ? [] :
            [Level(m, "previous-token table", "previous_token"), Level(m, "most frequent token", "most_frequent_token")], "0.#%", FromZero: true);
        if (objective.Task() is { } task) yield return new($"{task} accuracy", Both(log, "sop_accuracy", s => s.SopAccuracy), baselines is not { } s ? [] :
            [Level(s, "first tokens of A and B only", "first_tokens")], "0.#%");
        yield return new("Tokens per second", [Training(log, s => s.TokensPerSecond)], [], "#,0", FromZero: true);
        yield return new("Learning rate", [Training(log, s => s.LearningRate)], [], "0.######", FromZero: true);
        yield return new("Gradient norm", [Training(log, s => s.GradientNorm)], [], "0.##", FromZero: true);
    }

    // longer sequences are harder, which shows as a jump
    static IEnumerable<(double, string)> Stages(MetricsLog log)
    {
        for (int i = 1; i < log.Steps.Count; i++)
        {
            int sequence = log.Steps[i].Sequence;
            if (sequence != log.Steps[i - 1].Sequence) yield return (log.Steps[i].Step, FormattableString.Invariant($"sequences of {sequence}"));
        }
    }

    static Series[] Both(MetricsLog log, string name, Func<MeasuredStep, double> training) => [Training(log, training), new("held-out", Points(log.Evaluations, name), "held", Marks: true)];

    static Series Training(MetricsLog log, Func<MeasuredStep, double> of) => new("training", Chart.Thin([.. log.Steps.Select(s => ((double)s.Step, of(s)))]), "train");

    static Level Level(JsonElement baselines, string name, string property) => new(name, baselines.GetProperty(property).GetDouble());

    static IReadOnlyList<(double, double)> Points(IReadOnlyList<JsonElement> measured, string name) =>
        [.. measured.Select(e => (e.GetProperty("step").GetDouble(), e.GetProperty(name).GetDouble()))];
}
