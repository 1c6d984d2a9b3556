using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>What is not written, and what is not loaded, because it would be something else.</summary>
public sealed partial class CheckpointTests
{
    [Fact]
    public void A_step_before_the_newest_is_refused_and_loses_nothing()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path);
        model.Step = 20;
        string newest = store.Save(model, State(model), heldOutLoss: 2);
        using var other = Trained();
        other.Step = 5;
        string message = Assert.Throws<TrainingException>(() => store.Save(other, State(other))).Message;
        Assert.Equal($"cannot write the checkpoint {folder["checkpoints/step-00000005"]}: {newest} is of a later step, as of another run; choose another folder, or remove {folder["checkpoints"]}", message);
        Assert.Equal([newest], Directory.GetFileSystemEntries(folder["checkpoints"]));
        Assert.Equal(20, store.LoadWeights(other).Step);
        store.Clear();
        Assert.True(Directory.Exists(store.Save(other, State(other))));
    }

    [Theory]
    [InlineData(-5, 1.5, 99, null, "cannot write a checkpoint of step -5: steps count from 0")]
    [InlineData(7, 1.5, 99, null, "cannot write a checkpoint of step 7, for the model has done 3: give the state the model's Step")]
    [InlineData(3, double.NaN, 99, null, "cannot write a checkpoint of NaN seconds and 99 tokens: both count from 0")]
    [InlineData(3, 1.5, -1, null, "cannot write a checkpoint of 1.5 seconds and -1 tokens: both count from 0")]
    [InlineData(3, 1.5, 99, double.NaN, "cannot write a checkpoint with a held-out loss of NaN, by which no best one is found: leave it out, or train anew with a lower learning rate")]
    [InlineData(3, 1.5, 99, double.PositiveInfinity, "cannot write a checkpoint with a held-out loss of Infinity")]
    public void What_is_no_state_of_the_model_is_refused_before_anything_is_written(long step, double seconds, long tokens, double? loss, string expected)
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        string message = Assert.Throws<TrainingException>(() => new CheckpointStore(folder.Path).Save(model, new("Small", step, 42, seconds, tokens), loss)).Message;
        Assert.StartsWith(expected, message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Weights_of_other_heads_or_another_activation_are_refused_whole_or_in_part()
    {
        using var folder = new TemporaryFolder();
        using var model = FakeModel.Create(Configured("2", "Activation.GeluTanh", "12", "0.1"), Capacity);
        var store = new CheckpointStore(folder.Path);
        string weights = Path.Combine(store.Save(model, State(model)), "model.safetensors");
        using var other = FakeModel.Create(Configured("4", "Activation.GeluErf", "12", "0.1"), Capacity, seed: 9);
        other.Parameters.Initialize(9);
        float[] before = other.Parameters.Read("word.weight");
        string expected = $"{weights} belongs to another configuration than Small: Heads is 2, not 4; Activation is Activation.GeluTanh, not Activation.GeluErf";
        foreach (Action load in (Action[])[() => other.Load(weights), () => other.LoadMatching(weights), () => store.LoadWeights(other), () => store.LoadMatchingWeights(other)])
            Assert.Equal(expected, Assert.Throws<TrainingException>(load).Message);
        Assert.Equal(before, other.Parameters.Read("word.weight"));
        using var seeded = FakeModel.Create(other.Description, Capacity);
        Assert.Equal(expected, Assert.Throws<TrainingException>(() => store.Load(seeded)).Message);
    }

    [Fact]
    public void Dropout_may_differ_and_a_smaller_model_takes_weights_of_a_larger_one()
    {
        using var folder = new TemporaryFolder();
        using var model = FakeModel.Create(Configured("2", "Activation.GeluTanh", "12", "0.1"), Capacity);
        model.Save(folder["w.safetensors"]);
        using var dry = FakeModel.Create(Configured("2", "Activation.GeluTanh", "12.0", "0"), Capacity);
        dry.Load(folder["w.safetensors"]);
        using var shallow = FakeModel.Create(Configured("2", "Activation.GeluTanh", "6", "0.1"), Capacity);
        Assert.Contains("Layers is 12, not 6", Assert.Throws<TrainingException>(() => shallow.Load(folder["w.safetensors"])).Message);
        Assert.Equal(2, shallow.LoadMatching(folder["w.safetensors"]).Loaded.Count);
    }

    /// <summary>Of an earlier version, or by another program.</summary>
    [Fact]
    public void Files_that_do_not_tell_their_configuration_load()
    {
        using var folder = new TemporaryFolder();
        using var model = FakeModel.Create(Small with { Configuration = [] }, Capacity);
        model.Save(folder["w.safetensors"]);
        using (var file = Safetensors.Open(folder["w.safetensors"])) Assert.Equal(["model"], file.Metadata.Keys);
        using var other = FakeModel.Create(Configured("4", "Activation.GeluErf", "12", "0"), Capacity, seed: 9);
        other.Load(folder["w.safetensors"]);
        Assert.Equal(model.Parameters.Read("word.weight"), other.Parameters.Read("word.weight"));
    }

    [Fact]
    public void A_save_that_fails_leaves_the_file_that_was_there()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        model.Save(folder["w.safetensors"]);
        byte[] before = File.ReadAllBytes(folder["w.safetensors"]);
        ((FakeParameters)model.Parameters).BeforeRead = _ => throw new DeviceException("the card is gone");
        Assert.Throws<DeviceException>(() => model.Save(folder["w.safetensors"]));
        Assert.Equal(before, File.ReadAllBytes(folder["w.safetensors"]));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    static ModelDescription Configured(string heads, string activation, string layers, string dropout) =>
        Small with { Configuration = [("Heads", heads), ("Activation", activation), ("Layers", layers), ("Dropout", dropout)] };
}
