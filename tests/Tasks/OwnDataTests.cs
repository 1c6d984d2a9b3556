using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Anybody's CSV, TSV and JSON lines.</summary>
public sealed class OwnDataTests
{
    static readonly TextColumns Columns = new("text", null, "label");

    static string Failure(string name, string text, Action<string> read)
    {
        using var folder = new TemporaryFolder();
        return Assert.ThrowsAny<TrainingException>(() => read(folder.Write(name, text))).Message;
    }

    static void Texts(string path) => OwnTexts.Read(path, Columns, new("no", "yes"));

    [Theory]
    [InlineData("a.csv", "id,text,label\r\n1,\"One, \"\"two\"\"\nthree\",yes\r\n2,four,no\r\n", "One, \"two\"\nthree")]
    [InlineData("a.tsv", "label\ttext\nyes\t\"One, two\nno\tfour\n", "\"One, two")]
    [InlineData("a.jsonl", "{\"label\": \"yes\", \"text\": \"One\\ttwo\", \"x\": [1]}\n\n{\"text\": \"four\", \"label\": \"no\"}", "One\ttwo")]
    public void Columns_are_found_by_name(string name, string text, string first)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write(name, text);
        var labels = OwnTexts.Labels(path, Columns);
        Assert.Equal(["no", "yes"], labels.Names);
        Assert.Equal([new(first, Label: 1), new TextExample("four", Label: 0)], OwnTexts.Read(path, Columns, labels).Examples);
        Assert.Equal([first, "four"], OwnTexts.Read(path, Columns with { Target = null }, null).Examples.Select(e => e.A));
    }

    [Fact]
    public void Lines_that_are_no_record_are_bad_rows()
    {
        string[] lines = ["not JSON", "{\"text\": \"one\", \"label\": \"no\"}", "{\"text\": \"two\"}", "[1]", "{\"text\": {\"a\": 1}, \"label\": \"yes\"}", "{\"text\": \"\\ud800\", \"label\": \"yes\"}", "{\"text\": \"six\", \"label\": \"yes\"}"];
        string[] faults = ["not JSON at byte 2 of the line", "", "no column \"label\"; there are \"text\"", "not a JSON object", "\"text\" is a JSON object, not text", "a string holds characters that are none", ""];
        using var folder = new TemporaryFolder();
        foreach (var (line, fault) in lines.Zip(faults).Where(l => l.Second.Length > 0))
            Assert.EndsWith($"a.jsonl, line 2: {fault}", Assert.Throws<BadRowException>(() => Texts(folder.Write("a.jsonl", $"{lines[1]}\n{line}\n"))).Message, StringComparison.Ordinal);

        string path = folder.Write("a.jsonl", string.Join('\n', lines));
        var labels = OwnTexts.Labels(path, Columns, BadRows.Skip);
        Assert.Equal(["no", "yes"], labels.Names);
        var read = OwnTexts.Read(path, Columns, labels, BadRows.Skip);
        Assert.Equal(["one", "six"], read.Examples.Select(e => e.A));
        Assert.Equal(5, read.Skipped);
        Assert.EndsWith("a.jsonl, line 1: not JSON at byte 2 of the line", read.FirstSkipped, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_are_labels_in_their_order_or_scores()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.jsonl", "{\"a\": \"x\", \"b\": \"y\", \"stars\": 10}\n{\"a\": \"x\", \"b\": \"y\", \"stars\": 9}\n");
        Assert.Equal(["9", "10"], OwnTexts.Labels(path, new("a", "b", "stars")).Names);
        Assert.Equal(new TextExample("x", "y", Score: 10), OwnTexts.Read(path, new("a", "b", "stars"), null).Examples[0]);
        Assert.Equal(["pearson", "spearman", "rmse"], OwnTexts.Task("t", null).Metrics.Select(m => m.Name));
        Assert.Equal(["accuracy", "macro_f1", "matthews"], OwnTexts.Task("t", new("a", "b", "c")).Metrics.Select(m => m.Name));
    }

    [Theory]
    [InlineData("a.csv", "text,label\nx,yes\n\"y\nz\",maybe\n", "a.csv, line 3: \"label\" is \"maybe\", none of the labels no, yes")]
    [InlineData("a.csv", "text,label\n\n\nx,maybe\n", "a.csv, line 4: \"label\" is \"maybe\"")]
    [InlineData("a.csv", "text,label\nx\n", "a.csv, line 2: \"label\" is missing")]
    [InlineData("a.csv", "text,label\nx,y,z\n", "a.csv, line 2: 3 fields, but the first line names 2")]
    [InlineData("a.tsv", "text\tlabel\nnice\tone\tyes\n", "a.tsv, line 2: 3 fields, but the first line names 2; a text must not hold a tab")]
    [InlineData("a.csv", "text,label\n\"x\" y,no\n", "a.csv, line 2: a quote out of place")]
    [InlineData("a.csv", "text,label\n\"x,no\n", "a.csv, line 2")]
    [InlineData("a.csv", "", "a.csv: the file is empty")]
    [InlineData("a.csv", "text;label\n", "a.csv, line 1: no column \"text\"; there are \"text;label\"")]
    [InlineData("a.tsv", "text\tlabel\n \tyes\n", "a.tsv, line 2: \"text\" is empty")]
    [InlineData("a.jsonl", "{\"text\": \"x\"}\n", "a.jsonl, line 1: no column \"label\"; there are \"text\"")]
    [InlineData("a.jsonl", "{\"text\": null, \"label\": \"no\"}\n", "a.jsonl, line 1: \"text\" is missing")]
    [InlineData("a.jsonl", "{\"text\": [\"x\"], \"label\": \"no\"}\n", "a.jsonl, line 1: \"text\" is a list, not text")]
    [InlineData("a.jsonl", "{\"text\": \"x\", \"label\": \"no\"}\n{\n", "a.jsonl, line 2: not JSON at byte 2 of the line")]
    [InlineData("a.jsonl", "{\"text\": \"\\ud800\", \"label\": \"no\"}\n", "a.jsonl, line 1: a string holds characters that are none")]
    [InlineData("a.jsonl", "[]\n", "a.jsonl, line 1: not a JSON object")]
    [InlineData("a.xlsx", "x", "its name must end in .csv, .tsv")]
    public void Faults_are_told_by_file_and_line(string name, string text, string message) => Assert.Contains(message, Failure(name, text, Texts));

    [Fact]
    public void A_table_in_another_encoding_is_told_with_the_way_to_convert_it()
    {
        using var folder = new TemporaryFolder();
        Assert.EndsWith("a.csv, line 2: byte 4 of the line (0xE9) is not UTF-8; convert the file, for example with iconv -f WINDOWS-1252 -t UTF-8", Message(System.Text.Encoding.Latin1));
        Assert.EndsWith("a.csv, line 1: byte 1 of the line (0xFF) is not UTF-8; this is UTF-16: convert the file with iconv -f UTF-16 -t UTF-8", Message(System.Text.Encoding.Unicode));

        string Message(System.Text.Encoding encoding)
        {
            File.WriteAllText(folder["a.csv"], "text,label\ncaf\u00E9,yes\n", encoding);
            return Assert.Throws<TrainingException>(() => Texts(folder["a.csv"])).Message;
        }
    }

    [Fact]
    public void Labels_to_learn_from_are_two_at_least()
    {
        Assert.Contains("\"label\" has no label but \"yes\"", Failure("a.csv", "text,label\nx,yes\n", p => OwnTexts.Labels(p, Columns)));
        const string Bad = "text,label\nx,yes\na, b,no\n";
        Assert.EndsWith("a.csv, line 3: 3 fields, but the first line names 2; quote fields that hold a comma", Failure("a.csv", Bad, p => OwnTexts.Labels(p, Columns)));
        Assert.Contains("\"label\" has no label but \"yes\"", Failure("a.csv", Bad, p => OwnTexts.Labels(p, Columns, BadRows.Skip)));
        Assert.Contains("a.csv, line 3: 3 fields", Failure("a.csv", Bad, p => OwnTags.Labels(p, new("text", "label"))));
        Assert.Contains("\"label\" has no labels", Failure("a.csv", "text,label\n", p => OwnTexts.Labels(p, Columns)));
    }

    [Fact]
    public void A_row_that_is_too_wide_may_be_left_out_and_gives_no_label()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, comma) in new[] { ("a.csv", ','), ("a.tsv", '\t'), ("a.txt", '\t') })
        {
            string path = folder.Write(name, "text,label\nnice,one,yes\nx,no\ny,yes\n".Replace(',', comma));
            Assert.Equal(["no", "yes"], OwnTexts.Labels(path, Columns, BadRows.Skip).Names);
            var read = OwnTexts.Read(path, Columns, new("no", "yes"), BadRows.Skip);
            Assert.Equal((2, 1), (read.Examples.Count, read.Skipped));
            Assert.Contains("1 bad row left out, the first: ", read.LeftOut);
        }
    }

    [Theory]
    [InlineData("a.csv", "text,label\nx,1\ny, 1\nz,2\n", "a.csv: the labels \" 1\" and \"1\" differ in white space alone")]
    [InlineData("a.csv", "text,label\nx,\"a\nb\"\ny,c\n", "a.csv: the label \"a\\nb\" holds a control character")]
    [InlineData("a.jsonl", "{\"text\": \"x\", \"label\": \"a\\u0001\"}\n", "a.jsonl: the label \"a\\u0001\" holds a control character")]
    public void Labels_are_told_apart_and_can_be_written(string name, string text, string message) => Assert.Contains(message, Failure(name, text, p => OwnTexts.Labels(p, Columns)));

    [Theory]
    [InlineData("a.csv", "text\nx\n\n\"\"\ny\n", "x,,,y")]
    [InlineData("a.tsv", "text\nx\n\ny\n", "x,,y")]
    [InlineData("a.tsv", "text\tid\nx\t1\n\ny\t2\n", "x,y")]
    public void Of_a_single_column_a_blank_line_is_a_text(string name, string text, string expected)
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(expected, string.Join(',', OwnTexts.Read(folder.Write(name, text), new("text", null, null), null).Examples.Select(e => e.A)));
    }

    [Fact]
    public void Answers_are_placed_in_their_context()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.csv", "q,c,a,at\nWho?,𝒳 Ann saw Ann,Ann,10\nWhy?,No reason,,\n");
        var columns = new SpanColumns("q", "c", "a");
        var found = OwnSpans.Read(path, columns).Examples;
        Assert.Equal((new("Ann", 3), "0", 0), (found[0].Answers[0], found[0].Id, found[1].Answers.Count));
        Assert.Equal(new Answer("Ann", 11), OwnSpans.Read(path, columns with { Start = "at" }).Examples[0].Answers[0]);
        Assert.Contains("line 2: the answer \"Bob\" is not in the context", Failure("a.csv", "q,c,a\nWho?,Ann,Bob\n", p => OwnSpans.Read(p, columns)));
        Assert.Contains("line 2: the answer starts at character 1.5, outside", Failure("a.csv", "q,c,a,at\nWho?,Ann,Ann,1.5\n", p => OwnSpans.Read(p, columns with { Start = "at" })));
    }

    [Fact]
    public void Answers_may_be_lists_with_their_places()
    {
        var columns = new SpanColumns("q", "c", "answers");
        const string Row = "{\"q\": \"What?\", \"c\": \"It is 42, not 42.\", \"answers\": {\"text\": [\"42\", \"42\"], \"answer_start\": [14, 6]}}\n";
        using var folder = new TemporaryFolder();
        var found = OwnSpans.Read(folder.Write("a.jsonl", Row + "{\"q\": \"Why?\", \"c\": \"So.\", \"answers\": {\"text\": [], \"answer_start\": []}}\n"), columns).Examples;
        Assert.Equal([new("42", 14), new Answer("42", 6)], found[0].Answers);
        Assert.Empty(found[1].Answers);
        Assert.Contains("line 1: the answer is \"42\", but at character 13 the context says \" 4\"", Failure("a.jsonl", Row.Replace("[14, 6]", "[13, 6]"), p => OwnSpans.Read(p, columns)));
        Assert.Contains("line 1: an answer has no text, or no place", Failure("a.jsonl", Row.Replace("[14, 6]", "[14]"), p => OwnSpans.Read(p, columns)));
        Assert.Contains("line 1: the answer \"{\"text\": 1}\" is not in the context", Failure("a.jsonl", "{\"q\": \"What?\", \"c\": \"So.\", \"answers\": {\"text\": 1}}\n", p => OwnSpans.Read(p, columns)));
    }

    [Fact]
    public void Options_stand_in_columns_or_lists()
    {
        using var folder = new TemporaryFolder();
        var csv = OwnChoices.Read(folder.Write("a.csv", "p,q,x,y,label\nP,Q,one,two,1\n"), new("p", "q", ["x", "y"], "label")).Examples[0];
        var json = OwnChoices.Read(folder.Write("a.jsonl", "{\"p\": \"P\", \"q\": \"Q\", \"options\": [\"one\", \"two\"], \"label\": \"B\"}"), new("p", "q", ["options"], "label")).Examples[0];
        Assert.Equal((1, "one two"), (csv.Label, string.Join(' ', csv.Options)));
        Assert.Equal((1, "one two"), (json.Label, string.Join(' ', json.Options)));
        var cell = OwnChoices.Read(folder.Write("b.csv", "p,q,options,label\nP,Q,\"[\"\"a big one\"\", \"\"two\"\"]\",1\n"), new("p", "q", ["options"], "label")).Examples[0];
        Assert.Equal((1, "a big one; two"), (cell.Label, string.Join("; ", cell.Options)));
        Assert.Contains("line 2: \"options\" is \"one two\", no JSON list such as [\"one\", \"another\"]", Failure("a.csv", "p,q,options,label\nP,Q,one two,1\n", p => OwnChoices.Read(p, new("p", "q", ["options"], "label"))));
        Assert.Contains("line 2: \"label\" is \"C\", no letter or index of 2 options", Failure("a.csv", "p,q,x,y,label\nP,Q,one,two,C\n", p => OwnChoices.Read(p, new("p", "q", ["x", "y"], "label"))));
        string letters = string.Join(", ", Enumerable.Range(0, 27).Select(i => $"\"{i}\""));
        Assert.Contains("line 1: there are 27 options; letters name 26 at most", Failure("a.jsonl", $"{{\"p\": \"P\", \"q\": \"Q\", \"options\": [{letters}]}}", p => OwnChoices.Read(p, new("p", "q", ["options"], null))));
    }

    [Theory]
    [InlineData("a.conll", "-DOCSTART- -X- O\n\nAnn NNP B-PER\nran VBD O\n\n\nBath NNP B-LOC\n")]
    [InlineData("a.jsonl", "{\"words\": [\"Ann\", \"ran\"], \"tags\": [\"B-PER\", \"O\"]}\n{\"words\": [\"Bath\"], \"tags\": [\"B-LOC\"]}\n")]
    [InlineData("a.tsv", "words\ttags\nAnn ran\tB-PER O\nBath\tB-LOC\n")]
    [InlineData("b.tsv", "words\ttags\n[\"Ann\", \"ran\"]\t[\"B-PER\", \"O\"]\n[\"Bath\"]\tB-LOC\n")]
    public void Words_have_tags(string name, string text)
    {
        using var folder = new TemporaryFolder();
        var columns = new TagColumns("words", "tags");
        string path = folder.Write(name, text);
        var tags = OwnTags.Labels(path, columns);
        Assert.Equal(["B-LOC", "B-PER", "O"], tags.Names);
        var examples = OwnTags.Read(path, columns, tags).Examples;
        Assert.Equal(["Ann ran: 1 2", "Bath: 0"], examples.Select(e => $"{string.Join(' ', e.Words)}: {string.Join(' ', e.Tags!)}"));
        Assert.Contains($"{name}, line ", Failure(name, text, p => OwnTags.Read(p, columns, new("O", "B-PER"))));
    }

    [Fact]
    public void Tags_go_to_files_and_are_judged()
    {
        using var folder = new TemporaryFolder();
        var tags = new LabelSet("O", "B-PER");
        var gold = new ExampleSet<TaggedExample>("gold", [new(["Ann", "ran"], [1, 0]), new(["She", "won"], [0, 0])]);
        TagPredictionFile.Write(folder["p.conll"], gold.Examples, [[1, 0], [0, 1]], tags);
        Assert.Equal("Ann\tB-PER\nran\tO\n\nShe\tO\nwon\tB-PER\n\n", File.ReadAllText(folder["p.conll"]));
        Assert.Equal(
            [new("accuracy", 3.0 / 4), new("macro_f1", (2.0 * 2 / 5 + 2.0 / 3) / 2), new MetricValue("entity_f1", 2.0 / 3)],
            TagPredictionFile.Evaluate(gold, TagPredictionFile.Read(folder["p.conll"], tags), tags));
        Assert.Contains("sentence 1 is not that of gold", Failure("p.conll", "Ann O\nran O\n\nShe O\n", p => TagPredictionFile.Evaluate(gold, TagPredictionFile.Read(p, tags), tags)));
        Assert.Contains("has 1 sentences, but gold 2", Failure("p.conll", "Ann O\n", p => TagPredictionFile.Evaluate(gold, TagPredictionFile.Read(p, tags), tags)));
    }

    [Fact]
    public void Words_without_tags_are_told()
    {
        Assert.Contains("line 2: 2 words but 1 tags", Failure("a.tsv", "words\ttags\nAnn ran\tO\n", p => OwnTags.Read(p, new("words", "tags"), new("O"))));
        Assert.Contains("line 1: \"Ann\" has no tag", Failure("a.conll", "Ann\n", p => OwnTags.Read(p, new("words", "tags"), new("O"))));
    }

    [Theory] // a file of predictions has a word and its tag a line
    [InlineData("{\"words\": [\"New York\"], \"tags\": [\"O\"]}", "line 1: the word \"New York\" holds white space")]
    [InlineData("{\"words\": [\"Ann\", \"\"], \"tags\": [\"O\", \"O\"]}", "line 1: a word is empty")]
    [InlineData("{\"words\": [\"Ann\"], \"tags\": [\"a b\"]}", "line 1: the tag \"a b\" holds white space")]
    public void Words_and_tags_are_whole(string line, string message)
    {
        Assert.Contains(message, Failure("a.jsonl", line, p => OwnTags.Read(p, new("words", "tags"), new("O"))));
    }
}
