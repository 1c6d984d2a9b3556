using System.Text.Json;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Fine-tuning on the command line, with the zoo's tiny models.</summary>
public sealed partial class FineTuneTests
{
    static readonly string[] Things = ["phone", "charger", "case", "battery", "screen", "cable"];

    static string Reviews(int count, int shift = 0) => "text,label\n" + string.Concat(Enumerable.Range(shift, count).Select(i =>
        $"The {Things[i % 6]} is {(i % 2 == 0 ? "good" : "bad")} and the {Things[i / 6 % 6]} too.,{(i % 2 == 0 ? "yes" : "no")}\n"));

    static TemporaryFolder Data()
    {
        var folder = new TemporaryFolder();
        folder.Write("train.csv", Reviews(48));
        folder.Write("dev.csv", Reviews(20, 5));
        return folder;
    }

    static string[] Arguments(TemporaryFolder folder, string run, params string[] more)
    {
        string[] defaults = [.. new[] { ("--batch-size", "8"), ("--learning-rate", "0.002"), ("--epochs", "4") }.Where(d => !more.Contains(d.Item1)).SelectMany(d => new[] { d.Item1, d.Item2 })];
        return ["finetune", "classification", "--data", folder["train.csv"], folder["dev.csv"], "--run", folder[run], .. defaults, .. more];
    }

    static CliRun Run(params string[] args) => CliRun.Zoo(args);

    [Fact]
    public void A_classifier_is_trained_evaluated_and_asked()
    {
        using var folder = Data();
        string output = Run(Arguments(folder, "run")).Succeeds().Output;
        Assert.Contains("weights: none: from scratch; a new head", output);
        Assert.Contains("accuracy 100.00, f1 of yes 100.00", output);
        Assert.Contains("always the most frequent class of the development data: accuracy 50.00", output);
        foreach (string file in new[] { "finetuning.json", "model.safetensors", "vocabulary.model", "report.html", "metrics.jsonl", "dev.tsv" }) Assert.True(File.Exists(folder[$"run/{file}"]), file);
        string report = File.ReadAllText(folder["run/report.html"]);
        Assert.Contains("predicted class (columns)", report);
        Assert.Contains("f1 of yes", report);
        Assert.Contains("<th>column of the text</th>", report);
        Assert.DoesNotContain("answer", report); // columns that other tasks read
        Assert.Equal(24 + 4, File.ReadLines(folder["run/metrics.jsonl"]).Count());

        string evaluated = Run("evaluate", folder["run"], "--predictions", folder["again.tsv"]).Succeeds().Output;
        Assert.StartsWith("accuracy             100.0000\n", evaluated);
        Assert.Matches("\nf1 of yes +100.0000\n", evaluated);
        Assert.Matches("no +10 +0\nyes +0 +10\n", evaluated);
        Assert.Equal(File.ReadAllText(folder["run/dev.tsv"]), File.ReadAllText(folder["again.tsv"]));
        Assert.StartsWith("accuracy             100.0000\n", Run("score", "classification", "--data", folder["train.csv"], folder["dev.csv"], "--predictions", folder["run/dev.tsv"]).Succeeds().Output);

        string dev = File.ReadAllText(folder["dev.csv"]), kept = $"{folder["dev.csv"]} is part of the data: write the predictions to another file";
        Run("evaluate", folder["run"], "-o", folder["dev.csv"]).Fails(kept);
        Run("predict", folder["run"], "--data", folder["dev.csv"], "-o", folder["dev.csv"]).Fails(kept);
        Run("evaluate", folder["run"], "-o", folder["train.csv"]).Fails($"{folder["train.csv"]} is part of the data");
        CliRun.WithInput("a\n", "predict", folder["run"], "-o", folder["train.csv"]).Fails($"{folder["train.csv"]} is part of the data");
        Run("predict", folder["run"], "--data", folder["train.csv"], "-o", folder["run/model.safetensors"]).Fails($"{folder["run/model.safetensors"]} is a file of the model in {folder["run"]}: write the predictions to another");
        Run("evaluate", folder["run"], "-o", folder["run/finetuning.json"]).Fails("is a file of the model in");
        Run("predict", folder["run"], "--data", folder["train.csv"], "-o", folder["run/predictions.tsv"]).Succeeds();
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateSymbolicLink(folder["link"], folder.Path);
            Run("predict", folder["run"], "--data", folder["link/dev.csv"], "-o", folder["dev.csv"]).Fails(kept);
            Run("predict", folder["link/run"], "--data", folder["dev.csv"], "-o", folder["run/model.safetensors"]).Fails("is a file of the model in");
        }

        Assert.Equal(dev, File.ReadAllText(folder["dev.csv"]));
        Run(Arguments(folder, "run", "--epochs", "1", "--new", "--batch-tokens", "100000000")).Fails(" GB for batches of 100,000,000 tokens");     // and the model stays

        string[] lines = CliRun.WithInput("The phone is good.\nThe cable is bad.\n", "predict", folder["run"]).Succeeds().Output.TrimEnd('\n').Split('\n');
        Assert.Equal(["yes", "no"], lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("label").GetString()));
        string asked = CliRun.WithInput("{\"text\": \"The phone is good.\"}\n", "predict", folder["run"]).Succeeds().Output;
        Assert.Equal(lines[0], asked.TrimEnd('\n'));
        Assert.Equal(3, CliRun.WithInput("a\n\nb\n", "predict", folder["run"]).Succeeds().Output.Count(c => c == '\n')); // a blank line is a text too
        CliRun.WithInput("a\tb\n", "predict", folder["run"]).Fails("standard input, line 1: 2 texts, where the task has one");
        CliRun.WithInput([(byte)'a', 0xFF, (byte)'\n'], "predict", folder["run"]).Fails("standard input, line 1: byte 2 of the line (0xFF) is not UTF-8");
        CliRun.WithInput("", "predict", folder["run"]).Fails("standard input is empty");
        string table = folder.Write("new.csv", "id,text,label\n7,The phone is good.,yes\n9,\"The cable, is bad.\",\n");
        Assert.Matches("^{\"row\":{\"id\":\"7\",\"label\":\"yes\"},\"label\":\"[a-z]+\",\"probability\":.*\n{\"row\":{\"id\":\"9\",\"label\":\"\"},", Run("predict", folder["run"], "--data", table, "--keep", "id", "label").Succeeds().Output);
        Run("predict", folder["run"], "--data", table, "--keep", "id", "text", "label", "-o", folder["kept.csv"]).Succeeds();
        Assert.Matches("^id,text,label,prediction,probability\n7,The phone is good.,yes,[a-z]+,[0-9.]+\n9,\"The cable, is bad.\",,[a-z]+,[0-9.]+\n$", File.ReadAllText(folder["kept.csv"]));
        Assert.Contains("\"row\":{\"id\":\"3\"}", CliRun.WithInput("{\"text\": \"The phone is good.\", \"id\": 3}\n", "predict", folder["run"], "--keep", "id").Succeeds().Output);
        CliRun.WithInput("The phone is good.\n", "predict", folder["run"], "--keep", "id").Fails("standard input, line 1: no column \"id\"");
        Run("predict", folder["run"], "--data", table, "--keep", "nr").Fails("new.csv", "no column \"nr\"");
        Run("predict", folder["run"], "--data", table, "--keep", "id", "id").Fails("--keep names the column id twice");
        Run("predict", folder["run"], "--data", folder.Write("named.csv", "text,probability\na,1\n"), "--keep", "probability", "-o", folder["kept.csv"]).Fails("the column probability cannot be kept");
        Run("predict", folder["run"], "--data", folder.Write("one.txt", "The phone is good.\n")).Fails($"one.txt, line 1: no column \"text\"", $"; plain texts, one a line, go to standard input: < {folder["one.txt"]}");
        CliRun.WithInput("{\"txt\": 1}\n", "predict", folder["run"]).Fails("standard input, line 1: no column \"text\"");
    }

    [Fact]
    public void Seeds_are_summarized_and_answer_together()
    {
        using var folder = Data();
        string output = Run(Arguments(folder, "runs", "--seeds", "3", "--balance", "--epochs", "1")).Succeeds().Output;
        Assert.Matches("accuracy: median [0-9.]+ of 3 seeds, from .*; all together \\(predictions averaged\\) [0-9.]+\n", output);
        string report = File.ReadAllText(folder["runs/report.html"]);
        Assert.Contains("median of 3 seeds", report);
        Assert.Contains("all together (predictions averaged): ", report);
        string[] lines = Run("evaluate", folder["runs"]).Succeeds().Output.Split('\n');
        Assert.Equal(3, lines.Count(l => l.StartsWith(folder["runs/seed-4"], StringComparison.Ordinal)));

        double Probability(params string[] runs) => JsonDocument.Parse(CliRun.WithInput("The phone is good.\n", ["predict", .. runs]).Succeeds().Output).RootElement.GetProperty("probabilities").GetProperty("yes").GetDouble();
        string a = folder["runs/seed-42"], b = folder["runs/seed-43"];
        Assert.NotEqual(Probability(a), Probability(b));
        Assert.Equal((Probability(a) + Probability(b)) / 2, Probability(a, b), 1e-6);
        Run(Arguments(folder, "runs")).Fails("holds several seeds");
        Run(Arguments(folder, "next", "--from", folder["runs"])).Fails($"{folder["runs"]} holds several fine-tuned models: name one, such as {a}");
        Run("fill-mask", folder["runs"], "a [MASK]").Fails("holds several fine-tuned models");
    }

    [Fact]
    public void A_task_starts_from_another_ones_model()
    {
        using var folder = Data();
        Run(Arguments(folder, "first")).Succeeds();
        string same = Run(Arguments(folder, "same", "--from", folder["first"], "--epochs", "1", "--learning-rate", "1e-9")).Succeeds().Output;
        Assert.Contains("the head knows these labels", same);
        Assert.Contains("accuracy 100.00", same);
        folder.Write("train.csv", Reviews(48).Replace(",yes", ",1").Replace(",no", ",0"));
        folder.Write("dev.csv", Reviews(20, 5).Replace(",yes", ",1").Replace(",no", ",0"));
        string other = Run(Arguments(folder, "other", "--from", folder["first"], "--epochs", "1", "--learning-rate", "1e-9", "--seed", "7")).Succeeds().Output;
        Assert.Contains("a new head", other);
        Assert.DoesNotContain("loss 0.0", other);
        string score = Run("finetune", "regression", "--data", folder["train.csv"], folder["dev.csv"], "--label", "label", "--from", folder["first"], "--run", folder["score"], "--epochs", "3", "--batch-size", "8").Succeeds().Output;
        Assert.Contains("pearson", score);
        Assert.Contains("; a new head", score);
        Assert.Matches("^\\{\"score\":[0-9.-]+\\}\n$", CliRun.WithInput("The phone is good.\n", "predict", folder["score"]).Succeeds().Output);
        CliRun.WithInput("x\n", "predict", folder["first"], folder["score"]).Fails("their tasks differ");
    }

    [Fact]
    public void Glue_gets_a_file_for_its_server()
    {
        using var folder = new TemporaryFolder();
        const string Header = "index\tsentence1\tsentence2\tlabel\n";
        folder.Write("rte/train.tsv", Header + "0\tA.\tB.\tentailment\n1\tC.\tD.\tnot_entailment\n");
        folder.Write("rte/dev.tsv", Header + "0\tA.\tB.\tentailment\n1\tC.\tD.\tnot_entailment\n");
        folder.Write("rte/test.tsv", "index\tsentence1\tsentence2\n0\tA.\tB.\n1\tC.\tD.\n2\tE.\tF.\n");
        Run("finetune", "--task", "rte", "--data", folder["rte"], "--run", folder["run"], "--epochs", "1").Succeeds();
        Assert.Equal(4, File.ReadLines(folder["run/RTE.tsv"]).Count());
        Run("predict", folder["run"], "--data", folder["rte"], "--predictions", folder["RTE.tsv"]).Succeeds();
        Run("predict", folder["run"], "--data", folder["rte"], "--predictions", folder["rte/test.tsv"]).Fails("rte/test.tsv is part of the data");
        Assert.Equal(File.ReadAllText(folder["run/RTE.tsv"]), File.ReadAllText(folder["RTE.tsv"]));
        Assert.Single(CliRun.WithInput("A.\tB.\n", "predict", folder["run"]).Succeeds().Output.TrimEnd('\n').Split('\n'));
        CliRun.WithInput("A.\tB.\n", "predict", folder["run"], "--set", "RTE").Fails("--set names a test set of a GLUE task: name the task's folder by --data");
        Run("predict", folder["run"], "--data", folder["RTEE"]).Fails($"there is no file or folder {folder["RTEE"]}: --data takes the folder of RTE");
        folder.Write("rte/test.tsv", "index\tsentence1\n0\tA.\n");
        Run("finetune", "RTE", "--data", folder["rte"], "--run", folder["other"], "--epochs", "1").Fails("test.tsv, line 1: no column \"sentence2\"");
        Assert.False(Directory.Exists(folder["other"]));
    }

    [Theory]
    [InlineData("classification")]
    [InlineData("regression")]
    public void A_model_whose_answers_are_no_numbers_is_not_kept(string task)
    {
        using var folder = Data();
        string data = folder.Write("scores.csv", "text,label,score\n" + string.Concat(Enumerable.Range(0, 12).Select(i => $"The {Things[i % 6]}.,{i % 2},{i % 5}\n")));
        Run("finetune", task, "--data", data, data, "--run", folder["run"], "--epochs", "1", "--batch-size", "64", "--warmup", "0", "--learning-rate", "1e30")
            .Fails("the model's answers are no numbers", "a lower --learning-rate, in the same --run with --new");
        Assert.False(File.Exists(folder["run/model.safetensors"]));
    }

    [Fact]
    public void What_a_model_does_not_see_is_told()
    {
        using var folder = Data();
        File.AppendAllText(folder["train.csv"], "no label,\nhalf,a,row\n");
        string[] warnings = Run(Arguments(folder, "run", "--epochs", "1", "--sequence", "8", "--skip-bad-rows")).Error.TrimEnd('\n').Split('\n');
        Assert.Equal(
        [
            $"warning: training data: 2 bad rows left out, the first: {folder["train.csv"]}, line 50: \"label\" is \"\", none of the labels no, yes",
            "warning: training data: 48 of 48 examples cut to the longest sequence (--sequence of albert finetune)",
            "warning: development data: 20 of 20 examples cut to the longest sequence (--sequence of albert finetune)",
        ], warnings);
        Assert.Equal($"warning: {folder["dev.csv"]}: 20 of 20 examples cut to the longest sequence (--sequence of albert finetune)\n", Run("evaluate", folder["run"]).Error);
        Assert.Equal("warning: standard input: 1 of 2 examples cut to the longest sequence (--sequence of albert finetune)\n",
            CliRun.WithInput("short\nThe phone is good and the charger is good and the case is good too.\n", "predict", folder["run"]).Error);
    }

    [Fact]
    public void Rows_that_training_left_out_are_left_out_of_the_same_data_later()
    {
        using var folder = Data();
        File.AppendAllText(folder["dev.csv"], "half,a,row\n");
        Run(Arguments(folder, "run", "--epochs", "1")).Fails("dev.csv, line 22");
        Assert.Equal(0, Run(Arguments(folder, "run", "--epochs", "1", "--skip-bad-rows")).Code);
        var own = Run("evaluate", folder["run"]);
        Assert.Equal((0, 1), (own.Code, own.Error.Split("1 bad row left out").Length - 1));
        Run("evaluate", folder["run"], "--data", folder["dev.csv"]).Fails("dev.csv, line 22");
        Assert.Equal(own.Output, Run("evaluate", folder["run"], "--data", folder["dev.csv"], "--skip-bad-rows").Output);
    }

    [Fact]
    public void A_label_may_be_anything_that_a_file_can_say()
    {
        using var folder = Data();
        foreach (string file in new[] { "train.csv", "dev.csv" }) folder.Write(file, File.ReadAllText(folder[file]).Replace(",yes", ",\uFFFE\U0001F600").Replace(",no", ",<no>"));
        Run(Arguments(folder, "run", "--epochs", "1")).Succeeds();
        string page = File.ReadAllText(folder["run/report.html"]);
        Assert.Contains("\uFFFD\U0001F600", page);
        Assert.DoesNotContain('\uFFFE', page);
    }

    [Fact]
    public void An_interrupted_run_answers_no_test_set()
    {
        using var folder = new TemporaryFolder();
        const string Header = "index\tsentence1\tsentence2\tlabel\n";
        folder.Write("rte/train.tsv", Header + "0\tA.\tB.\tentailment\n1\tC.\tD.\tnot_entailment\n");
        folder.Write("rte/dev.tsv", Header + "0\tA.\tB.\tentailment\n1\tC.\tD.\tnot_entailment\n");
        folder.Write("rte/test.tsv", "index\tsentence1\tsentence2\n0\tA.\tB.\n");
        string[] command = ["finetune", "RTE", "--data", folder["rte"], "--run", folder["run"], "--epochs", "2"];
        Assert.Equal(130, CliRun.InterruptedAfter("epoch 1", command).Code);
        Assert.True(File.Exists(folder["run/dev.tsv"]));
        Assert.False(File.Exists(folder["run/RTE.tsv"]));
        Assert.Equal(130, CliRun.InterruptedAfter("epoch 2", command).Code); // all epochs are done, the test set is not answered
        Assert.False(File.Exists(folder["run/RTE.tsv"]));
        File.Delete(folder["run/model.safetensors"]); // killed before they were saved, after the checkpoint was
        Run(command).Succeeds();
        Assert.True(File.Exists(folder["run/RTE.tsv"]));
        Assert.True(File.Exists(folder["run/model.safetensors"]));
        File.Delete(folder["run/report.html"]);
        Run(command).Fails($"{folder["run"]} holds a fine-tuned model already"); // the page is not what makes it one
    }

    [Fact]
    public void Answers_options_and_tags_are_learned_too()
    {
        using var folder = new TemporaryFolder();
        string[] colours = ["red", "blue", "green"];
        string Spans() => "question,context,answer\n" + string.Concat(Enumerable.Range(0, 36).Select(i => $"What is its colour.,The {Things[i % 6]} is {colours[i % 3]} and new.,{colours[i % 3]}\n"));
        string Choices() => "{0}" + string.Concat(Enumerable.Range(0, 36).Select(i => $"{{\"context\": \"A {Things[i % 6]}.\", \"question\": \"Which.\", \"options\": [\"{(i % 2 == 0 ? "good" : "bad")}\", \"{(i % 2 == 0 ? "bad" : "good")}\"], \"label\": {i % 2}}}\n"));
        string Tags() => string.Concat(Enumerable.Range(0, 36).Select(i => $"The O\n{Things[i % 6]} O\nis O\n{colours[i % 3]} B-C\n\n"));
        Learn("answers", Spans(), "csv", "f1", "{\"question\": \"What is its colour.\", \"context\": \"The case is red and new.\"}", "\"answer\":\"red\"");
        Learn("choices", Choices()[3..], "jsonl", "accuracy", "{\"context\": \"A case.\", \"question\": \"Which.\", \"options\": [\"bad\", \"good\"]}", "\"answer\":\"B\"");
        Learn("tags", Tags(), "conll", "entity_f1", "{\"words\": [\"The\", \"case\", \"is\", \"blue\"]}", "\"tags\":[\"O\",\"O\",\"O\",\"B-C\"]");

        void Learn(string task, string text, string extension, string metric, string question, string answer)
        {
            string data = folder.Write($"{task}.{extension}", text), run = folder[task];
            string output = Run("finetune", task, "--data", data, data, "--run", run, "--epochs", "12", "--batch-size", "6", "--learning-rate", "0.002", "--sequence", "64").Succeeds().Output;
            Assert.Contains($"{metric} 100.00", output);
            Assert.StartsWith($"{metric,-20} 100.0000\n", Run("evaluate", run).Succeeds().Output);
            Assert.Contains(answer, CliRun.WithInput(question + "\n", "predict", run).Succeeds().Output);
            CliRun.WithInput("Which?\n", "predict", run).Fails($"standard input, line 1: not a JSON object; {task} takes JSON lines with the fields of its data");
        }
    }

    [Theory]
    [InlineData("answers", "qa_outputs.weight")]
    [InlineData("regression", "classifier.weight")]
    [InlineData("choices", "classifier.weight")]
    public void A_head_without_labels_is_kept_by_a_task_of_the_same_kind(string task, string head)
    {
        using var folder = new TemporaryFolder();
        string data = task switch
        {
            "answers" => folder.Write("data.csv", "question,context,answer\nWhich.,The case is here.,case\nWhich.,The cable is new.,cable\n"),
            "regression" => folder.Write("data.csv", "text,score\nThe case is good.,4\nThe case is bad.,1\n"),
            _ => folder.Write("data.jsonl", "{\"context\": \"A case.\", \"question\": \"Which.\", \"options\": [\"good\", \"bad\"], \"label\": 0}\n"),
        };
        Assert.Contains("; a new head", Tune("first").Output);
        Assert.Contains("; the head is kept", Tune("again", "--from", folder["first"], "--learning-rate", "1e-9", "--seed", "7").Output);
        Assert.Equal(Head("first"), Head("again"), (x, y) => Math.Abs(x - y) < 1e-6);

        CliRun Tune(string run, params string[] more) => Run(["finetune", task, "--data", data, data, "--run", folder[run], "--epochs", "1", "--sequence", "64", .. more]).Succeeds();

        float[] Head(string run)
        {
            using var file = Safetensors.Open(folder[$"{run}/model.safetensors"]);
            return file.ReadSingles(head);
        }
    }

    [Fact]
    public void Products_may_be_rounded()
    {
        using var folder = Data();
        Run(Arguments(folder, "half", "--precision", "bf16", "--epochs", "1")).Succeeds();
        Run(Arguments(folder, "full", "--epochs", "1")).Succeeds();
        Assert.NotEqual(CliRun.Measured(folder["full/metrics.jsonl"]), CliRun.Measured(folder["half/metrics.jsonl"]));
        Assert.Equal(Compute.BFloat16, new FineTunedFolder(folder["half"]).ReadConfiguration().Recipe.Precision);
        Run("evaluate", folder["half"]).Succeeds();
        Run(Arguments(folder, "none", "--precision", "fp8")).Fails("no precision is called fp8");
    }

    [Fact]
    public void A_fine_tuned_folder_is_told_of_and_exported()
    {
        using var folder = Data();
        Run(Arguments(folder, "run", "--epochs", "1")).Succeeds();
        string info = Run("info", folder["run"]).Succeeds().Output;
        foreach (string part in new[] { "a fine-tuned model for classification, from scratch", "labels: no, yes", "best: epoch 1 of 1, accuracy ", "AlbertTinyClassifier" }) Assert.Contains(part, info);
        Assert.Contains("fine-tuned for classification", Run("export", folder["run"], "--folder", folder["out"], "--onnx", folder["run.onnx"]).Succeeds().Output);
        Assert.True(File.Exists(folder["run.onnx"]));
        var config = PublishedFolder.Open(folder["out"]).Config;
        Assert.Equal(("AlbertForSequenceClassification", 2), (config.Class, config.Labels));
        Assert.Contains("\"0\": \"no\"", File.ReadAllText(folder["out/config.json"]));
        Assert.Contains("\"classifier_dropout_prob\": 0.1", File.ReadAllText(folder["out/config.json"]));
        using (var written = Safetensors.Open(folder["out/model.safetensors"]))
        using (var kept = Safetensors.Open(folder["run/model.safetensors"]))
        {
            Assert.Equal(2, written["classifier.weight"].Shape[0]);
            Assert.Equal(kept.ReadSingles("classifier.weight")[..(2 * (int)written["classifier.weight"].Shape[1])], written.ReadSingles("classifier.weight"));
        }

        Assert.Contains("; the head knows these labels", Run(Arguments(folder, "again", "--from", folder["out"], "--epochs", "1")).Succeeds().Output);
        foreach (string[] command in (string[][])[["export", folder["out"], "--onnx", folder["x.onnx"]], ["graph", folder["out"]], ["info", folder["out"], "--plan"]])
            Run(command).Fails("AlbertTiny computes the same but was compiled without classify: albert declare");       // its head is what counts
        Run("export", folder["run"], "--best", "--onnx", folder["x.onnx"]).Fails("holds a fine-tuned model, of its best epoch: leave it out");
        Run("fill-mask", folder["run"], "a [MASK]").Fails("holds a fine-tuned model for classification", "albert predict answers with it");
        Run("finetune", "regression", "--data", folder.Write("scores.csv", "text,score\na,1\nb,2\n"), folder["scores.csv"], "--run", folder["score"], "--epochs", "1").Succeeds();
        Run("export", folder["score"], "--folder", folder["y"]).Fails("cannot be published: it scores texts", "--onnx takes it");
    }

    [Fact]
    public void Bad_input_is_one_line()
    {
        using var folder = Data();
        Run("finetune", "--data", folder["train.csv"]).Fails("name a task");
        Run("finetune", "classification", "--data", folder["train.csv"], "--run", folder["x"]).Fails("training data and development data");
        Run(Arguments(folder, "x", "--epochs", "0")).Fails("--epochs takes a whole number from 1, not 0");
        Run(Arguments(folder, "x", "--from", folder["none"])).Fails("none");
        Run(Arguments(folder, "x", "--class-weights", "nothing=2")).Fails("there is no class nothing in the training data");
        Run(Arguments(folder, "x", "--class-weights", "much")).Fails("--class-weights much: name a class and a weight from 0 to 1000");
        Run(Arguments(folder, "x", "--class-weights", "no=1e99")).Fails("a weight from 0 to 1000");
        Run(Arguments(folder, "x", "--seeds", "2", "--seed", "18446744073709551615")).Fails("there is no seed above 18446744073709551615");
        Run("finetune", "RTE", "--data", folder["train.csv"], "--run", folder["x"]).Fails("train.csv is a file: --data takes the folder of RTE");
        Run(Arguments(folder, "x", "--balance", "--class-weights", "nothing=2")).Fails("--class-weights");
        Run(Arguments(folder, "x", "--class-weights", "no=0", "yes=0")).Fails("weight");
        string scores = folder.Write("scores.csv", "text,score\na,1\nb,2\n");
        Run("finetune", "regression", "--data", scores, scores, "--run", folder["x"], "--balance").Fails("--balance and --class-weights are about classes of texts");
        Run(Arguments(folder, "x", "--model", "AlbertLarge")).Fails("no compiled model has AlbertLarge's encoder and [Classification]: ", " declare AlbertLarge --task classification prints its declaration");
        Run(Arguments(folder, "x", "--sequence", "1000")).Fails("512 positions");
        folder.Write("many.csv", "text,label\n" + string.Concat(Enumerable.Range(0, 33).Select(i => $"a,{i}\n")));
        Run("finetune", "classification", "--data", folder["many.csv"], folder["many.csv"], "--run", folder["x"]).Fails("33 labels", "[Classification(labels: 33)]");
        Run("evaluate", folder.Path).Fails("is not the folder of a fine-tuned model");
        Assert.False(Directory.Exists(folder["x"]));
    }
}
