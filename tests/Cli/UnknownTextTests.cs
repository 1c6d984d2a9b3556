using System.Text;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Text that the vocabulary does not know, or of which nothing can be masked, is told.</summary>
public sealed class UnknownTextTests : PretrainingCommandTests
{
    const string Advice = "train one on this text (data/train-vocabulary.sh) and name it by --vocabulary";

    static string Vocabulary => Path.Combine(AppContext.BaseDirectory, "docs-8000.model");

    static string Documents(Func<int, string> sentence) =>
        string.Concat(Enumerable.Range(0, 60).Select(document => string.Concat(Enumerable.Range(0, 20).Select(i => sentence(20 * document + i) + "\n")) + "\n"));

    static string Japanese(int i) => $"\u5024\u306F{(char)('\u3042' + i % 40)}\u8A2D\u5B9A\u3055\u308C\u307E\u3059\u3002";

    [Fact]
    public void Text_of_another_script_is_told_by_pretrain_and_prepare()
    {
        folder.Write("text/a.txt", Documents(Japanese));
        var run = Pretrain("--split", "lines");
        Assert.Equal(0, run.Code);
        string warning = Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
        Assert.Matches(@"^warning: 1 text file in .*: [2-9]\d\.\d% of the pieces are unknown to the vocabulary .*docs-8000\.model, ", warning);
        Assert.EndsWith(Advice, warning);
        Assert.Equal(warning + "\n", CliRun.Of("prepare", "--text", folder["text"], "--split", "lines", "--out", folder["dataset"]).Error);
    }

    [Fact]
    public void Examples_of_another_script_are_told_with_their_share()
    {
        string rows = "text,score\n" + string.Concat(Enumerable.Range(0, 8).Select(i => $"{Japanese(i)},{i}\n")), data = folder.Write("scores.csv", rows);
        Assert.Matches(@"\n  [2-9]\d\.\d% of the pieces are unknown to the vocabulary\n", CliRun.Of("check-data", "regression", "--data", data, "--vocabulary", Vocabulary).Succeeds().Output);
        var tuned = CliRun.Zoo("finetune", "regression", "--data", data, data, "--run", folder["tuned"], "--epochs", "1");
        Assert.Equal(0, tuned.Code);
        string[] warnings = tuned.Error.TrimEnd('\n').Split('\n');
        Assert.Equal(["warning: training data", "warning: development data"], warnings.Select(w => w.Split(": ")[0] + ": " + w.Split(": ")[1]));
        Assert.All(warnings, w => Assert.EndsWith(Advice, w));
        var predicted = CliRun.WithInput(Encoding.UTF8.GetBytes(Japanese(1) + "\n"), "predict", folder["tuned"]);
        Assert.StartsWith("warning: standard input: ", predicted.Error);
        Assert.EndsWith(Advice + " of albert finetune\n", predicted.Error);
        Assert.Contains("\n  0.0% of the pieces are unknown to the vocabulary\n", CliRun.Of("check-data", "regression", "--data", folder.Write("known.csv", "text,score\nThe value is set.,1\n"), "--vocabulary", Vocabulary).Succeeds().Output);
    }

    [Fact]
    public void Held_out_text_of_which_nothing_can_be_masked_is_not_scored()
    {
        string[] words = ["value", "object", "string", "method", "element", "index", "type", "buffer"];
        folder.Write("text/a.txt", Documents(i => string.Concat(Enumerable.Range(0, 60).Select(k => words[(i + k * k) % words.Length])) + "."));
        var run = Pretrain();
        Assert.Equal(0, run.Code);
        Assert.Contains("warning: no token of the held-out text can be masked", run.Error);
        Assert.Contains(", 0 masked tokens:\n  no token of it can be masked: ", run.Output);
        Assert.DoesNotContain("masked tokens found", run.Output);
        Assert.DoesNotContain("most frequent token", run.Output);
    }

    [Fact]
    public void A_token_is_counted_in_a_small_dataset_and_in_parts_of_a_large_one()
    {
        var vocabulary = TestText.Vocabulary;
        foreach (int sentences in new[] { 3, 1500 })
        {
            string path = folder[$"dataset-{sentences}"];
            Directory.CreateDirectory(path);
            using (var writer = new CorpusWriter(path, vocabulary))
            {
                int[] sentence = [.. Enumerable.Range(0, 4000).Select(i => i % 4 == 0 ? vocabulary.Unknown : vocabulary.Ordinary[i % 100])];
                for (int document = 0; document < 3; document++) writer.Add(document == 0, [.. Enumerable.Repeat((sentence, 0), sentences)]);
                writer.Finish("key", "text of the tests", []);
            }

            using var corpus = Corpus.Open(path);
            Assert.Equal(0.25, corpus.Share(vocabulary.Unknown), 1e-4);
        }
    }
}
