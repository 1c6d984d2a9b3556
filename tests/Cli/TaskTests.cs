namespace AlbertCompiled.Tests;

/// <summary>Tasks on the command line.</summary>
public sealed class TaskTests
{
    const string Header = "index\tsentence1\tsentence2\tlabel\n";

    static TemporaryFolder Rte(string bad = "")
    {
        var folder = new TemporaryFolder();
        folder.Write("train.tsv", Header + "0\tThe value is set.\tIt has a value.\tentailment\n1\tNo.\tYes.\tnot_entailment\n2\tA.\tB.\tentailment\n" + bad);
        folder.Write("dev.tsv", Header + "0\tA.\tB.\tentailment\n1\tC.\tD.\tnot_entailment\n");
        return folder;
    }

    [Fact]
    public void Tasks_are_listed()
    {
        string output = CliRun.Of("tasks").Succeeds().Output;
        foreach (string task in new[] { "CoLA", "SST-2", "MRPC", "STS-B", "QQP", "MNLI", "QNLI", "RTE", "WNLI", "SQuAD", "RACE" }) Assert.Contains(task, output);
    }

    [Fact]
    public void Data_are_counted()
    {
        using var folder = Rte();
        string output = CliRun.Of("check-data", "rte", "--data", folder.Path, "--vocabulary", Path.Combine(AppContext.BaseDirectory, "docs-8000.model"), "--sequence", "8").Succeeds().Output;
        Assert.Contains("train.tsv: 3 examples\n  entailment: 2, balanced weight 0.75\n  not_entailment: 1, balanced weight 1.5\n", output);
        Assert.Contains("the longest of 8\n  1 truncated\n", output);
        Assert.Contains("dev.tsv: 2 examples", output);
    }

    [Fact]
    public void Options_of_other_tasks_are_refused()
    {
        using var folder = Rte();
        CliRun.Of("check-data", "rte", "--data", folder.Path, "--sequence", "8").Fails("--sequence and --stride are about tokens: name a --vocabulary");
        CliRun.Of("score", "rte", "--data", folder.Path, "--predictions", folder["p.tsv"], "--threshold", "3").Fails("--null-odds and --threshold are about questions without an answer; rte has none");
    }

    [Fact]
    public void Bad_rows_end_the_command_or_are_left_out()
    {
        using var folder = Rte("3\tA\tB\tperhaps\n");
        CliRun.Of("check-data", "RTE", "--data", folder.Path).Fails("train.tsv, line 5: \"label\" is \"perhaps\"");
        Assert.Contains("1 bad row left out, the first: ", CliRun.Of("check-data", "RTE", "--data", folder.Path, "--skip-bad-rows").Succeeds().Output);
        CliRun.Of("check-data", "RTE", "--data", folder["none"]).Fails("there is no folder");
        CliRun.Of("check-data", "RTA", "--data", folder.Path).Fails("there is no task \"RTA\": did you mean RTE? There are CoLA");
    }

    [Fact]
    public void Unseen_labels_of_ones_own_data_are_told()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train.csv", "review,stars\ngood,5\nbad,1\n");
        folder.Write("dev.csv", "review,stars\nfair,3\n");
        CliRun.Of("check-data", "classification", "--data", folder["train.csv"], folder["dev.csv"], "--text", "review", "--label", "stars").Fails("dev.csv, line 2: \"stars\" is \"3\", none of the labels 1, 5");
        CliRun.Of("check-data", "classification", "--data", folder["train.csv"], "--label", "stars").Fails("train.csv, line 1: no column \"text\"; there are \"review\", \"stars\"");
    }

    [Fact]
    public void Predictions_are_scored()
    {
        using var folder = Rte();
        string output = CliRun.Of("score", "RTE", "--data", folder.Path, "--predictions", folder.Write("RTE.tsv", "index\tprediction\n0\tentailment\n1\tentailment\n")).Succeeds().Output;
        Assert.StartsWith("accuracy              50.0000\n", output);
        Assert.Matches("not_entailment +1 +0\n", output);
        CliRun.Of("score", "RTE", "--data", folder.Path, "--predictions", folder["RTE.tsv"], "--set", "RTE").Fails("test.tsv has no labels");
    }

    [Fact]
    public void Answers_are_scored_with_the_best_threshold()
    {
        using var folder = new TemporaryFolder();
        string data = folder.Write("dev.json", """{"version": "v2.0", "data": [{"paragraphs": [{"context": "red blue", "qas": [{"id": "1", "question": "?", "answers": [{"text": "red", "answer_start": 0}]}, {"id": "2", "question": "?", "answers": [], "is_impossible": true}]}]}]}""");
        string answers = folder.Write("answers.json", """{"1": "red", "2": "blue"}"""), odds = folder.Write("odds.json", """{"1": -1.5, "2": 3}""");
        Assert.StartsWith("exact                 50.0000\nf1                    50.0000\nHasAns_exact         100.0000\n", CliRun.Of("score", "squad", "--data", data, "--predictions", answers).Succeeds().Output);
        Assert.EndsWith("best_f1              100.0000\nbest_f1_thresh        -1.5000\n", CliRun.Of("score", "SQuAD", "--data", data, "--predictions", answers, "--null-odds", odds).Succeeds().Output);
        Assert.StartsWith("exact                100.0000\n", CliRun.Of("score", "SQuAD", "--data", data, "--predictions", answers, "--null-odds", odds).Succeeds().Output); // 3 is above the script's 1
        Assert.StartsWith("exact                 50.0000\n", CliRun.Of("score", "SQuAD", "--data", data, "--predictions", answers, "--null-odds", odds, "--threshold", "3").Succeeds().Output);
        CliRun.Of("score", "SQuAD", "--data", data, "--predictions", answers, "--threshold", "0").Fails("--null-odds");
    }

    [Fact]
    public void Chosen_options_and_tags_are_scored()
    {
        using var folder = new TemporaryFolder();
        folder.Write("race/high/1.txt", """{"answers": ["A"], "options": [["a", "b", "c", "d"]], "questions": ["Why?"], "article": "So."}""");
        Assert.Equal("accuracy             100.0000\naccuracy_high        100.0000\n", CliRun.Of("score", "RACE", "--data", folder["race"], "--predictions", folder.Write("p.tsv", "id\tanswer\nhigh/1.txt-0\tA\n")).Succeeds().Output);
        folder.Write("race/high/2.txt", """{"options": [["a", "b", "c", "d"]], "questions": ["Why?"], "article": "So."}""");
        CliRun.Of("score", "RACE", "--data", folder["race"], "--predictions", folder.Write("p.tsv", "id\tanswer\nhigh/1.txt-0\tA\nhigh/2.txt-0\tA\n")).Fails("race, high/2.txt-0: the question has no answer");
        folder.Write("c.jsonl", "{\"context\": \"x\", \"question\": \"y\", \"options\": [\"a\", \"b\"], \"label\": 0}");
        CliRun.Of("score", "choices", "--data", folder["c.jsonl"], "--predictions", folder.Write("c.tsv", "id\tanswer\n0\tC\n")).Fails("c.tsv, line 2: \"answer\" is \"C\", no letter of 2 options");
        folder.Write("t.conll", "Ann B-PER\nran O\n");
        Assert.EndsWith("entity_f1            100.0000\n", CliRun.Of("score", "tags", "--data", folder["t.conll"], "--predictions", folder["t.conll"]).Succeeds().Output);
    }

    [Fact]
    public void Every_kind_of_own_data_is_read()
    {
        using var folder = new TemporaryFolder();
        string vocabulary = Path.Combine(AppContext.BaseDirectory, "docs-8000.model");
        Check("4 to 5", "regression", folder.Write("r.csv", "text,score\na,4\nb,5\n"));
        Check("1 with an answer", "answers", folder.Write("a.csv", "question,context,answer\nWho?,Ann ran.,Ann\nWhy?,Ann ran.,\n"));
        Check("2 sequences", "choices", folder.Write("c.jsonl", "{\"context\": \"x\", \"question\": \"y\", \"options\": [\"a\", \"b\"], \"label\": 0}"));
        Check("B: 1, balanced", "tags", folder.Write("t.conll", "Ann B\nran O\n"));

        // sequences as finetune reads them: half of one for a question, or an option with it
        string words = string.Concat(Enumerable.Repeat(" red", 80));
        Check("the longest of 128\n  1 truncated", "choices", folder.Write("long.jsonl", $"{{\"context\": \"{words}\", \"question\": \"y{words}\", \"options\": [\"a\", \"b\"], \"label\": 0}}"), "--sequence", "128");
        Check("; 1 questions truncated; 0 answers", "answers", folder.Write("long.csv", $"question,context,answer\nWho{words}?,Ann ran.,Ann\n"), "--sequence", "64");

        void Check(string expected, string task, string file, params string[] more) => Assert.Contains(expected, CliRun.Of(["check-data", task, "--data", file, "--vocabulary", vocabulary, .. more]).Succeeds().Output);
    }
}
