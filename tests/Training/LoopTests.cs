using AlbertCompiled.Cpu;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>The training loop: resuming, stopping, diverging.</summary>
public sealed partial class LoopTests
{
    const int Steps = 60;

    static readonly Recipe Recipe = Recipes.SmallAdamW with { Steps = Steps, BatchTokens = 256, Stages = [new(32, 0.5), new(64, 0.5)] };
    static readonly ModelDescription Model = FakeModel.Describe();

    [Theory]
    [InlineData(1)]
    [InlineData(29)]
    [InlineData(30)] // where the longer sequences begin
    [InlineData(59)]
    public void A_resumed_run_repeats_the_unbroken_one_bit_for_bit(int stopAfter)
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        Run(corpus, folder["whole"], null, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        Assert.Null(Run(corpus, folder["broken"], null, stop.Token, step => { if (step == stopAfter - 1) stop.Cancel(); }).Evaluation);
        Assert.Equal(stopAfter, Metrics(folder["broken"]).Steps.Count);
        Run(corpus, folder["broken"], new CheckpointStore(folder["broken"]), CancellationToken.None);

        string[] unbroken = Lines(folder["whole"]), resumed = Lines(folder["broken"]);
        Assert.Equal(Steps + 10, unbroken.Length); // nine evaluations along the way, one at the end
        Assert.Equal(unbroken, resumed);
        Assert.Equal(
            File.ReadAllBytes(folder[$"whole/checkpoints/step-{Steps:D8}/model.safetensors"]), File.ReadAllBytes(folder[$"broken/checkpoints/step-{Steps:D8}/model.safetensors"]));
    }

    [Fact]
    public void What_was_measured_after_the_checkpoint_is_dropped_on_resuming()
    {
        using var folder = new TemporaryFolder();
        folder.Write("metrics.jsonl", "{\"kind\":\"baselines\",\"step\":0}\n{\"kind\":\"step\",\"step\":1}\n{\"kind\":\"step\",\"step\":2}\n{\"kind\":\"step\",\"st");
        new MetricsWriter(folder["metrics.jsonl"], keepSteps: 1).Dispose();
        Assert.Equal(["{\"kind\":\"baselines\",\"step\":0}", "{\"kind\":\"step\",\"step\":1}"], File.ReadAllLines(folder["metrics.jsonl"]));
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_the_run_and_keeps_the_last_good_checkpoint()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        var often = LoopOptions.Default with { CheckpointEvery = TimeSpan.Zero };
        string message = Assert.Throws<TrainingException>(() => Run(corpus, folder["run"], null, CancellationToken.None, nanAt: 20, options: often)).Message;
        Assert.Contains("the loss is NaN at step 21", message);
        var store = new CheckpointStore(folder["run"]);
        Assert.Contains(store.Latest()!, message);
        using var model = FakeModel.Create(Model, Configuration().Capacity());
        Assert.Equal(20, store.Load(model).Step);
        Assert.All(model.Parameters.Read("word.weight"), v => Assert.True(float.IsFinite(v)));
    }

    [Fact]
    public void A_held_out_loss_that_is_no_number_is_not_saved()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        var recipe = Recipe with { LearningRate = 1e30, Steps = 10 }; // the first update warms up: its rate is 0
        // not looked at before the end: the last evaluation finds it in a checkpoint
        string message = Assert.Throws<TrainingException>(() => Run(corpus, folder["unseen"], null, CancellationToken.None, options: new(0, 16, null, CheckpointSteps: 1, Keep: 3), recipe: recipe with { Steps = 2, Warmup = 0.5 })).Message;
        Assert.Contains("the held-out loss is", message);
        Assert.Contains($"at step 2, so training stopped; the last good checkpoint is {folder["unseen/checkpoints/step-00000001"]}", message);

        message = Assert.Throws<TrainingException>(() => Run(corpus, folder["run"], null, CancellationToken.None, recipe: recipe)).Message;
        var store = new CheckpointStore(folder["run"]);
        Assert.Contains(store.Latest()!, message);
        Assert.EndsWith("step-00000001", store.Latest());
        Assert.Single(Metrics(folder["run"]).Evaluations);
    }

    [Fact]
    public void A_device_that_fails_stops_the_run_in_one_line_and_keeps_the_last_good_checkpoint()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        var often = LoopOptions.Default with { CheckpointEvery = TimeSpan.Zero };
        string message = Assert.Throws<TrainingException>(() => Run(
            corpus, folder["run"], null, CancellationToken.None, step => { if (step == 20) throw new DeviceException("card failed: CUDA_ERROR_ILLEGAL_ADDRESS"); }, options: often)).Message;
        Assert.StartsWith("card failed: CUDA_ERROR_ILLEGAL_ADDRESS", message);
        Assert.DoesNotContain('\n', message);
        var store = new CheckpointStore(folder["run"]);
        Assert.Contains(store.Latest()!, message);
        using var model = FakeModel.Create(Model, Configuration().Capacity());
        Assert.Equal(20, store.Load(model).Step);
    }

    [Fact]
    public void Updates_of_several_batches_resume_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        var recipe = Recipe with { Accumulate = 3, Steps = 12 };
        var whole = Run(corpus, folder["whole"], null, CancellationToken.None, recipe: recipe);
        using var stop = new CancellationTokenSource();
        Run(corpus, folder["broken"], null, stop.Token, step => { if (step == 4) stop.Cancel(); }, recipe: recipe);
        Assert.Equal(5, Metrics(folder["broken"]).Steps.Count);
        Run(corpus, folder["broken"], new CheckpointStore(folder["broken"]), CancellationToken.None, recipe: recipe);
        Assert.Equal(Lines(folder["whole"]), Lines(folder["broken"]));
        Assert.InRange(whole.State.Tokens, 12 * 3 * 200, 12 * 3 * 256);
    }

    [Fact]
    public void An_update_of_several_batches_is_that_of_one_large_batch()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        var recipe = Recipe with { Accumulate = 3, Steps = 4 };
        Run(corpus, folder["parts"], null, CancellationToken.None, recipe: recipe);

        var source = Source(corpus, recipe);
        var large = new Capacity(3 * recipe.BatchTokens, 3 * EpochPlan.MostSequences(recipe.BatchTokens));
        using var model = FakeModel.Create(Model, large);
        var part = new TokenBatch(Configuration(recipe).Capacity());
        foreach (var measured in Metrics(folder["parts"]).Steps)
        {
            var batch = new TokenBatch(large);
            for (int i = 0; i < 3; i++)
            {
                source.Fill(3 * model.Step + i, part);
                int prediction = 0;
                for (int s = 0; s < part.First.Count; s++)
                {
                    int first = part.Starts[s], end = part.Starts[s + 1], from = prediction;
                    while (prediction < part.Predicted.Count && part.Predicted.Span[prediction] < end) prediction++;
                    int[] predicted = [.. part.Predicted.Span[from..prediction].ToArray().Select(row => row - first)];
                    batch.Add(part.Tokens.Span[first..end], part.Segments.Span[first..end], predicted, part.Labels.Span[from..prediction], part.Order.Span[s]);
                }
            }

            Assert.Equal(batch.Tokens.Count, (int)measured.Tokens);
            Assert.Equal(model.TrainStep(batch, recipe.Update(recipe.Schedule().At(model.Step))).Loss, measured.Loss, 1e-5f);
        }
    }

    [Fact]
    public void Checkpoints_follow_steps_and_the_newest_and_the_best_stay()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        // the fake's loss falls all the time: the best is the newest that was evaluated
        var options = new LoopOptions(0, 16, null, CheckpointSteps: 4, EvaluateEvery: 15, Keep: 3);
        Run(corpus, folder["run"], null, CancellationToken.None, options: options, recipe: Recipe with { Steps = 21 });
        var store = new CheckpointStore(folder["run"]);
        Assert.Equal(["step-00000016", "step-00000020", "step-00000021"], Checkpoints(folder["run"]));
        Assert.EndsWith("step-00000021", store.Best()!.Value.Folder);
        Assert.Equal([15L, 21L], Metrics(folder["run"]).Evaluations.Select(e => e.GetProperty("step").GetInt64()));

        using var stop = new CancellationTokenSource();
        Run(corpus, folder["broken"], null, stop.Token, step => { if (step == 28) stop.Cancel(); }, options: options);
        Assert.Equal(["step-00000015", "step-00000024", "step-00000028", "step-00000029"], Checkpoints(folder["broken"]));
        Assert.EndsWith("step-00000015", new CheckpointStore(folder["broken"]).Best()!.Value.Folder);

        static IEnumerable<string?> Checkpoints(string run) => Directory.GetDirectories(Path.Combine(run, "checkpoints")).Select(Path.GetFileName).Order();
    }

    [Fact]
    public void A_steady_step_allocates_nothing_on_the_training_thread()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        long before = 0, steady = -1;
        Run(corpus, folder["run"], null, CancellationToken.None, step =>
        {
            if (step == 35) before = GC.GetAllocatedBytesForCurrentThread();
            if (step == 50) steady = GC.GetAllocatedBytesForCurrentThread() - before;
        }, options: new(0, 0, TimeSpan.FromHours(1)));
        Assert.Equal(0, steady);
    }

    [Fact]
    public void A_finished_run_resumes_to_its_evaluation()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        var first = Run(corpus, folder["run"], null, CancellationToken.None);
        var again = Run(corpus, folder["run"], new CheckpointStore(folder["run"]), CancellationToken.None);
        Assert.Equal(first.Evaluation, again.Evaluation);
        Assert.Equal(first.Checkpoint, again.Checkpoint);
    }

    [Fact]
    public void The_report_is_one_well_formed_page_with_curves_and_baselines()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        Run(corpus, folder["run"], null, CancellationToken.None, baselines: new(0.098, 0.274, 0.79));
        var run = new RunFolder(folder["run"]);
        HtmlReport.Write(run, Configuration() with { TextDescription = "<text> & \"more\"" }, Model);
        string html = File.ReadAllText(run.Report);
        Assert.StartsWith("<!DOCTYPE html>", html);
        var page = System.Xml.Linq.XDocument.Parse(html[html.IndexOf("<html", StringComparison.Ordinal)..]);
        System.Xml.Linq.XNamespace svg = "http://www.w3.org/2000/svg";
        Assert.Equal(6, page.Descendants(svg + "svg").Count());
        Assert.Equal(9, page.Descendants(svg + "polyline").Count()); // three of training and held-out, three of training only
        Assert.Equal(3, page.Descendants(svg + "line").Count(l => (string?)l.Attribute("class") == "level"));
        Assert.Contains("first tokens of A and B only 79%", html);
        Assert.Equal(6, page.Descendants(svg + "text").Count(t => t.Value == "sequences of 64"));
        Assert.Contains($"{Configuration().Recipe.Steps} steps of", html);
        Assert.DoesNotContain("interrupted", html);
        foreach (var text in page.Descendants(svg + "text").Where(t => t.Attribute("transform") is null))
            Assert.InRange((double)text.Attribute("y")!, 11, 300 - 4); // a line of text is inside
        Assert.Equal("float32", page.Descendants().Single(e => e.Name.LocalName == "th" && e.Value == "precision of products").ElementsAfterSelf().Single().Value);
        Assert.Equal("number", (string?)page.Descendants().Single(e => e.Name.LocalName == "th" && e.Value == "epsilon").ElementsAfterSelf().Single().Attribute("class"));
        Assert.DoesNotContain("NaN", html);
        Assert.DoesNotContain("http://", html.Replace("http://www.w3.org/", ""));
        Assert.DoesNotContain("https://", html);
    }

    [Fact]
    public void An_evaluation_weighs_batches_by_what_they_hold()
    {
        var capacity = new Capacity(64, 8);
        var model = FakeModel.Create(FakeModel.Describe(vocabulary: 50), capacity);
        var small = new TokenBatch(capacity);
        small.Add([2, 10, 3], [0, 0, 0], [1], [10], 0);
        var large = new TokenBatch(capacity);
        for (int i = 0; i < 3; i++) large.Add([2, 10, 11, 3], [0, 0, 0, 0], [1, 2], [10, 11], 0);
        var result = Evaluation.Run(model, [small, large])!;
        Assert.Equal((7, 4), (result.Predictions, result.Sequences));
        Assert.Equal((1 * 1.0 + 6 * (1 / 6.0)) / 7, result.MlmAccuracy, 6); // the fake scores 1 / predictions
        Assert.Equal((1 * 1.0 + 3 * (1 / 3.0)) / 4, result.SopAccuracy, 6);
        Assert.Equal(result.MlmLoss + result.SopLoss, result.Loss, 9);
        Assert.Null(Evaluation.Run(model, [small, large], new CancellationToken(canceled: true)));
        var read = new List<int>();
        Evaluation.Run(model, [small, large], evaluated: read.Add);
        Assert.Equal([1, 4], read);
    }

    [Fact]
    public void A_model_of_another_precision_or_without_what_is_reported_is_refused()
    {
        using var folder = new TemporaryFolder();
        var configuration = Configuration(Recipe with { Precision = Compute.BFloat16 });
        using var metrics = new MetricsWriter(folder["metrics.jsonl"], 0);
        using var fake = FakeModel.Create(Model, configuration.Capacity(), configuration.Seed, -1);
        using var device = new CpuDevice(1);
        using var classifier = ThreeClasses.Create(device, configuration.Capacity());
        string Refusal(CompiledModel model, RunConfiguration settings) =>
            Assert.Throws<TrainingException>(() => new PretrainingLoop(model, settings, null!, metrics, new(folder["run"], 1), new Silent(), LoopOptions.Default)).Message;
        Assert.Equal("the recipe trains in BFloat16, the model was created in Float32: create it in the recipe's precision", Refusal(fake, configuration));
        Assert.StartsWith("ThreeClasses has no output mlm_loss, which a pretraining run reports", Refusal(classifier, Configuration()), StringComparison.Ordinal);
    }

    static RunConfiguration Configuration(Recipe? recipe = null) =>
        new("Fake", new Dictionary<string, string>(), recipe ?? Recipe, 42, [], "text of the tests", "", 64, "a device");

    static PretrainingBatches Source(Corpus corpus, Recipe recipe) => new(corpus, TestText.Vocabulary, recipe, Configuration(recipe).Capacity(), 42);

    static PretrainingResult Run(
        Corpus corpus, string folder, CheckpointStore? resume, CancellationToken cancellation, Action<long>? beforeStep = null, long nanAt = -1,
        LoopOptions? options = null, Baselines? baselines = null, Recipe? recipe = null, IPretrainingObserver? observer = null, IBatchSource? source = null)
    {
        Directory.CreateDirectory(folder);
        var configuration = Configuration(recipe);
        using var model = FakeModel.Create(Model, configuration.Capacity(), configuration.Seed, nanAt);
        model.BeforeStep = beforeStep;
        var state = resume?.Load(model);
        using var metrics = new MetricsWriter(Path.Combine(folder, "metrics.jsonl"), state?.Step ?? 0);
        if (baselines is not null) metrics.Baselines(baselines);
        options ??= LoopOptions.Default with { EvaluationSequences = 16 };
        var heldOut = HeldOutSet.Draw(corpus, TestText.Vocabulary, configuration.Recipe, configuration.Capacity(), configuration.EvaluationSequences);
        var loop = new PretrainingLoop(model, configuration, heldOut, metrics, new(folder, options.Keep), observer ?? new Silent(), options, state);
        return loop.Run(source ?? Source(corpus, configuration.Recipe), cancellation);
    }

    static MetricsLog Metrics(string folder) => MetricsLog.Read(Path.Combine(folder, "metrics.jsonl"));

    // everything measured but time
    static string[] Lines(string folder) =>
        [.. File.ReadLines(Path.Combine(folder, "metrics.jsonl")).Select(l => MetricsLog.Parse(l)!.Value).Select(e => string.Join(' ', e.EnumerateObject().Where(p => p.Name is not ("tokens_per_s" or "time" or "wait")).Select(p => p.Value.GetRawText())))];

    sealed class Silent : IPretrainingObserver
    {
        public void OnStep(in StepReport report)
        {
        }

        public void OnEvaluation(long step, EvaluationResult result)
        {
        }

        public void OnCheckpoint(long step, string folder)
        {
        }
    }
}
