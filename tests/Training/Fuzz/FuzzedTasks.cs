using AlbertCompiled.Commands;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests.Training.Fuzz;

/// <summary>Readers of labelled data and of predictions.</summary>
internal static class FuzzedTasks
{
    const string Squad = """
        {"version":"v2.0","data":[{"title":"T","paragraphs":[{"context":"The 𝒳 a b c.","qas":[
        {"id":"1","question":"What a?","answers":[{"text":"a b","answer_start":6}]},{"id":"2","question":"Why?","is_impossible":true,"answers":[]}]}]}]}
        """;

    const string Race = """{"answers": ["B", "D"], "options": [["a", "b", "c", "d"], ["e", "f", "g", "h"]], "questions": ["What is _ ?", "Why?"], "article": "It was so.", "id": "middle1.txt"}""";

    static readonly GlueTask Rte = GlueTasks.Find("RTE")!;
    static readonly TextColumns Review = new("text", null, "label");
    static readonly SpanColumns Spans = new("question", "context", "answer", "start");
    static readonly LabelSet Tags = new("O", "B-C");
    static readonly ExampleSet<TextExample> Gold = new("dev.tsv", [new("a", "b", 0), new("c", "d", 1)]);
    static readonly ChoiceExample[] Choices = [new("1", "a", "b", ["c", "d"], 0), new("2", "a", "b", ["c", "d"], 1)];
    static readonly ExampleSet<TaggedExample> Sentences = new("dev.conll", [new(["a", "b"], [0, 1])]);
    static readonly SquadData Questions = new(new("dev.json", [new("1", "a", "the b", [new("the", 0)]), new("2", "a", "b", [])]), true);
    static readonly VocabularyTokenizer Tokenizer = new(FuzzInputs.Vocabulary);

    public static IReadOnlyList<FuzzedParser> All { get; } =
    [
        Row("CSV", "a.csv", ReadTexts, "text,label\n\"a, \"\"b\"\"\nc\",yes\nthe,no\n", "\ufefflabel,text\r\n1,a\r\n2,b\r\n"),
        Row("TSV", "a.tsv", ReadTexts, "text\tlabel\na \"b\tyes\nthe\tno\n"),
        Row("table of JSON lines", "a.jsonl", ReadTexts, """{"text":"a","label":"yes"}""" + "\n\n" + """{"label":3,"text":"\ud83d\ude00"}""" + "\n"),
        Row("GLUE", "train.tsv", p => Encode(GlueData.Training(Rte, Path.GetDirectoryName(p)!).Examples), "index\tsentence1\tsentence2\tlabel\n0\ta.\tb.\tentailment\n1\tc\tthe\tnot_entailment\n"),
        Row("table of answers", "a.jsonl", p => Encode(OwnSpans.Read(p, Spans).Examples), """{"question":"a?","context":"the 𝒳 b c","answer":"b","start":6}""" + "\n" + """{"question":"b?","context":"c","answer":"","start":0}"""),
        Row("table of choices", "a.jsonl", p => new ChoiceFeaturizer(Tokenizer, 32, 8).Encode(OwnChoices.Read(p, new("context", "question", ["options"], "label")).Examples), """{"context":"a","question":"b","options":["c","the"],"label":1}""" + "\n" + """{"context":"a","question":"b","options":["c","a","b"],"label":"C"}"""),
        Row("tags", "a.conll", ReadTags, "-DOCSTART- O\n\nthe DT O\nb NN B-C\n\nc O\n"),
        Row("SQuAD", "a.json", p => Encode(SquadFile.Read(p).Questions.Examples), Squad, Squad.Replace("v2.0", "1.1").Replace(""","is_impossible":true""", "")),
        Row("RACE", "high/1.txt", p => new ChoiceFeaturizer(Tokenizer, 32, 8).Encode(RaceFolder.Read(Path.GetDirectoryName(Path.GetDirectoryName(p))!).Examples), Race, Race.Replace("""
            "answers": ["B", "D"], 
            """, "")),
        Row("predicted classes", "a.tsv", p => TextPredictionFile.Evaluate(Rte.Task, p, Gold), "index\tprediction\n0\tentailment\n1\tnot_entailment\n"),
        Row("predicted scores", "a.tsv", p => TextPredictionFile.Evaluate(OwnTexts.Task("mine", null), p, new("dev.tsv", [new("a", Score: 1), new("b", Score: 3)])), "index\tprediction\n0\t1.5\n1\t-2e3\n"),
        Row("predicted options", "a.tsv", p => ChoicePredictionFile.Accuracy(Choices, ChoicePredictionFile.Read(p, new("questions", Choices))), "id\tanswer\n1\tA\n2\tB\n"),
        Row("predicted tags", "a.conll", p => TagPredictionFile.Evaluate(Sentences, TagPredictionFile.Read(p, Tags), Tags), "a\tO\nb\tB-C\n\n"),
        Row("predicted answers", "a.json", p => SquadEvaluation.Run(Questions, SquadPredictionFile.ReadAnswers(p)), """{"1":"the","2":""}"""),
        Row("null odds", "a.json", p => SquadEvaluation.Run(Questions, new Dictionary<string, string> { ["1"] = "the", ["2"] = "b" }, SquadPredictionFile.ReadNullOdds(p), 0.5), """{"1":-3.5,"2":1e3}"""),
        new("standard input", () => FuzzInputs.Texts("a the b\nc\n", """{"text":"a"}""" + "\n" + """{"text":"b"}"""), ReadInput, typeof(TrainingException)) { Allocation = (1024, 1 << 18), ShortRun = 250 },
    ];

    static FuzzedParser Row(string name, string file, Action<string> parse, params string[] seeds) =>
        FuzzedParser.OfFile(name, file, () => FuzzInputs.Texts(seeds), parse) with { Allocation = (2048, 1 << 18) };

    static void ReadTexts(string path) => Encode(OwnTexts.Read(path, Review, OwnTexts.Labels(path, Review), BadRows.Skip).Examples);

    static void ReadTags(string path)
    {
        var columns = new TagColumns("words", "tags");
        new TagFeaturizer(Tokenizer, 16, 4).Encode(OwnTags.Read(path, columns, OwnTags.Labels(path, columns)).Examples);
    }

    static void ReadInput(byte[] data)
    {
        var settings = new FineTuningConfiguration("classification", "AlbertTinyClassifier", ["no", "yes"], new("text", null, "label", "question", "context", null, ["options"], "words"), [], 32, 8, new(), 1, 64);
        using var input = new StandardInput(new MemoryStream(data), settings);
        input.Read(new(settings.Task, settings.Columns, settings.LabelSet(), new(Tokenizer, settings.Sequence, settings.Stride)));
    }

    static void Encode(IReadOnlyList<TextExample> examples) => new TextFeaturizer(Tokenizer, 16).Encode(examples);

    static void Encode(IReadOnlyList<SpanExample> examples) => new SpanFeaturizer(Tokenizer, 32, 8, 8).Encode(examples);
}
