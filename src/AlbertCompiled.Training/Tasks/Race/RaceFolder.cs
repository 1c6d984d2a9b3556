namespace AlbertCompiled.Training;

/// <summary>Reads RACE (Lai et al. 2017): a folder (train, dev or test) with the folders middle and high, in which every *.txt is a JSON object.</summary>
public static class RaceFolder
{
    const int Options = 4; // of a question

    static readonly string[] Levels = ["middle", "high"];

    /// <summary>
    /// The questions of a folder. A question's ID is its file's path in the folder with the number of the question from 0, such as
    /// "high/1.txt-0".
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="badRows">What becomes of questions with a bad answer or without text.</param>
    /// <exception cref="TrainingException">The folder has no such files, or one of them is not RACE's, or a question is bad.</exception>
    public static ExampleSet<ChoiceExample> Read(string folder, BadRows badRows = BadRows.Refuse) =>
        ExampleSet<ChoiceExample>.Read(folder, Files(folder).SelectMany(Questions), ToExample, badRows);

    /// <summary>Shares of right options over all questions, over those for middle schools and over those for high schools.</summary>
    /// <param name="examples">The questions, all with a label.</param>
    /// <param name="predicted">The option predicted for each.</param>
    public static IReadOnlyList<MetricValue> Evaluate(IReadOnlyList<ChoiceExample> examples, IReadOnlyList<int> predicted) =>
    [
        ChoicePredictionFile.Accuracy(examples, predicted),
        .. from level in Levels
           let chosen = Enumerable.Range(0, examples.Count).Where(i => examples[i].Id.StartsWith(level + "/", StringComparison.Ordinal)).ToList()
           where chosen.Count > 0
           select ChoicePredictionFile.Accuracy([.. chosen.Select(i => examples[i])], [.. chosen.Select(i => predicted[i])], $"accuracy_{level}"),
    ];

    static IEnumerable<(string Id, string Path)> Files(string folder)
    {
        if (!FileSearch.FolderExists(folder)) throw new TrainingException($"no such folder: {folder}");
        bool any = false;
        foreach (string level in Levels.Where(l => FileSearch.FolderExists(Path.Combine(folder, l))))
            foreach (string file in FileSearch.Files(Path.Combine(folder, level), "*.txt").OrderBy(f => Path.GetFileName(f).Length).ThenBy(f => f, StringComparer.Ordinal))
            {
                any = true;
                yield return ($"{level}/{Path.GetFileName(file)}", file);
            }

        if (!any) throw new TrainingException($"{folder} has no files middle/*.txt or high/*.txt");
    }

    static IEnumerable<(RowPlace Place, string Id, PassageJson Passage, int Index)> Questions((string Id, string Path) file)
    {
        var passage = DataJson.Read<PassageJson>(file.Path, "RACE");
        if (passage.Questions.Length != passage.Options.Length || passage.Answers is { } a && a.Length != passage.Questions.Length)
            throw new TrainingException($"{file.Path}: {passage.Questions.Length} questions, {passage.Options.Length} lists of options, {passage.Answers?.Length ?? 0} answers");
        return Enumerable.Range(0, passage.Questions.Length).Select(i => (new RowPlace(file.Path, $"question {i}"), $"{file.Id}-{i}", passage, i));
    }

    static ChoiceExample ToExample((RowPlace Place, string Id, PassageJson Passage, int Index) q)
    {
        string question = q.Passage.Questions[q.Index];
        string?[]? options = q.Passage.Options[q.Index];
        if (string.IsNullOrWhiteSpace(q.Passage.Article)) throw q.Place.Error("the article is empty");
        if (string.IsNullOrWhiteSpace(question)) throw q.Place.Error("the question is empty");
        if (options?.Length != Options) throw q.Place.Error($"{options?.Length ?? 0} options, not {Options}");
        if (options.Any(string.IsNullOrWhiteSpace)) throw q.Place.Error("an option is empty");
        int? label = q.Passage.Answers is null ? null : ChoicePredictionFile.Find(q.Passage.Answers[q.Index], Options) ?? throw q.Place.Error($"the answer is \"{q.Passage.Answers[q.Index]}\", not A, B, C or D");
        return new(q.Id, q.Passage.Article, question, options!, label);
    }

    internal sealed record PassageJson(string Article, string[] Questions, string?[]?[] Options, string[]? Answers = null);
}
