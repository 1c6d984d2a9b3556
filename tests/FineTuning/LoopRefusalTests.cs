using AlbertCompiled.Cpu;
using AlbertCompiled.Tests.Numbers;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests.FineTuning;

/// <summary>Which epoch is the best, where the schedule begins, and what a loop refuses before it trains.</summary>
public sealed class LoopRefusalTests
{
    static readonly string[] Words = ["ugly", "okay", "nice"];

    static readonly FineTuningRecipe Recipe = new(Epochs: 4, BatchSize: 6, LearningRate: 0.003);

    static TextSet Classes(int labels, params int[] classes) =>
        new(OwnTexts.Task("mood", new LabelSet([.. Words.Take(labels)])), [.. classes.Select(c => new TextExample($"it is {Words[c % 3]}", Label: c))], new(new WordTokenizer(), 12));

    static void Refused(string message, FineTuningRecipe recipe, TaskSet training, TaskSet? development = null, Compute precision = Compute.Float32)
    {
        using var device = new CpuDevice(1);
        using var model = ThreeClasses.Create(device, TaskSet.Capacity(64, training, development ?? training), precision: precision);
        Assert.Contains(message, Assert.Throws<TrainingException>(() => new FineTuningLoop(model, recipe, training, development ?? training).Run()).Message, StringComparison.Ordinal);
        Assert.Equal(0, model.Step);
    }

    [Fact]
    public void What_would_fail_after_an_epoch_is_refused_in_front_of_it()
    {
        var set = Classes(3, 0, 1, 2);
        Refused("tells 3 classes apart, the task has 4", Recipe, new TextSet(OwnTexts.Task("more", new LabelSet("a", "b", "c", "d")), [new("x", Label: 1)], new(new WordTokenizer(), 12)));
        Refused("example 1 is of class 2, the task has 2, from 0", Recipe, Classes(2, 0, 1), Classes(2, 0, 2));
        Refused("nothing to judge by", Recipe, set, Classes(3));
        Refused("has no program regress", Recipe, new TextSet(new("scores", null, [Metric.Pearson]), [new("x", Score: 1)], new(new WordTokenizer(), 12)));
        Refused("trains in BFloat16, the model was created in Float32", Recipe with { Precision = Compute.BFloat16 }, set);
        Refused("trains in Float32, the model was created in BFloat16", Recipe, set, precision: Compute.BFloat16);
    }

    [Fact]
    public void Settings_that_are_no_numbers_are_refused()
    {
        var set = Classes(3, 0, 1, 2);
        foreach (double bad in (double[])[double.NaN, -1, double.PositiveInfinity])
        {
            Refused("--clip-norm", Recipe with { ClipNorm = bad }, set);
            Refused("--weight-decay", Recipe with { WeightDecay = bad }, set);
            Refused("--class-weights", Recipe with { ClassWeights = [bad, 1, 1] }, set);
        }

        Refused("2 class weights for 3 classes", Recipe with { ClassWeights = [1, 1] }, set);
    }

    [Fact]
    public void Of_an_error_the_least_is_the_best()
    {
        var error = new Metric("mean error", OfScores: (gold, predicted) => Math.Abs(gold.Average() - predicted.Average())) { IsError = true };
        foreach (var metric in (Metric[])[Metric.RootMeanSquareError, error])
        {
            var set = new TextSet(new("scores", null, [metric, Metric.Pearson]), [.. Enumerable.Range(0, 12).Select(i => new TextExample($"it is {Words[i % 3]}", Score: 2 + i % 3))], new(new WordTokenizer(), 12));
            using var device = new CpuDevice(1);
            using var model = TaskRegression.Create(device, TaskSet.Capacity(64, set), seed: 3);
            var result = new FineTuningLoop(model, Recipe, set, set).Run();
            Assert.True(result.Best.Main.IsError);
            Assert.Equal(result.Epochs.Min(e => e.Main.Value), result.Best.Main.Value);
            Assert.True(result.Epochs.Max(e => e.Main.Value) > result.Best.Main.Value);
        }
    }

    [Fact]
    public void A_second_stage_has_a_schedule_of_its_own()
    {
        var set = Classes(3, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2);
        using var device = new CpuDevice(1);
        using var model = ThreeClasses.Create(device, TaskSet.Capacity(64, set), seed: 3);
        var first = new FineTuningLoop(model, Recipe, set, set).Run();
        var second = new FineTuningLoop(model, Recipe, set, set).Run();
        Assert.Equal(16, model.Step);
        Assert.Equal(first.Steps.Select(s => s.LearningRate), second.Steps.Select(s => s.LearningRate));
        Assert.True(second.Steps[1].LearningRate > 0);
    }

    [Fact]
    public void Figures_of_lists_of_unlike_length_are_none()
    {
        var task = new TextTask("scores", null, [Metric.RootMeanSquareError]);
        Assert.Throws<ArgumentException>(() => task.Evaluate([new("x", Score: 1), new("y", Score: 2)], [1.0]));
        Assert.Throws<ArgumentException>(() => task.Evaluate([], (double[])[]));
        Assert.Throws<ArgumentException>(() => ChoicePredictionFile.Accuracy([new("1", "", "", ["a", "b"], 0), new("2", "", "", ["a", "b"], 0)], [0]));
        Assert.Throws<ArgumentException>(() => ChoicePredictionFile.Accuracy([], []));
        Assert.Throws<ArgumentException>(() => new ConfusionMatrix([2], [0], 2));
        Assert.Equal(double.NaN, Correlation.Spearman([1, 2, double.NaN], [1, 2, 3]));
    }
}
