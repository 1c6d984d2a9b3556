using AlbertCompiled.Cpu;
using AlbertCompiled.Experiments;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests.Experiments;

/// <summary>What experiments measure, against the same found another way.</summary>
public sealed class MeasurementTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly CpuDevice device = new(2);
    readonly Lazy<HeldOutTasks> tasks;

    public MeasurementTests() => tasks = new(() => new(TestText.Corpus(folder), TestText.Vocabulary, sequences: 48, probeBatches: 3));

    public void Dispose()
    {
        if (tasks.IsValueCreated) tasks.Value.Corpus.Dispose();
        device.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(Objective.None)]
    [InlineData(Objective.NextSentence)]
    public void A_run_is_scored_on_each_task_by_what_its_model_reaches_there(Objective objective)
    {
        const int Steps = 12;
        var result = new TrainingRun(device, tasks.Value).Run(new(nameof(SharedE8), objective, 3, Steps, "", ""), default);
        var (model, tokens) = Trained(ExperimentRecipe.Of(objective, Steps), seed: 3);
        using var owned = model;
        EvaluationResult order = Reached(model, Objective.SentenceOrder), next = Reached(model, Objective.NextSentence), own = Reached(model, objective);
        double orderProbe = Probe(model, Objective.SentenceOrder), nextProbe = Probe(model, Objective.NextSentence);
        Assert.InRange(order.MlmLoss, 1, 8.9); // without learning ln 8000 = 8.99
        foreach (var (a, b) in ((double, double)[])[(order.SopAccuracy, next.SopAccuracy), (order.MlmAccuracy, own.MlmAccuracy), (orderProbe, nextProbe)]) Assert.NotEqual(a, b); // none can be taken for another

        var told = result.Values;
        Assert.Equal((order.MlmLoss, order.MlmAccuracy, own.MlmAccuracy), (told[Measured.MlmLoss], told[Measured.MlmAccuracy], told[Measured.OwnMlmAccuracy]));
        Assert.Equal((order.SopAccuracy, next.SopAccuracy), (told[Measured.SopAccuracy], told[Measured.NspAccuracy]));
        Assert.Equal((orderProbe, nextProbe), (told[Measured.SopProbe], told[Measured.NspProbe]));
        Assert.Equal(((double)Steps, (double)SharedE8.Compiled.ParameterCount), (told[Measured.Steps], told[Measured.Parameters]));
        Assert.Equal(tokens, told[Measured.TokensPerSecond] * told[Measured.Seconds], 1e-6 * tokens);
        var layers = LayerSummary.Of(model, tasks.Value.Traced);
        Assert.Equal(layers.Distances, result.Distances);
        Assert.Equal(layers.Degrees, result.Degrees);
        Assert.Equal((layers.Distances.Average(), layers.Degrees.Average()), (told[Measured.MeanDistance], told[Measured.MeanDegrees]));
        Assert.Equal((layers.Roughness, layers.Last), (told[Measured.Roughness], told[Measured.LastDistance]));
    }

    [Fact]
    public void A_probe_is_scored_on_pairs_that_it_did_not_learn_from()
    {
        using var model = SharedE8.Create(device, new(64, 8));
        Assert.Equal(1, LinearProbe.Accuracy(model, [Pairs((10, 1), (20, 0)), Pairs((20, 0), (10, 1))], [Pairs((10, 1), (20, 0), (20, 0))]));
        Assert.Equal(0.25, LinearProbe.Accuracy(model, [Pairs((10, 1), (20, 0)), Pairs((20, 0), (10, 1))], [Pairs((10, 0), (20, 0)), Pairs((20, 1), (10, 0))]));

        static TokenBatch Pairs(params (int Token, int Order)[] pairs)
        {
            var batch = new TokenBatch(new(64, 8));
            foreach (var (token, order) in pairs) batch.Add([2, token, 3, token, 3], [0, 0, 0, 1, 1], [1], [token], order);
            return batch;
        }
    }

    [Fact]
    public void Layers_are_summed_up_in_degrees_and_shares()
    {
        var trace = new LayerTrace(keepsAttention: false);
        using var model = SharedE8.Create(device, ExperimentRecipe.Capacity);
        EagerRun.Evaluate(ModelGraph.Of(model), g => g.Program("Encoding")!(tasks.Value.Traced), trace);
        var layers = LayerSummary.Of(model, tasks.Value.Traced);
        Assert.Equal(trace.Changes.Select(c => c.Distance.Mean), layers.Distances);
        Assert.Equal(trace.Changes.Select(c => c.Cosine.Mean), layers.Degrees.Select(d => Math.Cos(d / 180 * Math.PI)), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.All(layers.Degrees, d => Assert.InRange(d, 1, 180));
        var made = new LayerSummary([1, 3, 8], []);
        Assert.Equal(((2 + 5) / 2.0 / 4, 8 / 4.0), (made.Roughness, made.Last));
        Assert.Equal(0, new LayerSummary([5], []).Roughness);
    }

    [Fact]
    public void A_faster_model_takes_more_steps_in_the_same_time()
    {
        double ratio = StepClock.Ratio(device, tasks.Value, Waiting(12), Waiting(1), default);
        Assert.InRange(ratio, 2, 20);

        static ExperimentModel Waiting(int milliseconds)
        {
            var description = FakeModel.Describe();
            return new(description, (_, capacity, seed, _) =>
            {
                var model = FakeModel.Create(description, capacity, seed);
                model.BeforeStep = _ => Thread.Sleep(milliseconds);
                return model;
            });
        }
    }

    (CompiledModel Model, long Tokens) Trained(Recipe recipe, ulong seed)
    {
        var model = SharedE8.Create(device, ExperimentRecipe.Capacity, seed);
        var source = new PretrainingBatches(tasks.Value.Corpus, tasks.Value.Vocabulary, recipe, model.Capacity, seed);
        var batch = new TokenBatch(model.Capacity);
        long tokens = 0;
        for (int step = 0; step < recipe.Steps; step++)
        {
            source.Fill(step, batch);
            model.TrainStep(batch, recipe.Update(recipe.Schedule().At(step)));
            tokens += batch.Tokens.Count;
        }

        return (model, tokens);
    }

    EvaluationResult Reached(CompiledModel model, Objective task) => Evaluation.Run(model, tasks.Value[task].Batches)!;

    double Probe(CompiledModel model, Objective task) => LinearProbe.Accuracy(model, tasks.Value.Probe(task), tasks.Value[task].Batches);
}
