namespace AlbertCompiled.Training;

/// <summary>Reads SQuAD 1.1 (Rajpurkar et al. 2016) and 2.0 (Rajpurkar et al. 2018).</summary>
public static class SquadFile
{
    /// <summary>The questions of a file. Contexts that questions share are one string.</summary>
    /// <param name="path">The file.</param>
    /// <param name="badRows">What becomes of questions whose answers are not where the file says.</param>
    /// <exception cref="TrainingException">The file cannot be read or is not SQuAD's, or a question is bad.</exception>
    public static SquadData Read(string path, BadRows badRows = BadRows.Refuse)
    {
        var squad = DataJson.Read<SquadJson>(path, "SQuAD");
        var questions = from article in Whole(squad.Data, path) from paragraph in Whole(article.Paragraphs, path) from question in Whole(paragraph.Qas, path) select (paragraph.Context, question);
        var seen = new HashSet<string>();
        var set = ExampleSet<SpanExample>.Read(path, questions, q => ToExample(q.Context, q.question, new(path, $"question {q.question.Id}"), seen), badRows);
        bool hasUnanswerable = squad.Version?.StartsWith("v2", StringComparison.OrdinalIgnoreCase) ?? false;
        return new(set, hasUnanswerable || questions.Any(q => q.question.IsImpossible));
    }

    static SpanExample ToExample(string context, QuestionJson question, RowPlace place, HashSet<string> seen)
    {
        if (string.IsNullOrWhiteSpace(context)) throw place.Error("the context is empty");
        if (string.IsNullOrWhiteSpace(question.Question)) throw place.Error("the question is empty");
        if (!seen.Add(question.Id)) throw place.Error("there is another question of this ID");
        var answers = question.IsImpossible ? [] : question.Answers ?? [];
        return new(question.Id, question.Question, context, [.. answers.Select(a => AnswerPlace.At(context, NotEmpty(a?.Text, place), a!.AnswerStart, place))]);
    }

    static string NotEmpty(string? answer, RowPlace place) => string.IsNullOrWhiteSpace(answer) ? throw place.Error("an answer is empty") : answer;

    static T[] Whole<T>(T[] items, string path) where T : class =>
        Array.IndexOf(items, null) < 0 ? items : throw new TrainingException($"{path}: null stands in a list of articles, paragraphs or questions; restore the file");

    // names as in the files, by the naming policy
    internal sealed record SquadJson(ArticleJson[] Data, string? Version = null);

    internal sealed record ArticleJson(ParagraphJson[] Paragraphs);

    internal sealed record ParagraphJson(string Context, QuestionJson[] Qas);

    internal sealed record QuestionJson(string Id, string Question, AnswerJson?[]? Answers = null, bool IsImpossible = false);

    internal sealed record AnswerJson(string Text, int AnswerStart);
}

/// <summary>The questions of a SQuAD file.</summary>
/// <param name="Questions">The questions; one without answers has none in its context.</param>
/// <param name="HasUnanswerable">True for SQuAD 2.0, where a model may also say that there is no answer.</param>
public sealed record SquadData(ExampleSet<SpanExample> Questions, bool HasUnanswerable);
