using AlbertCompiled.Commands;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Predictions are written in the form that the name of the file tells, and read again.</summary>
public sealed class PredictionTableTests
{
    static readonly TextTask Task = OwnTexts.Task("mine", new("a, \"b\"", "c"));

    [Theory]
    [InlineData("p.tsv", "index\tprediction\n0\ta, \"b\"\n1\tc\n")]
    [InlineData("p.csv", "index,prediction\n0,\"a, \"\"b\"\"\"\n1,c\n")]
    [InlineData("p.jsonl", "{\"index\":0,\"prediction\":\"a, \\\"b\\\"\"}\n{\"index\":1,\"prediction\":\"c\"}\n")]
    [InlineData("p", "index\tprediction\n0\ta, \"b\"\n1\tc\n")]
    public void Classes_are_written_and_read(string name, string text)
    {
        using var folder = new TemporaryFolder();
        TextPredictionFile.Write(Task, folder[name], (int[])[0, 1]);
        Assert.Equal(text, File.ReadAllText(folder[name]));
        Assert.Equal(1, TextPredictionFile.Evaluate(Task, folder[name], new("gold", [new("x", Label: 0), new("y", Label: 1)]))[0].Value);
    }

    [Theory]
    [InlineData("p.tsv", "index\tprediction\n0\t0.000299\n1\t-250000\n")]
    [InlineData("p.csv", "index,prediction\n0,0.000299\n1,-250000\n")]
    [InlineData("p.jsonl", "{\"index\":0,\"prediction\":0.000299}\n{\"index\":1,\"prediction\":-250000}\n")]
    public void Scores_are_written_and_read(string name, string text)
    {
        using var folder = new TemporaryFolder();
        var task = OwnTexts.Task("mine", null);
        TextPredictionFile.Write(task, folder[name], (double[])[0.000299f, -250_000]);
        Assert.Equal(text, File.ReadAllText(folder[name]));
        Assert.Equal(1, TextPredictionFile.Evaluate(task, folder[name], new("gold", [new("x", Score: 3), new("y", Score: 1)]))[0].Value, 1e-9);
    }

    [Theory]
    [InlineData("p.csv")]
    [InlineData("p.jsonl")]
    public void Options_are_written_and_read(string name)
    {
        using var folder = new TemporaryFolder();
        var questions = new ExampleSet<ChoiceExample>("gold", [new("1", "p", "q", ["a", "b"], 1), new("2", "p", "q", ["a", "b"], 0)]);
        ChoicePredictionFile.Write(folder[name], questions.Examples, [1, 0]);
        Assert.Equal([1, 0], ChoicePredictionFile.Read(folder[name], questions));
    }

    [Theory]
    [InlineData("classify", "p.json", "predictions are not written as .json: the name of the file must end in .tsv, .csv, .jsonl, not ")]
    [InlineData("answer", "p.tsv", "the name of the file must end in .json, not ")]
    [InlineData("tag", "p.csv", "the name of the file must end in .conll, not ")]
    [InlineData("choose", "file/p.tsv", "p.tsv: ")]
    [InlineData("classify", "folder.tsv", "folder.tsv: it is a folder")]
    public void What_cannot_be_written_is_told_before(string program, string name, string message)
    {
        using var folder = new TemporaryFolder();
        folder.Write("file", "");
        Directory.CreateDirectory(folder["folder.tsv"]);
        Assert.Contains(message, Assert.Throws<TrainingException>(() => PredictionFiles.Check(folder[name], program)).Message);
        PredictionFiles.Check(folder["new/p.CSV"], "classify");
        PredictionFiles.Check(folder["pipe"], "classify");
        Assert.Equal(["file", "folder.tsv"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
    }
}
