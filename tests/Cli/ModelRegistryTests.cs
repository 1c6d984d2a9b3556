using AlbertCompiled.Commands;
using AlbertCompiled.Cpu;
using AlbertCompiled.Models;
using AlbertCompiled.Tests.Numbers;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Which of a program's models is meant.</summary>
public sealed class ModelRegistryTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_model_that_is_pretrained_and_infers_a_task_is_none_to_tune()
    {
        var both = Described("[Albert(Vocabulary = 50, Hidden = 16, Heads = 2, Layers = 1, Intermediate = 16), Pretraining, Classification(3, Training = false)] public sealed partial class Both;", "Both");
        Assert.Equal((LabelKind.None, "AlbertCompiled.Models.AlbertAttribute"), (both.LearnsFrom, both.Architecture));
        Assert.Null(TaskHead.Of(both));
        Assert.Equal(TaskHead.Classification, TaskHead.Of(AlbertTinyClassifier.Compiled));
        Assert.Equal(TaskHead.Choices, TaskHead.Of(AlbertBaseChooser.Compiled));
        var models = new ModelRegistry(Registered(AlbertTinyClassifier.Compiled), Registered(both));
        Assert.Equal("Both", models.Default.Name);
    }

    [Fact]
    public void A_head_is_found_by_its_encoder_whatever_the_names()
    {
        var dropped = AlbertTinyTagger.Compiled with { Name = "Dropped", Configuration = [.. AlbertTinyTagger.Compiled.Configuration.Select(p => p.Name == "Dropout" ? (p.Name, "0.25") : p)] };
        Assert.True(dropped.SharesEncoder(AlbertTiny.Compiled));
        Assert.False(AlbertSmallTagger.Compiled.SharesEncoder(AlbertTiny.Compiled));
        var other = AlbertTinyTagger.Compiled with { Architecture = "Mine.OtherAttribute" };
        Assert.False(other.SharesEncoder(AlbertTiny.Compiled)); // the same settings of something else
        var models = new ModelRegistry(Registered(other), Registered(dropped), Registered(AlbertTiny.Compiled));
        Assert.Equal("Dropped", models.WithHead(models.Find("AlbertTiny"), TaskHead.Tags, classes: 3).Name);
        string told = Assert.Throws<TrainingException>(() => models.WithHead(Registered(other with { LearnsFrom = LabelKind.None }), TaskHead.Choices, null)).Message;
        Assert.Contains("[MultipleChoice]", told);
    }

    [Fact]
    public void Of_several_heads_the_first_with_enough_classes_is_taken()
    {
        var few = AlbertTinyClassifier.Compiled with { Name = "Few", Parameters = [.. AlbertTinyClassifier.Compiled.Parameters.Select(p => p.Name == "classifier.weight" ? p with { Rows = 2 } : p)] };
        var models = new ModelRegistry(Registered(few)).With<AlbertTinyClassifier>().With<AlbertTiny>();
        Assert.Equal(["Few", "AlbertTinyClassifier", "Few"], new[] { 2, 3, 33 }.Select(classes => models.WithHead(models.Find("AlbertTiny"), TaskHead.Classification, classes).Name));
        Assert.Equal("AlbertTinyClassifier", models.WithHead(models.Find("Few"), TaskHead.Classification, 3).Name);
        Assert.Equal("AlbertTinyClassifier", models.First(TaskHead.Classification, 3).Name);
        Assert.Contains("[TokenTags]", Assert.Throws<TrainingException>(() => models.First(TaskHead.Tags, 3)).Message);
    }

    [Fact]
    public void A_folder_is_opened_with_the_model_that_agrees()
    {
        using var device = new CpuDevice(1);
        using var model = AlbertTinyClassifier.Create(device, new(8, 1, 1));
        model.Save(folder["weights"]);
        var fewer = AlbertTinyClassifier.Compiled with { Configuration = [.. AlbertTinyClassifier.Compiled.Configuration.Select(p => p.Name == "Labels" ? (p.Name, "2") : p)] };
        var renamed = AlbertTinyClassifier.Compiled with { Name = "Renamed" };
        Assert.Same(AlbertTinyClassifier.Compiled, Found(fewer, AlbertTinyClassifier.Compiled));
        Assert.Same(renamed, Found(fewer, renamed));
        Assert.Same(fewer, Found(fewer, AlbertSmallClassifier.Compiled)); // whose loading tells what differs
        Assert.Null(Found(AlbertSmallClassifier.Compiled));
        Assert.Same(fewer, ModelLineage.Find([fewer, AlbertTinyClassifier.Compiled], "AlbertTinyClassifier", folder["none"]));

        ModelDescription? Found(params ModelDescription[] models) => ModelLineage.Find(models, "AlbertTinyClassifier", folder["weights"]);
    }

    static ModelDescription Described(string source, string type) => (ModelDescription)InMemory.Compile(source).GetType(type)!.GetProperty("Compiled")!.GetValue(null)!;

    static RegisteredModel Registered(ModelDescription model) => new(model, (_, _, _, _) => throw new InvalidOperationException());
}
