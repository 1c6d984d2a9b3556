using System.Diagnostics;
using AlbertCompiled.Cpu;
using AlbertCompiled.Tests.Infrastructure;
using AlbertCompiled.Training;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AlbertCompiled.Tests.FineTuning;

/// <summary>The loop and what it rests on.</summary>
public sealed class FineTuningTests
{
    static readonly TextTask Task = OwnTexts.Task("mood", new LabelSet("bad", "fair", "good"));

    // the class is told by one of the words
    static TextSet Moods(int count, WordTokenizer tokenizer, int shift = 0)
    {
        string[] words = ["red", "blue", "big", "new", "old"];
        string[][] telling = [["ugly", "sad"], ["okay", "so so"], ["nice", "glad"]];
        var examples = Enumerable.Range(shift, count).Select(i => new TextExample($"{words[i % 5]} {telling[i % 3][i / 3 % 2]} {words[i / 5 % 5]}", Label: i % 3));
        return new(Task, [.. examples], new(tokenizer, 12));
    }

    [Fact]
    public void Thirty_two_classes_serve_three_exactly()
    {
        var set = Moods(24, new());
        using var device = new CpuDevice(1);
        var capacity = TaskSet.Capacity(200, set);
        using var few = ThreeClasses.Create(device, capacity, 7);
        using var many = ManyClasses.Create(device, capacity, 8);
        foreach (var p in few.Description.Parameters)
        {
            float[] values = few.Parameters.Read(p.Name);
            if (p.Name.StartsWith("classifier.", StringComparison.Ordinal)) Array.Resize(ref values, values.Length / 3 * 32);
            many.Parameters.Write(p.Name, values);
        }

        many.Parameters.Write("classifier.weight", [.. few.Parameters.Read("classifier.weight"), .. Enumerable.Repeat(0.5f, 29 * 24)]);
        UnusedClasses.Silence(many, 3);
        var batch = new TokenBatch(capacity);
        for (int i = 0; i < set.Count; i++) set.Add(batch, i);
        var settings = new OptimizerSettings(Optimizer.AdamW, 0.003f, WeightDecay: 0.1f);
        for (int step = 0; step < 20; step++)
        {
            StepResult a = few.TrainStep(batch, settings), b = many.TrainStep(batch, settings);
            Assert.Equal(a.Loss, b.Loss, step == 0 ? 1e-6f : 1e-4f); // rounding grows from update to update
            Assert.Equal(a.GradientNorm, b.GradientNorm, (step == 0 ? 1e-6f : 1e-3f) * a.GradientNorm);
        }

        Assert.All(many.Parameters.Read("classifier.weight")[(3 * 24)..], w => Assert.Equal(0, w));
        Assert.All(many.Parameters.Read("classifier.bias")[3..], b => Assert.Equal(-10_000, b));
        Assert.All(many.Parameters.Read("classifier.weight").Zip(few.Parameters.Read("classifier.weight")), p => Assert.Equal(p.Second, p.First, 1e-3f));
    }

    [Fact]
    public void More_classes_than_compiled_are_refused()
    {
        using var device = new CpuDevice(1);
        using var model = ThreeClasses.Create(device, new(64, 8, 8));
        Assert.Contains("4 labels", Assert.Throws<TrainingException>(() => UnusedClasses.Silence(model, 4)).Message);
    }

    static FineTuningResult Run(FineTuningRecipe recipe, ulong seed, int batchTokens, out float[][] kept)
    {
        var tokenizer = new WordTokenizer();
        TextSet training = Moods(60, tokenizer), development = Moods(30, tokenizer, shift: 7);
        using var device = new CpuDevice(1);
        using var model = ThreeClasses.Create(device, TaskSet.Capacity(batchTokens, training, development), seed);
        var result = new FineTuningLoop(model, recipe, training, development).Run();
        kept = Predictor.Run(model, development);
        return result;
    }

    [Fact]
    public void A_task_is_learned_and_the_best_epoch_kept()
    {
        var recipe = new FineTuningRecipe(Epochs: 40, BatchSize: 12, LearningRate: 0.003);
        long start = Stopwatch.GetTimestamp();
        var result = Run(recipe, 3, 200, out float[][] kept);
        double passed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Assert.Equal(200, result.Steps.Count);
        Assert.True(result.Best.Main.Value > 0.95, $"{result.Best.Main.Value}");
        Assert.Equal(result.Epochs.Max(e => e.Main.Value), result.Best.Main.Value);
        Assert.Equal(result.Best, result.Epochs.First(e => e.Main.Value == result.Best.Main.Value));
        Assert.Equal(result.Answers, kept);
        Assert.All(kept, a => Assert.Equal(1, a.Sum(), 1e-5f));

        Assert.Equal(result.Steps.Index().Select(s => recipe.Schedule(200).At(s.Index)), result.Steps.Select(s => s.LearningRate));
        Assert.All(result.Epochs, e => Assert.Equal(result.Steps.Where(s => s.Step > e.Step - 5 && s.Step <= e.Step).Average(s => (double)s.Loss), e.TrainingLoss, 1e-9));
        Assert.All(result.Steps, s => Assert.True(s.Seconds > 0));
        Assert.Equal(result.Steps.Sum(s => s.Seconds), result.Seconds, 1e-9);
        Assert.InRange(result.Seconds, 0, passed);
    }

    [Fact]
    public void A_recipe_says_how_the_rate_runs_and_what_an_update_does()
    {
        var recipe = new FineTuningRecipe(LearningRate: 1e-3, Warmup: 0.25, WeightDecay: 0.3, ClipNorm: 0.7);
        Assert.Equal(new Schedule(1e-3, 10, 40, Decay.Linear), recipe.Schedule(40));
        Assert.Equal(new OptimizerSettings(Optimizer.AdamW, 2e-4f, WeightDecay: 0.3f, ClipNorm: 0.7f, BiasCorrection: true), recipe.Update(2e-4f));
    }

    [Fact]
    public void Answers_that_are_no_numbers_are_refused()
    {
        var set = Moods(5, new WordTokenizer());
        using var device = new CpuDevice(1);
        using var model = ThreeClasses.Create(device, TaskSet.Capacity(64, set), 1);
        model.Parameters.Write(ParameterState.Value, 0, [.. Enumerable.Repeat(float.NaN, (int)model.Parameters.Length)]);
        Assert.Contains("the model's answers are no numbers", Assert.Throws<TrainingException>(() => Predictor.Run(model, set)).Message);
    }

    [Fact]
    public void Runs_of_a_seed_are_alike_and_of_another_are_not()
    {
        var recipe = new FineTuningRecipe(Epochs: 2, BatchSize: 12, LearningRate: 0.005);
        float[] Losses(ulong seed) => [.. Run(recipe, seed, 200, out _).Steps.Select(s => s.Loss)];
        Assert.Equal(Losses(3), Losses(3));
        Assert.NotEqual(Losses(3), Losses(4));
    }

    [Fact]
    public void The_room_of_a_batch_changes_nothing_but_rounding()
    {
        var recipe = new FineTuningRecipe(Epochs: 2, BatchSize: 20, LearningRate: 0.002);
        var (whole, parts) = (Run(recipe, 3, 400, out _), Run(recipe, 3, 24, out _));
        Assert.Equal((6, 6), (whole.Steps.Count, parts.Steps.Count));
        foreach (var (a, b) in whole.Steps.Zip(parts.Steps)) Assert.Equal((a.Step, a.Tokens, a.LearningRate), (b.Step, b.Tokens, b.LearningRate));
        foreach (var (a, b) in whole.Steps.Zip(parts.Steps)) Assert.Equal(a.Loss, b.Loss, 1e-4f);
    }

    [Fact]
    public void Patience_ends_a_run_that_gets_no_better()
    {
        var result = Run(new(Epochs: 9, BatchSize: 12, LearningRate: 1e-12, Patience: 2), 3, 200, out _);
        Assert.Equal(3, result.Epochs.Count);
        Assert.Equal(1, result.Best.Epoch);
    }

    [Fact]
    public void Balance_draws_all_classes_equally_often()
    {
        int[] labels = [.. Enumerable.Repeat(0, 20), 1, 1, 2, 2];
        var set = new TextSet(Task, [.. labels.Select((l, i) => new TextExample($"a{i}", Label: l))], new(new WordTokenizer(), 12));
        int[] drawn = ItemOrder.Weighted(set, null, 1, 1);
        Assert.Equal([8, 8, 8], drawn.GroupBy(i => labels[i]).OrderBy(g => g.Key).Select(g => g.Count()));
        Assert.Equal(drawn, ItemOrder.Weighted(set, null, 1, 1));
        Assert.NotEqual(drawn, ItemOrder.Weighted(set, null, 1, 2));
    }

    [Fact]
    public void Every_epoch_has_an_order_of_its_own()
    {
        var set = Moods(24, new());
        int[] first = ItemOrder.Shuffled(set, 1, 1);
        Assert.Equal(Enumerable.Range(0, 24), first.Order());
        Assert.Equal(first, ItemOrder.Shuffled(set, 1, 1));
        Assert.NotEqual(first, ItemOrder.Shuffled(set, 1, 2));
        Assert.NotEqual(first, ItemOrder.Shuffled(set, 2, 1));
        Assert.NotEqual(Enumerable.Range(0, 24), first);
    }

    [Fact]
    public void Class_weights_draw_classes_in_proportion()
    {
        int[] labels = [.. Enumerable.Repeat(0, 20), 1, 1, 2, 2];
        var set = new TextSet(Task, [.. labels.Select((l, i) => new TextExample($"a{i}", Label: l))], new(new WordTokenizer(), 12));
        int[] drawn = ItemOrder.Weighted(set, [0.5, 6, 1], 1, 1);
        Assert.Equal([10, 12, 2], drawn.GroupBy(i => labels[i]).OrderBy(g => g.Key).Select(g => g.Count()));
        Assert.Equal([0, 24], ClassWeights.Shares([20, 4], [0, 3]));
        Assert.Equal([4, 3, 3], ClassWeights.Shares([5, 4, 1], [1, 1, 4]).OrderDescending());
        Assert.Throws<TrainingException>(() => ClassWeights.Shares([20, 4], [0, 0]));
    }

    [Fact]
    public void Seeds_have_a_median_and_models_a_mean()
    {
        Assert.Equal(new(2.5, 1, 4, Math.Sqrt(5.0 / 3)), SeedSpread.Of([4, 1, 3, 2]));
        Assert.Equal(new(7, 7, 7, 0), SeedSpread.Of([7]));
        Assert.Equal([[0.5f, 0.5f], [2]], Predictor.Average([[[0.25f, 0.75f], [1]], [[0.75f, 0.25f], [3]]]));
    }

    [Fact]
    public void The_pages_program_compiles()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "finetuning.md"));
        string program = page.Split("```cs\n")[1].Split("```")[0];
        Assert.InRange(program.TrimEnd().Split('\n').Length, 10, 15);
        const string Usings = "using System;\nusing System.Collections.Generic;\nusing AlbertCompiled;\nusing AlbertCompiled.Models;\nusing AlbertCompiled.Training;\n";
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(File.Exists).Select(p => MetadataReference.CreateFromFile(p));
        var compilation = CSharpCompilation.Create("Page", [CSharpSyntaxTree.ParseText(Usings + program)], references, new(OutputKind.ConsoleApplication));
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
    }
}
