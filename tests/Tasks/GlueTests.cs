using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>GLUE's files as they were published, and its submissions.</summary>
public sealed class GlueTests
{
    const string MnliHeader = "index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\tsentence1_parse\tsentence2_parse\tsentence1\tsentence2\tlabel1\tgold_label\n";
    const string MnliDevHeader = "index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\tsentence1_parse\tsentence2_parse\tsentence1\tsentence2\tlabel1\tlabel2\tlabel3\tlabel4\tlabel5\tgold_label\n";

    /// <summary>Task, file, what it holds, and the first example of it.</summary>
    public static TheoryData<string, string, string, TextExample> Files => new()
    {
        { "CoLA", "train.tsv", "gj04\t1\t\tOur friends won't buy it.\nr-67\t0\t*\tThe \"box in was.\n", new("Our friends won't buy it.", Label: 1) },
        { "CoLA", "test.tsv", "index\tsentence\n0\tBill coughed.\n", new("Bill coughed.") },
        { "SST-2", "dev.tsv", "sentence\tlabel\nit 's a charming journey . \t1\nbad\t0\n", new("it 's a charming journey . ", Label: 1) },
        { "SST-2", "test.tsv", "index\tsentence\n0\tuneasy mishmash\n", new("uneasy mishmash") },
        { "MRPC", "train.tsv", "\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n0\t702876\t702977\tAmrozi \"accused\" him.\tReferring to him as only \"the witness\r\n", new("Amrozi \"accused\" him.", "Referring to him as only \"the witness", 0) },
        { "MRPC", "test.tsv", "index\t#1 ID\t#2 ID\t#1 String\t#2 String\n0\t1\t2\tPCCW's\tCurrent\n", new("PCCW's", "Current") },
        { "STS-B", "dev.tsv", "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n0\tmain\tMSRvid\t2012\t1\tnone\tnone\tA plane.\tAn air plane.\t4.750\n", new("A plane.", "An air plane.", Score: 4.75) },
        { "STS-B", "test.tsv", "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\n0\tmain\tMSRvid\t2012\t1\tnone\tnone\tA girl.\tA boy.\n", new("A girl.", "A boy.") },
        { "QQP", "train.tsv", "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n133273\t213221\t213222\tHow?\tWhy?\t0\n", new("How?", "Why?", 0) },
        { "QQP", "test.tsv", "id\tquestion1\tquestion2\n0\tWould it?\tWould she?\n", new("Would it?", "Would she?") },
        { "MNLI", "train.tsv", MnliHeader + "0\t31193\t31193n\tgovernment\t( a )\t( b )\t(ROOT a)\t(ROOT b)\tCream skimming.\tProduct and geography.\tneutral\tneutral\n", new("Cream skimming.", "Product and geography.", 2) },
        { "MNLI", "dev_matched.tsv", MnliDevHeader + "0\t63735\t63735n\tslate\t( a )\t( b )\t(ROOT a)\t(ROOT b)\tHello.\tHi.\tneutral\tentailment\tneutral\tneutral\tentailment\tcontradiction\n", new("Hello.", "Hi.", 0) },
        { "QNLI", "train.tsv", "index\tquestion\tsentence\tlabel\n0\tWhen?\tThen.\tnot_entailment\n", new("When?", "Then.", 1) },
        { "RTE", "dev.tsv", "index\tsentence1\tsentence2\tlabel\n0\tDana died.\tDana is dead.\tentailment\n", new("Dana died.", "Dana is dead.", 0) },
        { "WNLI", "train.tsv", "index\tsentence1\tsentence2\tlabel\n0\tI stuck a pin.\tThe pin.\t1\n", new("I stuck a pin.", "The pin.", 1) },
    };

    static ExampleSet<TextExample> Read(GlueTask task, TemporaryFolder folder, string file) =>
        file == GlueTask.Training ? GlueData.Training(task, folder.Path)
        : task.Development.FirstOrDefault(s => s.File == file) is { } development ? GlueData.Development(task, folder.Path, development)
        : GlueData.Test(task, folder.Path, task.Tests.First(s => s.File == file));

    [Theory]
    [MemberData(nameof(Files))]
    public void Files_are_read_as_published(string task, string file, string text, TextExample first)
    {
        using var folder = new TemporaryFolder();
        folder.Write(file, text);
        Assert.Equal(first, Read(GlueTasks.Find(task)!, folder, file).Examples[0]);
    }

    [Fact]
    public void Every_task_has_a_case_above() => Assert.Equal(GlueTasks.All.Select(t => t.Name), Files.Select(f => (string)f[0]).Distinct());

    [Fact]
    public void Submissions_have_the_names_and_labels_of_the_server()
    {
        Assert.Equal(
            ["AX", "CoLA", "MNLI-m", "MNLI-mm", "MRPC", "QNLI", "QQP", "RTE", "SST-2", "STS-B", "WNLI"],
            GlueTasks.All.SelectMany(t => t.Tests).Select(s => s.Name).Order(StringComparer.Ordinal));
        using var folder = new TemporaryFolder();
        TextPredictionFile.Write(GlueTasks.Find("mnli")!.Task, folder["MNLI-m.tsv"], (int[])[2, 0, 1]);
        Assert.Equal("index\tprediction\n0\tneutral\n1\tcontradiction\n2\tentailment\n", File.ReadAllText(folder["MNLI-m.tsv"]));
        TextPredictionFile.Write(GlueTasks.Find("STS-B")!.Task, folder["STS-B.tsv"], (double[])[5.25, 1.23456, -1]);
        Assert.Equal("index\tprediction\n0\t5.000\n1\t1.235\n2\t0.000\n", File.ReadAllText(folder["STS-B.tsv"]));
    }

    [Fact]
    public void Predictions_are_judged_by_the_metrics_of_the_task()
    {
        using var folder = new TemporaryFolder();
        folder.Write("dev.tsv", "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t1\t2\ta\tb\n1\t1\t2\tc\td\n0\t1\t2\te\tf\n");
        var task = GlueTasks.Find("MRPC")!;
        var gold = GlueData.Development(task, folder.Path, task.Development[0]);
        TextPredictionFile.Write(task.Task, folder["p.tsv"], (int[])[1, 0, 0]);
        Assert.Equal([new("accuracy", 2.0 / 3), new MetricValue("f1 of 1", 2.0 / 3)], TextPredictionFile.Evaluate(task.Task, folder["p.tsv"], gold));
        Fails("p.tsv, line 3: index \"2\" where 1 is due", "index\tprediction\n0\t1\n2\t0\n");
        Fails("p.tsv: 2 predictions, but", "index\tprediction\n0\t1\n1\t0\n");
        Fails("p.tsv, line 2: \"prediction\" is \"x\", none of the labels 0, 1", "index\tprediction\n0\tx\n");

        void Fails(string message, string text) =>
            Assert.Contains(message, Assert.ThrowsAny<TrainingException>(() => TextPredictionFile.Evaluate(task.Task, folder.Write("p.tsv", text), gold)).Message);
    }

    [Theory]
    [InlineData("0\ta\tb\tentailment\n1\ta\tb\tmaybe\n", "train.tsv, line 3: \"label\" is \"maybe\", none of the labels entailment, not_entailment")]
    [InlineData("0\ta\tb\n", "train.tsv, line 2: \"label\" is missing")]
    [InlineData("0\t \tb\tentailment\n", "train.tsv, line 2: \"sentence1\" is empty")]
    [InlineData("", "train.tsv: no examples")]
    public void A_bad_row_is_told_by_its_line(string rows, string message)
    {
        using var folder = new TemporaryFolder();
        folder.Write("train.tsv", "index\tsentence1\tsentence2\tlabel\n" + rows);
        Assert.Contains(message, Assert.ThrowsAny<TrainingException>(() => GlueData.Training(GlueTasks.Find("RTE")!, folder.Path)).Message);
    }

    [Fact]
    public void A_bad_number_is_told()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train.tsv", "sentence1\tsentence2\tscore\na\tb\tNaN\n");
        Assert.Contains("line 2: \"score\" is \"NaN\", not a number", Assert.ThrowsAny<TrainingException>(() => GlueData.Training(GlueTasks.Find("STS-B")!, folder.Path)).Message);
        folder.Write("train.tsv", "sentence1\tsentence2\tscore\na\tb\t1\na\tb\t1e39\n");
        Assert.Contains("line 3: \"score\" is \"1e39\", beyond what a model computes with", Assert.ThrowsAny<TrainingException>(() => GlueData.Training(GlueTasks.Find("STS-B")!, folder.Path)).Message);
    }

    [Fact]
    public void A_missing_column_is_told_with_those_there_are()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train.tsv", "sentence\tmark\na\t1\n");
        Assert.Contains("line 1: no column \"label\"; there are \"sentence\", \"mark\"", Assert.ThrowsAny<TrainingException>(() => GlueData.Training(GlueTasks.Find("SST-2")!, folder.Path)).Message);
        Assert.Contains("cannot read", Assert.Throws<TrainingException>(() => GlueData.Training(GlueTasks.Find("RTE")!, folder["none"])).Message);
    }

    [Fact]
    public void Damaged_rows_of_qqp_and_rows_to_skip_are_left_out_and_counted()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train.tsv", "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t2\t3\tHow\n does it?\t0\n4\t5\t6\ta\tb\t1\n");
        var read = GlueData.Training(GlueTasks.Find("QQP")!, folder.Path);
        Assert.Equal((1, 2), (read.Examples.Count, read.Skipped));
        Assert.EndsWith("train.tsv, line 2: \"question2\" is missing", read.FirstSkipped);
        folder.Write("train.tsv", "sentence\tlabel\na\t1\nb\t7\n");
        Assert.Equal(1, GlueData.Training(GlueTasks.Find("SST-2")!, folder.Path, BadRows.Skip).Skipped);
        folder.Write("train.tsv", "sentence\tlabel\nb\t7\n");
        Assert.Contains("no examples; the first of 1 bad rows", Assert.ThrowsAny<TrainingException>(() => GlueData.Training(GlueTasks.Find("SST-2")!, folder.Path, BadRows.Skip)).Message);
    }

    [Fact]
    public void Wrong_encodings_are_told_by_line_and_byte()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["train.tsv"], [.. "sentence\tlabel\ngood\t1\ncaf"u8, 0xE9, .. "\t0\n"u8]);
        Assert.Contains("train.tsv, line 3: byte 4 of the line (0xE9) is not UTF-8", Assert.ThrowsAny<TrainingException>(() => GlueData.Training(GlueTasks.Find("SST-2")!, folder.Path)).Message);
        File.WriteAllText(folder["train.tsv"], "sentence\tlabel\n", System.Text.Encoding.Unicode);
        Assert.Contains("train.tsv, line 1: byte 1 of the line (0xFF)", Assert.ThrowsAny<TrainingException>(() => GlueData.Training(GlueTasks.Find("SST-2")!, folder.Path)).Message);
    }
}
