using AlbertCompiled.Cpu;
using AlbertCompiled.Tests.Cpu;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>Tasks: what they minimise and infer, against the definition in float64, a reference, and sums by hand.</summary>
[Collection(CompiledAllocationTests.Name)]
public class TaskTests
{
    public static TheoryData<Type, string, string> Models => new()
    {
        { typeof(TaskClassifier), "Classification", "classify" },
        { typeof(TaskRegression), "Regression", "regress" },
        { typeof(TaskSpans), "SpanAnswer", "answer" },
        { typeof(TaskTags), "TokenTags", "tag" },
        { typeof(TaskChoice), "MultipleChoice", "choose" },
        { typeof(TaskBertSpans), "SpanAnswer", "answer" },
        { typeof(TaskBertRegression), "Regression", "regress" },
    };

    [Theory, MemberData(nameof(Models))]
    public void Losses_gradients_and_logits_are_those_of_the_definition(Type type, string task, string program)
    {
        using var device = CompiledModels.Open("cpu");
        using var twin = new Twin(type, device, TaskBatches.Capacity);
        Assert.Equal(type == typeof(TaskChoice) ? ["encode", "train", "evaluate", program] : ["train", "evaluate", program], twin.Model.Description.Programs.Select(p => p.Name));
        foreach (var batch in (TokenBatch[])[TaskBatches.Random(task, 7, 5, 12, 2, 8, 11), TaskBatches.Random(task, 8, 6, 3), TaskBatches.Random(task, 9, 4)])
        {
            twin.Model.Step++;      // another mask of dropout
            twin.CompareTraining(batch, 2e-5, 5e-6);
            twin.CompareInference(batch);
            twin.CompareProgram(program, task, batch);
        }
    }

    [Theory, MemberData(nameof(Models))]
    public void A_task_is_learned(Type type, string task, string program)
    {
        using var device = CompiledModels.Open("cpu");
        using var model = (CompiledModel)type.GetMethod("Create")!.Invoke(null, [device, TaskBatches.Capacity, 3ul, null])!;
        var batch = TaskBatches.Random(task, 7, 5, 12, 2, 8, 11, 7);
        float before = model.Evaluate(batch).Loss;
        for (int i = 0; i < 100; i++) model.TrainStep(batch, new(Optimizer.AdamW, 2e-3f));
        Assert.InRange(model.Evaluate(batch).Loss, 0, 0.1f * before);
        Assert.Equal("logits", Assert.Single(model.Infer(program, batch).Program.Outputs).Name);
    }

    [Fact]
    public void Dropout_of_the_classifier_is_its_own_and_of_training_only()
    {
        Assert.Contains(("ClassifierDropout", "0.1"), TaskClassifier.Compiled.Configuration);
        Assert.Contains(("ClassifierDropout", "0.3"), TaskBertRegression.Compiled.Configuration);
        Assert.DoesNotContain(TaskSpans.Compiled.Configuration.Concat(OddClassifier.Compiled.Configuration), c => c.Name == "ClassifierDropout");
        using var device = CompiledModels.Open("cpu");
        using var exact = GoldenClassifier.Create(device, TaskBatches.Capacity);
        using var dropping = TaskClassifier.Create(device, TaskBatches.Capacity);
        var batch = TaskBatches.Random("Classification", 7, 5, 12, 2);
        for (int i = 0; i < 3; i++) batch.Labels.Buffer[i] = i;
        Assert.Equal(exact.Evaluate(batch).Loss, exact.ComputeGradients(batch).Loss);
        Assert.NotEqual(dropping.Evaluate(batch).Loss, dropping.ComputeGradients(batch).Loss);
    }

    [Fact]
    public void Weights_bear_the_published_names()
    {
        Assert.Equal(["classifier.weight", "classifier.bias"], Heads(TaskClassifier.Compiled));
        Assert.Equal(["qa_outputs.weight", "qa_outputs.bias"], Heads(TaskSpans.Compiled));
        Assert.Equal(["classifier.weight", "classifier.bias"], Heads(TaskTags.Compiled));
        Assert.DoesNotContain(TaskSpans.Compiled.Parameters.Concat(TaskTags.Compiled.Parameters), p => p.Name.Contains("pooler"));
        Assert.Equal((1, 21), (TaskChoice.Compiled.Parameters[^2].Rows, TaskChoice.Compiled.Parameters[^2].Columns));
        Assert.Equal((false, 1), (TaskSpansReader.Compiled.Trains, TaskSpansReader.Compiled.Programs.Length));

        static IEnumerable<string> Heads(ModelDescription model) => model.Parameters.Select(p => p.Name).Where(n => !n.StartsWith("albert.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("ilgpu-cpu")]
    public void A_classifier_equals_the_reference(string kind)
    {
        using GoldenHead golden = new("seqcls");
        using var device = CompiledModels.Open(kind);
        using var model = golden.Load(GoldenClassifier.Create(device, golden.Capacity));
        int[] labels = golden.Integers("labels");
        var batch = golden.Pack((b, s, tokens, segments) => b.AddLabelled(tokens, segments, labels[s]));

        Close.Assert(golden.Values("out.logits"), model.Classify(batch).Logits.ToArray(), 2e-6, 1e-5, "logits");
        Assert.Equal(golden.Values("out.loss")[0], model.Evaluate(batch).Loss, 1e-5);
        Assert.Equal(golden.Values("out.loss")[0], model.ComputeGradients(batch).Loss, 1e-5);
        foreach (var p in model.Description.Parameters)
            Close.Assert(golden.Values($"grad.{p.Name}"), model.Gradient(p.Name), 1e-6, p.Name.EndsWith("key.bias") ? 0 : 1e-5, p.Name);
    }

    // The reference takes its softmax over padding as well, which here does not exist: its logits are compared, and the loss that follows from them.
    [Theory]
    [InlineData("cpu")]
    [InlineData("ilgpu-cpu")]
    public void Marked_answers_equal_the_reference_wherever_it_attends(string kind)
    {
        using GoldenHead golden = new("qa");
        using var device = CompiledModels.Open(kind);
        using var model = golden.Load(GoldenSpans.Create(device, golden.Capacity));
        int[] starts = golden.Integers("start_positions"), ends = golden.Integers("end_positions");
        var batch = golden.Pack((b, s, tokens, segments) => b.AddAnswered(tokens, segments, starts[s], ends[s]));

        double[] start = golden.Values("out.start_logits"), end = golden.Values("out.end_logits");
        double loss = 0;
        for (int s = 0; s < starts.Length; s++)
            foreach (var (logits, at) in ((double[], int)[])[(start, starts[s]), (end, ends[s])])
            {
                double[] own = [.. golden.Attended.Where(row => row / golden.Length == s).Select(row => logits[row])];
                loss += (Math.Log(own.Sum(Math.Exp)) - own[at]) / (2 * starts.Length);
            }

        Close.Assert([.. golden.Attended.SelectMany(row => new[] { start[row], end[row] })], model.Answer(batch).Logits.ToArray(), 2e-6, 1e-5, "logits");
        Assert.Equal(loss, model.Evaluate(batch).Loss, 1e-5);
        Assert.Equal(loss, model.ComputeGradients(batch).Loss, 1e-5);
    }

    [Fact]
    public void Questions_may_have_any_number_of_choices()
    {
        using var device = CompiledModels.Open("cpu");
        using var model = TaskChoice.Create(device, TaskBatches.Capacity);
        var batch = TaskBatches.Random("MultipleChoice", 7, 5, 12, 2, 8, 11);
        Assert.Equal([0, 0, 0, 1, 1], batch.QuestionOf.Span.ToArray());
        float[] scores = model.Choose(batch).Logits.ToArray();
        double Surprise(int right, int first, int end) => Math.Log(Enumerable.Range(first, end - first).Sum(i => Math.Exp(scores[i]))) - scores[right];
        Assert.Equal((Surprise(batch.Predicted.Span[0], 0, 3) + Surprise(batch.Predicted.Span[1], 3, 5)) / 2, model.Evaluate(batch).Loss, 1e-5);

        var choices = model.Choose(batch).Choices;
        Assert.Equal(2, choices.Count);
        int best = Array.IndexOf(scores, scores[3..].Max(), 3);
        Assert.Equal(best - 3, choices[1].Label);
        Assert.Equal(Math.Exp(-Surprise(best, 3, 5)), choices[1].Probability, 1e-5);
    }

    [Fact]
    public void Results_are_typed()
    {
        using var device = CompiledModels.Open("cpu");
        using var classifier = TaskClassifier.Create(device, TaskBatches.Capacity);
        using var regression = TaskRegression.Create(device, TaskBatches.Capacity);
        using var tagger = TaskTags.Create(device, TaskBatches.Capacity);
        var batch = new TokenBatch(TaskBatches.Capacity);
        batch.Add([2, 17, 3], [0, 0, 1]);
        batch.Add([2, 3], [0, 0]);

        var classified = classifier.Classify(batch);
        var classes = classified.Classes;
        float[] probabilities = new float[5], logits = classified.Logits[1].ToArray();
        classes.Probabilities(1, probabilities);
        Assert.Equal((2, 5), (classes.Count, classes.Labels));
        Assert.Equal(1, probabilities.Sum(), 1e-5);
        Assert.Equal(Array.IndexOf(logits, logits.Max()), classes[1].Label);
        Assert.Equal(probabilities.Max(), classes[1].Probability, 1e-6);
        Assert.Equal(Math.Exp(logits[2] - logits[4]), probabilities[2] / probabilities[4], 1e-4);
        Assert.Throws<ArgumentException>(() => classifier.Classify(batch).Classes.Probabilities(0, new float[4]));

        Assert.Equal((5, 3), (tagger.Tag(batch).Tags.Count, tagger.Tag(batch).Tags.Labels));
        Assert.Equal(regression.Regress(batch).Logits[1][0], regression.Regress(batch).Ratings[1]);
    }

    [Fact]
    public void Answers_are_the_best_spans_that_the_options_allow()
    {
        var batch = new TokenBatch(TaskBatches.Capacity);
        batch.Add([2, 9, 3], [0, 0, 1]);
        batch.Add([2, 7, 3, 11, 12, 13, 14, 3], [0, 0, 0, 1, 1, 1, 1, 1]);
        float[] start = [0, 0, 0, /**/ 1, 9, 9, 0, 3, 2.5f, 1, 9], end = [0, 0, 0, /**/ 0.5f, 9, 9, 1, 0, 2, 4, 9];
        float[] logits = [.. start.Zip(end).SelectMany(p => new[] { p.First, p.Second })];
        var spans = new SpanPredictions(new OutputRows(logits, 11, 2, 2), batch);

        Assert.Equal(new SpanPrediction(4, 6, 7, 1.5f), spans[1]);
        Assert.Equal(-5.5, spans[1].NullOdds);
        Assert.True(spans[1].IsAnswer() && spans[1].IsAnswer(-5.5) && !spans[1].IsAnswer(-5.6)); // as predict with this --threshold
        Assert.Equal(new SpanPrediction(5, 6, 6.5f, 1.5f), spans.Best(1, new AnswerOptions(2)));
        Assert.Equal(new SpanPrediction(1, 1, 18, 1.5f), spans.Best(1, new AnswerOptions(2, Segment: 0)));     // of equals the first
        var best = new SpanPrediction[4];
        Assert.Equal(4, spans.Best(1, AnswerOptions.Default, best));
        Assert.Equal([(4, 6), (5, 6), (4, 5), (6, 6)], best.Select(b => (b.Start, b.End)));
        Assert.Equal(10, spans.Best(1, AnswerOptions.Default, new SpanPrediction[20]));
        Assert.Equal(new SpanPrediction(0, 0, float.NegativeInfinity, 0), spans[0]);     // [SEP] alone is no answer
        Assert.False(spans[0].IsAnswer());

        (int, int)[] offsets = [(0, 0), (0, 3), (0, 0), (0, 3), (4, 2), (6, 3), (10, 4), (0, 0)];
        var answer = spans[1];
        Assert.Equal((4, 10), answer.Locate(offsets));
        Assert.Throws<ArgumentException>(() => answer.Locate(offsets[..6]));
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("ilgpu-cpu")]
    public void What_a_task_cannot_learn_from_is_told_in_one_line(string kind)
    {
        using var device = CompiledModels.Open(kind);
        using var classifier = TaskClassifier.Create(device, TaskBatches.Capacity);
        using var regression = TaskRegression.Create(device, TaskBatches.Capacity);
        using var chooser = TaskChoice.Create(device, TaskBatches.Capacity);
        var batch = TaskBatches.Random("Classification", 7, 5, 4);
        batch.Labels.Buffer[1] = 5;
        Told("Labels 1 is 5, outside 0..4", () => classifier.TrainStep(batch, new(Optimizer.AdamW, 0.1f)));
        Told("Labels 1 is 5, outside 0..4", () => classifier.Evaluate(batch));
        var tooLong = new TokenBatch(TaskBatches.Capacity);
        tooLong.AddLabelled([2, 3, 4], [0, 0, 1], 0);
        tooLong.AddLabelled(new int[14], new int[14], 0);
        tooLong.AddLabelled([2, 3], [0, 0], 0);
        Told("sequence 1 has 14 tokens, the model has positions for 12: cut it, or declare more", () => classifier.Classify(tooLong));
        classifier.Classify(batch);
        batch.Labels.Buffer[1] = 0;
        batch.Predicted.Buffer[1] = 2;
        Told("Predicted 1 is 2, outside 0..1", () => classifier.ComputeGradients(batch));
        batch.Clear();
        batch.Add([2, 3], [0, 0]);
        Told("nothing in the batch is labelled: a task is learned from one label at least", () => classifier.TrainStep(batch, new(Optimizer.AdamW, 0.1f)));
        batch.AddRated([2, 3], [0, 0], float.NaN);
        Told("Targets 0 is NaN, not a finite number", () => regression.Evaluate(batch));
        Told("the batch has labels of AddRated, TaskClassifier learns from those of AddLabelled", () => classifier.Evaluate(batch));
        batch.Clear();
        for (int i = 0; i < 4; i++) batch.Add([2, 3], [0, 0]);
        batch.Ask(2, 1);
        Told("sequence 0 is no choice of a question: Ask(choices, answer) makes one of the last sequences", () => chooser.Evaluate(batch));
        batch.Clear();
        foreach (int answer in (int[])[1, -1, 0])
        {
            for (int i = 0; i < 2; i++) batch.Add([2, 3], [0, 0]);
            batch.Ask(2, answer);
        }

        Told("question 1 has no answer, which learning needs: Ask(choices, answer)", () => chooser.Evaluate(batch));
        Assert.Equal(3, chooser.Choose(batch).Choices.Count);

        static void Told(string expected, Action action) => Assert.Equal(expected, Assert.Throws<BatchException>(action).Message);
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("ilgpu-cpu")]
    public void A_part_without_labels_adds_nothing(string kind)
    {
        using var device = CompiledModels.Open(kind);
        using var model = TaskClassifier.Create(device, TaskBatches.Capacity);
        var labelled = TaskBatches.Random("Classification", 7, 5, 4);
        float loss = model.ComputeGradients(labelled).Loss;
        float[] gradient = model.Parameters.Read("classifier.weight", ParameterState.Gradient);
        var unlabelled = new TokenBatch(TaskBatches.Capacity);
        unlabelled.Add([2, 5, 3], [0, 0, 0]);
        Assert.Equal(loss, model.ComputeGradients([labelled, unlabelled, unlabelled]).Loss);
        Assert.Equal(gradient, model.Parameters.Read("classifier.weight", ParameterState.Gradient));
        Assert.InRange(model.ComputeGradients([unlabelled, labelled]).Loss, 0.1f, 10f);       // dropout draws for each part anew
        Assert.Throws<BatchException>(() => model.ComputeGradients([unlabelled, unlabelled]));
    }

    [Fact]
    public void A_batch_refuses_what_is_no_label()
    {
        var batch = new TokenBatch(new Capacity(9, 3, 1));
        Assert.Throws<ArgumentException>(() => batch.AddAnswered([2, 3], [0, 0], 0, 1));        // two ends do not fit
        Assert.Throws<ArgumentException>(() => batch.AddTagged([2, 3], [0, 0], [1]));
        Assert.Throws<ArgumentException>(() => batch.Ask(1));
        Assert.Equal(0, batch.First.Count);
        batch.AddTagged([2, 3], [0, 0], [-100, 1]);
        Assert.Equal((1, 1), (batch.Predicted.Span[0], batch.Labels.Span[0]));
        batch.Add([2, 3], [0, 0]);
        Assert.Throws<ArgumentException>(() => batch.Ask(2, 2));
        Assert.Throws<ArgumentException>(() => batch.Ask(2, 1));        // no room for the answer
        batch.Ask(2);
        Assert.Throws<ArgumentException>(() => batch.Ask(1));
        batch.Clear();
        batch.AddRated([2, 3], [0, 0], 2.5f);
        Assert.Equal((1, 2.5f, 0), (batch.Targets.Count, batch.Targets.Span[0], batch.Questions));
    }

    [Fact]
    public void Training_a_task_allocates_nothing()
    {
        using var device = new CpuDevice(2);
        using var model = TaskSpans.Create(device, TaskBatches.Capacity);
        var batch = TaskBatches.Random("SpanAnswer", 7, 5, 12, 2);
        float sum = 0;
        Assert.Equal(0, Allocations.Of(device.Team, () =>
        {
            sum += model.TrainStep(batch, new(Optimizer.AdamW, 1e-3f)).Loss + model.Evaluate(batch).Loss + model.Answer(batch).Spans[1].Score;
        }));
    }
}
