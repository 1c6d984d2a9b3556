using System.Globalization;
using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>A figure with what it is to be compared with.</summary>
sealed record ReportCard(string Name, string Value, params string[] Notes);

/// <summary>The figures at the head of a report.</summary>
static class ReportFigures
{
    public static IEnumerable<ReportCard> Cards(MetricsLog log, Objective objective)
    {
        if (log.Evaluations.Count > 0)
        {
            var last = log.Evaluations[^1];
            yield return new("Masked tokens found, held-out", Percent(last, "mlm_accuracy"), log.Baselines is not { } b ? [] :
                [$"most frequent token: {Percent(b, "most_frequent_token")}", $"previous-token table: {Percent(b, "previous_token")}"]);
            if (objective.Task() is { } task) yield return new($"{task} told, held-out", Percent(last, "sop_accuracy"), log.Baselines is not { } o ? ["coin: 50%"] :
                ["coin: 50%", $"a rule that sees only the first tokens of A and B: {Percent(o, "first_tokens")}"]);
            yield return new("Loss, held-out", Number(last, "loss", "0.000"),
                $"masked tokens {Number(last, "mlm_loss", "0.000")}, order {Number(last, "sop_loss", "0.000")}",
                $"{Number(last, "sequences", "#,0")} sequences, {Number(last, "predictions", "#,0")} masked tokens");
        }

        if (log.Steps.Count == 0) yield break;
        double tokens = log.Steps.Sum(s => s.Tokens);
        double seconds = log.Steps.Sum(s => s.Tokens / Math.Max(1, s.TokensPerSecond));
        yield return new("Tokens per second", (tokens / Math.Max(seconds, 1e-9)).ToString("#,0", CultureInfo.InvariantCulture),
            $"{tokens.ToString("#,0", CultureInfo.InvariantCulture)} tokens in {seconds.ToString("0.0", CultureInfo.InvariantCulture)} s of training");
    }

    static string Percent(JsonElement e, string name) => e.GetProperty(name).GetDouble().ToString("0.0%", CultureInfo.InvariantCulture);

    static string Number(JsonElement e, string name, string format) => e.GetProperty(name).GetDouble().ToString(format, CultureInfo.InvariantCulture);
}
