namespace AlbertCompiled.Training;

/// <summary>Questions whose answers are parts of a context. An item is a window; its answer: the logits of each token as the first of the answer, then as the last.</summary>
/// <param name="data">The questions.</param>
/// <param name="featurizer">Turns them into windows.</param>
public sealed class SpanSet(SquadData data, SpanFeaturizer featurizer) : TaskSet
{
    readonly IReadOnlyList<SpanWindow> windows = featurizer.Encode(data.Questions.Examples).Windows;
    IReadOnlyList<float[]>? lastAnswers;
    List<AnswerPrediction> lastPredictions = [];

    /// <summary>Null odds above which an answer is given out as empty. Null: never, as SQuAD 1.1 wants it, and 2.0's evaluation for its search for a threshold.</summary>
    public double? Threshold { get; init; }

    /// <inheritdoc/>
    public override string Program => "answer";

    /// <inheritdoc/>
    public override int Count => windows.Count;

    /// <inheritdoc/>
    public override bool IsLabelled => data.Questions.Examples.Any(e => e.Answers.Count > 0);

    /// <inheritdoc/>
    public override ItemSize Size(int item) => new(windows[item].Sequence.Length, 1, 2);

    /// <inheritdoc/>
    public override void Add(TokenBatch batch, int item) =>
        batch.AddAnswered(windows[item].Sequence.Tokens, windows[item].Sequence.Segments, windows[item].Start, windows[item].End);

    /// <inheritdoc/>
    public override float[] Read(OutputRows logits, TokenBatch batch, int sequence, int item)
    {
        int first = batch.Starts[sequence], length = windows[item].Sequence.Length;
        var answer = new float[2 * length];
        for (int t = 0; t < length; t++) (answer[t], answer[length + t]) = (logits[first + t][0], logits[first + t][1]);
        return answer;
    }

    /// <summary>F1 and exact matches; where questions may be without an answer, at the best threshold of null odds.</summary>
    public override IReadOnlyList<MetricValue> Judge(IReadOnlyList<float[]> answers) =>
        data.HasUnanswerable ? [.. UpperBounds(answers).Select(b => new MetricValue(b.Metric, b.Best.Value))] : JudgeAt(answers, threshold: null);

    /// <summary>F1 and exact matches; where questions may be without an answer, those of questions with and without one too, by the names of SQuAD's script.</summary>
    public override IReadOnlyList<MetricValue> JudgeAt(IReadOnlyList<float[]> answers, double? threshold)
    {
        var (all, answerable, unanswerable, _, _, _) = Evaluate(answers, threshold);
        MetricValue[] overall = [new("f1", all.F1), new("exact", all.Exact)];
        return !data.HasUnanswerable ? overall
            : [.. overall, new("HasAns_f1", answerable.F1), new("HasAns_exact", answerable.Exact), new("NoAns_f1", unanswerable.F1), new("NoAns_exact", unanswerable.Exact)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Metric, BestThreshold Best)> UpperBounds(IReadOnlyList<float[]> answers) =>
        data.HasUnanswerable && Evaluate(answers) is { BestF1: { } f1, BestExact: { } exact } ? [("best_f1", f1), ("best_exact", exact)] : [];

    /// <inheritdoc/>
    public override double? BestThreshold(IReadOnlyList<float[]> answers) => Evaluate(answers).Threshold;

    /// <summary>Writes answers, and beside them null odds (*.null_odds.json) if questions may be without one.</summary>
    public override void Write(string path, IReadOnlyList<float[]> answers)
    {
        var predictions = Decode(answers);
        SquadPredictionFile.WriteAnswers(path, predictions, Threshold);
        if (data.HasUnanswerable || Threshold is not null) SquadPredictionFile.WriteNullOdds(Path.ChangeExtension(path, ".null_odds.json"), predictions);
    }

    /// <inheritdoc/>
    public override IEnumerable<IReadOnlyDictionary<string, object?>> Describe(IReadOnlyList<float[]> answers) =>
        Decode(answers).Select(p => new Dictionary<string, object?> { ["id"] = p.Id, ["answer"] = p.AnswerAt(Threshold), ["null_odds"] = p.NullOdds });

    SquadResult Evaluate(IReadOnlyList<float[]> answers, double? threshold = null)
    {
        var predictions = Decode(answers);
        var odds = data.HasUnanswerable || threshold is not null ? predictions.ToDictionary(p => p.Id, p => p.NullOdds) : null;
        return SquadEvaluation.Run(data, predictions.ToDictionary(p => p.Id, p => p.Answer), odds, threshold ?? double.PositiveInfinity);
    }

    // an epoch's answers are judged, searched for a threshold and written in a row
    List<AnswerPrediction> Decode(IReadOnlyList<float[]> answers)
    {
        if (!ReferenceEquals(answers, lastAnswers)) (lastAnswers, lastPredictions) = (answers, Predictions(answers));
        return lastPredictions;
    }

    List<AnswerPrediction> Predictions(IReadOnlyList<float[]> answers)
    {
        var decoder = new SpanDecoder();
        var predictions = new List<AnswerPrediction>();
        for (int first = 0, end; first < windows.Count; first = end)
        {
            end = first + 1;
            while (end < windows.Count && windows[end].Example == windows[first].Example) end++;
            var range = Enumerable.Range(first, end - first);
            predictions.Add(decoder.Decode(
                data.Questions.Examples[windows[first].Example], [.. range.Select(w => windows[w])],
                [.. range.Select(w => answers[w][..(answers[w].Length / 2)])], [.. range.Select(w => answers[w][(answers[w].Length / 2)..])]));
        }

        return predictions;
    }
}
