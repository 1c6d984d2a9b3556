using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>RACE's folders and answers.</summary>
public sealed class RaceTests
{
    const string Passage = """{"answers": ["B", "D"], "options": [["a", "b", "c", "d"], ["e", "f", "g", "h"]], "questions": ["What is _ ?", "Why?"], "article": "It was so.", "id": "middle1.txt"}""";

    static TemporaryFolder Folder(string passage = Passage)
    {
        var folder = new TemporaryFolder();
        folder.Write("dev/middle/10.txt", passage);
        folder.Write("dev/middle/9.txt", Passage.Replace("Why?", "Who?"));
        folder.Write("dev/high/1.txt", Passage);
        return folder;
    }

    [Fact]
    public void Questions_are_read_in_order_of_level_file_and_number()
    {
        using var folder = Folder();
        var examples = RaceFolder.Read(folder["dev"]).Examples;
        Assert.Equal(["middle/9.txt-0", "middle/9.txt-1", "middle/10.txt-0", "middle/10.txt-1", "high/1.txt-0", "high/1.txt-1"], examples.Select(e => e.Id));
        Assert.Equal(("It was so.", "Who?", 3), (examples[1].Passage, examples[1].Question, examples[1].Label));
        Assert.Equal(["e", "f", "g", "h"], examples[1].Options);
        Assert.Same(examples[0].Passage, examples[1].Passage);
    }

    [Fact]
    public void Answers_go_to_files_and_are_judged_by_level()
    {
        using var folder = Folder();
        var questions = RaceFolder.Read(folder["dev"]);
        var examples = questions.Examples;
        ChoicePredictionFile.Write(folder["answers.tsv"], examples, [1, 3, 1, 0, 0, 3]);
        Assert.StartsWith("id\tanswer\nmiddle/9.txt-0\tB\nmiddle/9.txt-1\tD\n", File.ReadAllText(folder["answers.tsv"]));
        var values = RaceFolder.Evaluate(examples, ChoicePredictionFile.Read(folder["answers.tsv"], questions));
        Assert.Equal([new("accuracy", 4 / 6.0), new("accuracy_middle", 3 / 4.0), new MetricValue("accuracy_high", 1 / 2.0)], values);
        string[] wrong =
        [
            Read("middle/9.txt-0\tA\n"), Read("middle/9.txt-0\tE\n"), Read("middle/9.txt-0\tA\nmiddle/9.txt-1\tA\nmiddle/9.txt-0\tB\n"), Read("high/2.txt-0\tA\n"),
        ];
        Assert.Contains("no answer to question middle/9.txt-1", wrong[0]);
        Assert.Contains("a.tsv, line 2: \"answer\" is \"E\", no letter of 4 options", wrong[1]);
        Assert.Contains("a.tsv, line 4: question middle/9.txt-0 is answered above already", wrong[2]);
        Assert.Contains($"a.tsv, line 2: {folder["dev"]} does not ask question high/2.txt-0", wrong[3]);

        string Read(string rows) => Assert.ThrowsAny<TrainingException>(() => ChoicePredictionFile.Read(folder.Write("a.tsv", "id\tanswer\n" + rows), questions)).Message;
    }

    [Theory]
    [InlineData("\"D\"]", "\"E\"]", "10.txt, question 1: the answer is \"E\", not A, B, C or D")]
    [InlineData("\"a\", ", "", "10.txt, question 0: 3 options, not 4")]
    [InlineData("[\"e\", \"f\", \"g\", \"h\"]", "null", "10.txt, question 1: 0 options, not 4")]
    [InlineData("\"f\"", "null", "10.txt, question 1: an option is empty")]
    [InlineData("\"f\"", "\" \"", "10.txt, question 1: an option is empty")]
    [InlineData("\"Why?\"", "\"\"", "10.txt, question 1: the question is empty")]
    [InlineData("It was so.", "", "10.txt, question 0: the article is empty")]
    [InlineData(", \"Why?\"", "", "10.txt: 1 questions, 2 lists of options, 2 answers")]
    [InlineData("\"article\"", "\"text\"", "10.txt, line 1, byte 162: not RACE's format: missing required properties including: 'article'")]
    [InlineData("{", "", "10.txt, line 1, byte 10: not RACE's format: the value is of another kind")]
    public void Faults_are_told_by_file_and_question(string part, string instead, string message)
    {
        using var folder = Folder(Passage.Replace(part, instead));
        Assert.Contains(message, Assert.ThrowsAny<TrainingException>(() => RaceFolder.Read(folder["dev"])).Message);
    }

    [Fact]
    public void Folders_without_files_are_told()
    {
        using var folder = Folder();
        Assert.Contains("has no files middle/*.txt or high/*.txt", Assert.Throws<TrainingException>(() => RaceFolder.Read(folder.Path)).Message);
        Assert.Contains("no such folder", Assert.Throws<TrainingException>(() => RaceFolder.Read(folder["none"])).Message);
        Assert.Equal(2, RaceFolder.Read(folder["dev"], BadRows.Skip) is var all && all.Skipped == 0 ? all.Examples.Count(e => e.Id.StartsWith("high/")) : -1);
    }
}
