namespace AlbertCompiled.Training;

/// <summary>Exact match and F1 as shares, over a number of questions.</summary>
/// <param name="Exact">Mean exact match.</param>
/// <param name="F1">Mean F1.</param>
/// <param name="Questions">Questions.</param>
public readonly record struct SquadScore(double Exact, double F1, int Questions);

/// <summary>The threshold of null odds at which a figure is best.</summary>
/// <param name="Value">The figure there, as a share.</param>
/// <param name="Threshold">Questions with greater null odds count as without an answer.</param>
public readonly record struct BestThreshold(double Value, double Threshold);

/// <summary>What SQuAD's official evaluation says.</summary>
/// <param name="All">Over all questions.</param>
/// <param name="Answerable">Over those with an answer.</param>
/// <param name="Unanswerable">Over those without.</param>
/// <param name="BestExact">The best exact match over all thresholds; null without null odds.</param>
/// <param name="BestF1">The best F1 over all thresholds; null without null odds.</param>
/// <param name="Threshold">
/// The threshold at which F1 is best when it is applied, in the middle between the null odds of two questions; null without null odds. The official search is no help here: it parts questions with equal null odds, and
/// says 0 where no answer at all is best.
/// </param>
public sealed record SquadResult(SquadScore All, SquadScore Answerable, SquadScore Unanswerable, BestThreshold? BestExact, BestThreshold? BestF1, double? Threshold);

/// <summary>
/// Judges answers as evaluate-v1.1.py and evaluate-v2.0.py do: each against the gold answer that it fits best. The scripts print a
/// complaint about a question without a prediction and go on; here it is an error.
/// </summary>
public static class SquadEvaluation
{
    /// <summary>The official script's threshold of null odds where none is named.</summary>
    public const double DefaultThreshold = 1;

    /// <summary>Judges predictions.</summary>
    /// <param name="data">Questions with their answers.</param>
    /// <param name="answers">Predicted answer by question ID; empty: there is none.</param>
    /// <param name="nullOdds">How much no answer is preferred to the predicted one, by question ID; null: as the answers say.</param>
    /// <param name="threshold">Null odds above which a question counts as without an answer; without null odds, the answers count as they are.</param>
    /// <exception cref="TrainingException">A question has no prediction, or a prediction no question.</exception>
    public static SquadResult Run(SquadData data, IReadOnlyDictionary<string, string> answers, IReadOnlyDictionary<string, double>? nullOdds = null, double threshold = DefaultThreshold)
    {
        var judged = new Judged[data.Questions.Examples.Count];
        for (int i = 0; i < judged.Length; i++)
        {
            var question = data.Questions.Examples[i];
            judged[i] = Judge(question, Find(answers, question, "answer"), nullOdds is null ? 0 : Find(nullOdds, question, "null odds"), data.HasUnanswerable);
        }

        // what was left out of the questions may well be predicted
        var known = data.Questions.Examples.Select(q => q.Id).ToHashSet();
        if (data.Questions.Skipped == 0 && answers.Keys.FirstOrDefault(id => !known.Contains(id)) is { } foreign)
            throw new TrainingException($"the predictions answer question {foreign}, which {data.Questions.File} does not ask: score the set that they were made for");
        var final = nullOdds is null ? judged : [.. judged.Select(j => j.NullOdds > threshold ? j.AsNull() : j)];
        return new(
            Mean(final), Mean(final.Where(j => j.HasAnswer)), Mean(final.Where(j => !j.HasAnswer)),
            nullOdds is null ? null : Best(judged, j => j.Exact), nullOdds is null ? null : Best(judged, j => j.F1),
            nullOdds is null ? null : Applicable(judged));
    }

    static Judged Judge(SpanExample question, string predicted, double nullOdds, bool version2)
    {
        string[] gold = [.. question.Answers.Select(a => a.Text).Where(a => !version2 || SquadText.Normalize(a).Length > 0)];
        if (gold.Length == 0) gold = [""];
        return new(
            gold.Any(g => SquadText.IsExact(g, predicted)) ? 1 : 0, gold.Max(g => SquadText.F1(g, predicted, version2)),
            question.Answers.Count > 0, predicted.Length > 0, nullOdds);
    }

    // All questions begin as unanswered; in order of null odds, one after the other is answered.
    static BestThreshold Best(Judged[] judged, Func<Judged, double> score)
    {
        double current = judged.Count(j => !j.HasAnswer), best = current, threshold = 0;
        foreach (var j in judged.OrderBy(j => j.NullOdds))
        {
            current += Gain(j, score);
            if (current > best) (best, threshold) = (current, j.NullOdds);
        }

        return new(best / judged.Length, threshold);
    }

    // The same for use: questions of equal null odds are answered together, and below the least none is. Between two of them, so that rounding parts no question otherwise.
    static double Applicable(Judged[] judged)
    {
        var groups = judged.GroupBy(j => j.NullOdds).OrderBy(g => g.Key).ToList();
        double current = 0, best = 0;
        int answered = 0;
        for (int g = 0; g < groups.Count; g++)
        {
            current += groups[g].Sum(j => Gain(j, e => e.F1));
            if (current > best) (best, answered) = (current, g + 1);
        }

        double low = answered == 0 ? groups[0].Key - 1 : groups[answered - 1].Key, high = answered == groups.Count ? groups[^1].Key + 1 : groups[answered].Key;
        return Between(low, high);
    }

    // the middle, in as few decimals as still lie between
    static double Between(double low, double high)
    {
        double middle = low + (high - low) / 2;
        for (int decimals = 0; decimals <= 15; decimals++)
            if (Math.Round(middle, decimals) is var rounded && rounded > low && rounded < high) return rounded;
        return middle < high ? middle : low;
    }

    // of an answer over none
    static double Gain(Judged j, Func<Judged, double> score) => j.HasAnswer ? score(j) : j.IsAnswered ? -1 : 0;

    static SquadScore Mean(IEnumerable<Judged> judged)
    {
        var all = judged.ToList();
        return all.Count == 0 ? default : new(all.Average(j => j.Exact), all.Average(j => j.F1), all.Count);
    }

    static T Find<T>(IReadOnlyDictionary<string, T> predictions, SpanExample question, string what) =>
        predictions.TryGetValue(question.Id, out var found) ? found : throw new TrainingException($"the predictions have no {what} for question {question.Id}");

    readonly record struct Judged(double Exact, double F1, bool HasAnswer, bool IsAnswered, double NullOdds)
    {
        public Judged AsNull() => this with { Exact = HasAnswer ? 0 : 1, F1 = HasAnswer ? 0 : 1 };
    }
}
