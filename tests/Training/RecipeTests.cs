using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Schedules, stages, and which recipe a model gets.</summary>
public sealed class RecipeTests
{
    [Fact]
    public void Linear_decay_starts_at_the_peak_and_ends_at_zero()
    {
        var s = new Schedule(2e-3, 100, 1000, Decay.Linear);
        Assert.Equal([0f, 1e-3f, 2e-3f, 1e-3f, 0f, 0f], new long[] { 0, 50, 100, 550, 1000, 1100 }.Select(s.At), Near);
    }

    [Fact]
    public void The_original_decay_counts_from_step_zero()
    {
        Assert.Equal(0, new Schedule(1, 0, 0, Decay.LinearFromStart).At(0));
        var s = new Schedule(1, 100, 1000, Decay.LinearFromStart);
        Assert.Equal([0f, 0.99f, 0.9f, 0.5f, 0f], new long[] { 0, 99, 100, 500, 1000 }.Select(s.At), Near);
        Assert.Equal(1, new Schedule(1, 0, 10, Decay.Constant).At(9));
        Assert.Equal(1, new Schedule(1, 0, 10, Decay.Linear).At(0));
    }

    [Fact]
    public void Stages_share_the_steps()
    {
        var stages = Recipes.SmallAdamW.Stages;
        Assert.Equal((32, 0), At(0));
        Assert.Equal((32, 0), At(1024));
        Assert.Equal((128, 1025), At(1025));
        Assert.Equal((128, 1025), At(5000));
        (int, long) At(long step) => (SequenceStage.At(stages, 2929, step).Stage.Sequence, SequenceStage.At(stages, 2929, step).Start);
    }

    [Theory]
    [InlineData(512, new[] { 32, 512 })]
    [InlineData(32, new[] { 32 })]
    [InlineData(20, new[] { 20 })]
    public void A_shorter_longest_sequence_drops_the_stages_that_are_not_shorter(int longest, int[] expected)
    {
        var stages = SequenceStage.UpTo(Recipes.SmallAdamW.Stages, longest);
        Assert.Equal(expected, stages.Select(s => s.Sequence));
        Assert.Equal(1, stages.Sum(s => s.Share), 9);
    }

    [Fact]
    public void A_model_gets_the_recipe_of_its_optimizer_and_size()
    {
        var small = FakeModel.Describe();
        var large = FakeModel.Describe(vocabulary: 30_000, columns: 1000, positions: 512);
        Assert.Same(Recipes.SmallAdamW, Recipes.For(small));
        Assert.Same(Recipes.SmallLamb, Recipes.For(small, Optimizer.Lamb));
        Assert.Same(Recipes.LargeLamb, Recipes.For(large, Optimizer.Lamb));
        Assert.Same(Recipes.LargeAdamW, Recipes.For(large));
        Assert.Equal(64, Recipes.For(FakeModel.Describe(positions: 64)).LongestSequence);
    }

    [Fact]
    public void Lamb_is_that_of_the_original_code()
    {
        var u = Recipes.OriginalLamb.Update(0.5f);
        Assert.Equal(new(Optimizer.Lamb, 0.5f, 0.9f, 0.999f, 1e-6f, 0.01f, 1, BiasCorrection: false), u);
        Assert.Equal((0.00176, 3125), (Recipes.OriginalLamb.LearningRate, Recipes.OriginalLamb.Schedule().WarmupSteps));
        Assert.Equal(4096 * 512, Recipes.OriginalLamb.Accumulate * Recipes.OriginalLamb.BatchTokens);
    }

    [Fact]
    public void Lamb_s_rate_goes_with_the_root_of_an_update_s_sequences()
    {
        Assert.Equal(0.00176 / Math.Sqrt(128), Recipes.LargeLamb.LearningRate, 1e-12);
        Assert.Equal(0.00176, Rate(Recipes.LargeLamb with { Accumulate = 128 }), 1e-12);
        Assert.Equal(0.00176, Rate(Recipes.LargeLamb with { BatchTokens = 128 * 16_384 }), 1e-12);
        Assert.Equal(0.00176, Rate(Recipes.LargeLamb with { Accumulate = 32, Stages = [new(128, 1)] }), 1e-12);
        double Rate(Recipe changed) => Recipes.Changed(Recipes.LargeLamb, changed).LearningRate;

        // others keep theirs
        Assert.Equal(0.003, Recipes.Changed(Recipes.SmallLamb, Recipes.SmallLamb with { Accumulate = 4 }).LearningRate);
        Assert.Equal(1e-4, Recipes.Changed(Recipes.LargeAdamW, Recipes.LargeAdamW with { Accumulate = 4 }).LearningRate);
        var chosen = Recipes.LargeLamb with { LearningRate = 0.001 };
        Assert.Equal(0.001, Recipes.Changed(chosen, chosen with { Accumulate = 4 }).LearningRate);
    }

    [Fact]
    public void Fine_tuning_is_what_its_page_says()
    {
        var recipe = new FineTuningRecipe();
        Assert.Equal(new(Optimizer.AdamW, 0.5f, 0.9f, 0.999f, 1e-6f, 0.01f, 1, BiasCorrection: true), recipe.Update(0.5f));
        Assert.Equal((1, 19), (recipe.Schedule(19).WarmupSteps, recipe.Schedule(19).Steps)); // rounded down
    }

    [Fact]
    public void A_configuration_survives_its_file()
    {
        using var folder = new TemporaryFolder();
        var written = new RunConfiguration("M", new Dictionary<string, string> { ["A"] = "1" }, Recipes.SmallAdamW, ulong.MaxValue, ["a b"], "text", "key", 2048, "device");
        JsonFiles.Write(folder["config.json"], written);
        var (_, read) = RunFolder.Open(folder.Path);
        Assert.Equal(JsonFiles.Bytes(written), JsonFiles.Bytes(read));
        Assert.Equal(written.Recipe.Stages, read.Recipe.Stages.AsEnumerable());
    }

    [Theory]
    [InlineData(0, 10, 0, 10, 2)]
    [InlineData(0.013, 0.35, 0, 0.4, 0.1)]
    [InlineData(5, 5, 2, 8, 1)]
    [InlineData(0, 0.002, 0, 0.002, 0.0005)]
    public void Axes_cover_the_values_in_round_steps(double low, double high, double expectedLow, double expectedHigh, double step)
    {
        var axis = Axis.Covering([low, double.NaN, high]);
        Assert.Equal([expectedLow, expectedHigh, step], new[] { axis.Low, axis.High, axis.Step }, (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.InRange(axis.Ticks.Count(), 3, 7);
    }

    static bool Near(float a, float b) => Math.Abs(a - b) < 1e-6;
}
