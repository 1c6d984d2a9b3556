namespace AlbertCompiled.Training;

/// <summary>A possible answer.</summary>
/// <param name="Answer">A part of the original context.</param>
/// <param name="Score">Logit of its start plus logit of its end.</param>
public readonly record struct AnswerCandidate(string Answer, double Score);

/// <summary>A model's answer to a question.</summary>
/// <param name="Id">The question's ID.</param>
/// <param name="Answer">The best answer that is not empty, as the original context spells it; empty if there is none.</param>
/// <param name="NullOdds">Score of no answer less the best answer's: the greater, the surer there is none.</param>
/// <param name="Best">The best answers, best first.</param>
public sealed record AnswerPrediction(string Id, string Answer, double NullOdds, IReadOnlyList<AnswerCandidate> Best)
{
    /// <summary>The answer, empty if its null odds are above a threshold; null: never.</summary>
    public string AnswerAt(double? threshold) => NullOdds > threshold ? "" : Answer;
}

/// <summary>
/// Finds answers from logits of start and end (Devlin et al. 2019, run_squad.py): in each window among the likeliest starts and ends,
/// where a start counts only in the window with most context. The score of no answer is that of [CLS], the least of all windows.
/// </summary>
/// <param name="candidates">Starts and ends that are looked at in a window, and answers that are kept.</param>
/// <param name="longestAnswer">Tokens of the longest answer.</param>
public sealed class SpanDecoder(int candidates = 20, int longestAnswer = 30)
{
    /// <summary>Finds the answer to a question.</summary>
    /// <param name="example">The question.</param>
    /// <param name="windows">All its windows.</param>
    /// <param name="starts">For each window a logit a token: how likely the answer starts there.</param>
    /// <param name="ends">For each window a logit a token: how likely it ends there.</param>
    /// <exception cref="ArgumentException">There are not as many logits as tokens.</exception>
    public AnswerPrediction Decode(SpanExample example, IReadOnlyList<SpanWindow> windows, IReadOnlyList<float[]> starts, IReadOnlyList<float[]> ends)
    {
        double none = double.PositiveInfinity;
        var found = new List<AnswerCandidate>();
        for (int w = 0; w < windows.Count; w++)
        {
            if (starts[w].Length != windows[w].Sequence.Length || ends[w].Length != windows[w].Sequence.Length)
                throw new ArgumentException($"window {w} has {windows[w].Sequence.Length} tokens, but {starts[w].Length} and {ends[w].Length} logits");
            none = Math.Min(none, (double)starts[w][0] + ends[w][0]);
            found.AddRange(Candidates(example.Context, windows[w], starts[w], ends[w]));
        }

        var best = found.OrderByDescending(c => c.Score).DistinctBy(c => c.Answer).Take(candidates).ToList();
        return best.Count == 0 ? new(example.Id, "", double.MaxValue, []) : new(example.Id, best[0].Answer, none - best[0].Score, best);
    }

    IEnumerable<AnswerCandidate> Candidates(string context, SpanWindow window, float[] starts, float[] ends)
    {
        int[] likelyEnds = Likeliest(ends);
        foreach (int start in Likeliest(starts))
            foreach (int end in likelyEnds)
            {
                int first = start - window.FirstContext, last = end - window.FirstContext;
                if (first < 0 || last < first || last >= window.Offsets.Length || last - first >= longestAnswer || !window.HasMostContext[first]) continue;
                string answer = context[window.Offsets[first].Start..window.Offsets[last].End].Trim();
                if (answer.Length > 0) yield return new(answer, (double)starts[start] + ends[end]);
            }
    }

    int[] Likeliest(float[] logits) => [.. Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i]).Take(candidates)];
}
