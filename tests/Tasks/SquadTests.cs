using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>SQuAD's files, predictions and evaluation.</summary>
public sealed class SquadTests
{
    const string Version2 = """
        {"version": "v2.0", "data": [{"title": "Normans", "paragraphs": [{"context": "The 𝒳 Normans came from France. They spoke Norman.", "qas": [
          {"question": "Where from?", "id": "q1", "answers": [{"text": "France", "answer_start": 24}, {"text": "from France", "answer_start": 19}], "is_impossible": false},
          {"question": "Where to?", "id": "q2", "answers": [], "plausible_answers": [{"text": "France", "answer_start": 24}], "is_impossible": true}]}]}]}
        """;

    static SquadData Read(string text, BadRows badRows = BadRows.Refuse)
    {
        using var folder = new TemporaryFolder();
        return SquadFile.Read(folder.Write("dev.json", text), badRows);
    }

    static string Failure(string text) => Assert.ThrowsAny<TrainingException>(() => Read(text)).Message;

    [Fact]
    public void Version_2_has_questions_without_answer_and_offsets_in_code_points()
    {
        var data = Read(Version2);
        Assert.True(data.HasUnanswerable);
        var (first, second) = (data.Questions.Examples[0], data.Questions.Examples[1]);
        Assert.Equal(("q1", "Where from?", 25), (first.Id, first.Question, first.Answers[0].Start)); // 𝒳 is two UTF-16 units
        Assert.All(first.Answers, a => Assert.Equal(a.Text, first.Context.Substring(a.Start, a.Text.Length)));
        Assert.Empty(second.Answers);
        Assert.Same(first.Context, second.Context);
    }

    [Fact]
    public void Version_1_has_answers_only()
    {
        var data = Read("""{"data": [{"title": "T", "paragraphs": [{"context": "It is so.", "qas": [{"answers": [{"answer_start": 0, "text": "It"}], "question": "What?", "id": "5"}]}]}], "version": "1.1"}""");
        Assert.False(data.HasUnanswerable);
        Assert.Equal(new("It", 0), Assert.Single(data.Questions.Examples[0].Answers));
    }

    [Fact]
    public void Answers_outside_their_context_are_told()
    {
        Assert.EndsWith("dev.json, question q1: the answer is \"France\", but at character 23 the context says \" Franc\"", Failure(Version2.Replace("\"answer_start\": 24}, {", "\"answer_start\": 23}, {")));
        Assert.EndsWith("dev.json, question q1: the answer starts at character 99, outside the context of 50", Failure(Version2.Replace("\"answer_start\": 24}, {", "\"answer_start\": 99}, {")));
        Assert.EndsWith("question q1: the answer starts at character -1, outside the context of 50", Failure(Version2.Replace("\"answer_start\": 24}, {", "\"answer_start\": -1}, {")));
        var skipped = Read(Version2.Replace("\"answer_start\": 24}, {", "\"answer_start\": 23}, {"), BadRows.Skip).Questions;
        Assert.Equal((1, 1), (skipped.Examples.Count, skipped.Skipped));
    }

    [Fact]
    public void Other_faults_are_told()
    {
        Assert.EndsWith("question q1: the question is empty", Failure(Version2.Replace("Where from?", " ")));
        Assert.EndsWith("question q1: there is another question of this ID", Failure(Version2.Replace("q2", "q1")));
        Assert.EndsWith("question q1: an answer is empty", Failure(Version2.Replace("\"text\": \"France\", \"answer_start\": 24}, {", "\"text\": \"\", \"answer_start\": 24}, {")));
        string missing = Failure(Version2.Replace("\"id\": \"q2\",", ""));
        Assert.Contains("dev.json, line 3", missing);
        Assert.Contains("qas[1]", missing);
        Assert.Contains("'id'", missing);
        Assert.DoesNotContain("AlbertCompiled", missing);
        Assert.Contains("line 2", Failure(Version2.Replace("\"id\": \"q1\"", "\"id\": 5")));
        Assert.Contains("dev.json, line 1, byte 2: not SQuAD's format", Failure("no JSON"));
        Assert.Contains("not SQuAD's format: the value is of another kind", Failure("[]"));
        Assert.Contains("not SQuAD's format", Failure("null"));
        Assert.Contains("no examples", Failure("""{"data": []}"""));
    }

    static SquadData Questions(bool version2, params (string Id, string[] Answers)[] questions) =>
        new(new("dev.json", [.. questions.Select(q => new SpanExample(q.Id, "?", "context", [.. q.Answers.Select(a => new Answer(a, 0))]))]), version2);

    [Fact]
    public void The_best_of_the_gold_answers_counts()
    {
        var data = Questions(false, ("a", ["the red fox", "fox"]), ("b", ["blue"]));
        var result = SquadEvaluation.Run(data, new Dictionary<string, string> { ["a"] = "Red Fox!", ["b"] = "a blue bird" });
        Assert.Equal(0.5, result.All.Exact, 12);
        Assert.Equal((1 + 2.0 / 3) / 2, result.All.F1, 12);
        Assert.Equal((2, 2, 0), (result.All.Questions, result.Answerable.Questions, result.Unanswerable.Questions));
        Assert.Null(result.BestExact);
    }

    [Fact]
    public void The_best_threshold_is_that_of_the_official_search()
    {
        var data = Questions(true, ("1", ["red"]), ("2", []), ("3", ["green tea"]), ("4", []), ("5", ["blue sky"]));
        var answers = new Dictionary<string, string> { ["1"] = "red", ["2"] = "x", ["3"] = "tea", ["4"] = "", ["5"] = "grey" };
        var odds = new Dictionary<string, double> { ["1"] = -3, ["2"] = 1, ["3"] = 0.5, ["4"] = 2, ["5"] = -1 };
        var result = SquadEvaluation.Run(data, answers, odds);
        // in order of odds: 2 unanswered → +1 (1) = 3 → +0 (5) = 3 → +0 or +2/3 (3) → -1 (2) → 0 (4: answered as empty)
        Assert.Equal(new(3 / 5.0, -3), result.BestExact);
        Assert.Equal((3 + 2.0 / 3) / 5, result.BestF1!.Value.Value, 12);
        Assert.Equal(0.5, result.BestF1.Value.Threshold);
        Assert.Equal((2.0 / 5, 1.0 / 3, 1.0 / 2), (result.All.Exact, result.Answerable.Exact, result.Unanswerable.Exact));
        // the script counts questions above --na-prob-thresh, 1 where it is not given, as unanswered wherever there are odds
        var above = SquadEvaluation.Run(data, answers, odds.ToDictionary(o => o.Key, o => o.Key is "1" or "2" ? 1.5 : 0));
        Assert.Equal((2.0 / 5, 0, 1), (above.All.Exact, above.Answerable.Exact, above.Unanswerable.Exact));
        var limited = SquadEvaluation.Run(data, answers, odds, threshold: 0.5);
        Assert.Equal(3 / 5.0, limited.All.Exact, 12);
        Assert.Equal((3 + 2.0 / 3) / 5, limited.All.F1, 12);
        Assert.Equal(result.BestF1, limited.BestF1);
    }

    [Fact]
    public void The_threshold_to_apply_gives_the_best_that_can_be_had()
    {
        var data = Questions(true, ("1", ["red"]), ("2", []), ("3", []));
        // no answer at all is best, for which the search says 0
        Assert.Equal((0, 2 / 3.0), Applied("blue", -5, -4, -3));
        // the search answers the first of three that are alike, no threshold does
        Assert.Equal((-2, 2 / 3.0), Applied("red", -2, -2, -2));
        Assert.Equal((-5, 1), Applied("red", -5, -4, -4));

        // it parts two questions in the middle, in few digits
        Assert.Equal(-4.5, Threshold("red", -5, -4, -4));
        Assert.Equal(-4, Threshold("red", -5.25, -2.5, 3));
        Assert.Equal(0.1235, Threshold("red", 0.12341, 0.12359, 1));
        Assert.Equal(-5.5, Threshold("blue", -5, -4, -3));
        Assert.Equal(0, Threshold("red", 0, double.Epsilon, 1));

        double Threshold(string answer, params double[] nullOdds) => Result(answer, nullOdds).Threshold!.Value;

        SquadResult Result(string answer, double[] nullOdds) => SquadEvaluation.Run(
            data, new Dictionary<string, string> { ["1"] = answer, ["2"] = "x", ["3"] = "y" }, nullOdds.Index().ToDictionary(o => $"{o.Index + 1}", o => o.Item));

        (double Official, double F1) Applied(string answer, params double[] nullOdds)
        {
            var answers = new Dictionary<string, string> { ["1"] = answer, ["2"] = "x", ["3"] = "y" };
            var odds = nullOdds.Index().ToDictionary(o => $"{o.Index + 1}", o => o.Item);
            var result = SquadEvaluation.Run(data, answers, odds);
            return (result.BestF1!.Value.Threshold, SquadEvaluation.Run(data, answers, odds, result.Threshold!.Value).All.F1);
        }
    }

    [Fact]
    public void Answers_are_judged_at_a_threshold_from_before_and_at_the_best_one()
    {
        var data = Read(Version2);
        var featurizer = new SpanFeaturizer(new WordTokenizer(), longest: 64, longestQuestion: 8);
        var windows = featurizer.Encode(data.Questions.Examples).Windows;
        int start = windows[0].Start - windows[0].FirstContext, end = windows[0].End - windows[0].FirstContext;
        float[] none = [0, 9]; // score of no answer, beside 8 of "France", which is right for the first question alone
        float[][] answers = [.. windows.Select((w, i) =>
        {
            var logits = new float[2 * w.Sequence.Length];
            (logits[0], logits[w.FirstContext + start], logits[w.Sequence.Length + w.FirstContext + end]) = (none[i], 4, 4);
            return logits;
        })];
        var set = new SpanSet(data, featurizer);
        Assert.Equal("f1 0.5, exact 0.5, HasAns_f1 1, HasAns_exact 1, NoAns_f1 0, NoAns_exact 0", At(null));
        Assert.Equal("f1 1, exact 1, HasAns_f1 1, HasAns_exact 1, NoAns_f1 1, NoAns_exact 1", At(0));
        Assert.Equal("f1 0.5, exact 0.5, HasAns_f1 0, HasAns_exact 0, NoAns_f1 1, NoAns_exact 1", At(-10));
        Assert.Equal([("best_f1", new BestThreshold(1, -8)), ("best_exact", new BestThreshold(1, -8))], set.UpperBounds(answers));
        Assert.Equal("best_f1 1, best_exact 1", Told(set.Judge(answers)));

        set = new(data with { HasUnanswerable = false }, featurizer);
        Assert.Equal(("f1 0.5, exact 0.5", "f1 1, exact 1"), (Told(set.Judge(answers)), At(0)));
        Assert.Empty(set.UpperBounds(answers));

        string At(double? threshold) => Told(set.JudgeAt(answers, threshold));

        static string Told(IEnumerable<MetricValue> metrics) => string.Join(", ", metrics.Select(m => $"{m.Metric} {m.Value}"));
    }

    [Fact]
    public void Answers_of_nothing_but_articles_count_as_none_in_version_2()
    {
        var predictions = new Dictionary<string, string> { ["1"] = "the" };
        Assert.Equal(1, SquadEvaluation.Run(Questions(true, ("1", ["the"])), predictions).All.F1);
        Assert.Equal((1, 0), SquadEvaluation.Run(Questions(false, ("1", ["the"])), predictions).All is var all ? (all.Exact, all.F1) : default);
    }

    [Fact]
    public void Predictions_go_to_files_and_back()
    {
        using var folder = new TemporaryFolder();
        AnswerPrediction[] predictions = [new("q1", "\"Zürich\" & 𝒳", -2.5, []), new("q2", "x", 1.25, [])];
        SquadPredictionFile.WriteAnswers(folder["p.json"], predictions);
        Assert.Equal(("\"Zürich\" & 𝒳", "x"), SquadPredictionFile.ReadAnswers(folder["p.json"]) is var read ? (read["q1"], read["q2"]) : default);
        SquadPredictionFile.WriteAnswers(folder["p.json"], predictions, threshold: 0);
        Assert.Equal("", SquadPredictionFile.ReadAnswers(folder["p.json"])["q2"]);
        SquadPredictionFile.WriteNullOdds(folder["n.json"], predictions);
        Assert.Equal(-2.5, SquadPredictionFile.ReadNullOdds(folder["n.json"])["q1"]);
        SquadPredictionFile.WriteNullOdds(folder["n.json"], [new SpanDecoder().Decode(new("e", "?", "", []), [], [], [])]); // no answer at all is still a number in JSON
        Assert.Contains("line 1: not a JSON object from question ID to answer", Assert.Throws<TrainingException>(() => SquadPredictionFile.ReadAnswers(folder.Write("x.json", "[1]"))).Message);
        Assert.Contains("not a JSON object", Assert.Throws<TrainingException>(() => SquadPredictionFile.ReadAnswers(folder.Write("x.json", "{\"a\": null}"))).Message);
        Assert.Contains("line 1: not a JSON object from question ID to answer: a question stands there twice", Assert.Throws<TrainingException>(() => SquadPredictionFile.ReadAnswers(folder.Write("x.json", "{\"a\": \"x\", \"a\": \"y\"}"))).Message);
        var stray = new Dictionary<string, string> { ["a"] = "x", ["b"] = "y" };
        Assert.Contains("answer question b, which dev.json does not ask", Assert.Throws<TrainingException>(() => SquadEvaluation.Run(Questions(false, ("a", ["x"])), stray)).Message);
        Assert.Equal(1, SquadEvaluation.Run(Questions(false, ("a", ["x"])) is var some ? some with { Questions = some.Questions with { Skipped = 1 } } : null!, stray).All.Exact);
        Assert.Contains("no answer for question a", Assert.Throws<TrainingException>(() => SquadEvaluation.Run(Questions(false, ("a", ["x"])), new Dictionary<string, string>())).Message);
    }
}
