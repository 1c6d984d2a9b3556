using AlbertCompiled.Tests.Language;
using AlbertCompiled.Tests.Numbers;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Checkpoints: what goes in comes out, and whatever is damaged is told in one line.</summary>
public sealed partial class CheckpointTests
{
    static readonly Capacity Capacity = new(64, 8);
    static readonly ModelDescription Small = FakeModel.Describe("Small", vocabulary: 50);

    [Fact]
    public void A_checkpoint_restores_weights_moments_and_step()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path);
        string saved = store.Save(model, State(model));
        using var other = FakeModel.Create(Small, Capacity);
        other.Parameters.Initialize(7);
        Assert.Equal(State(model), store.Load(other));
        using var seeded = FakeModel.Create(Small, Capacity, seed: 7);
        Assert.Equal($"{saved} is of a run with seed 42, the model has seed 7: create the model with the run's", Assert.Throws<TrainingException>(() => store.Load(seeded)).Message);
        Assert.Equal(0, seeded.Step);
        Assert.Equal(3, store.LoadWeights(seeded).Step);
        Assert.Equal(model.Step, other.Step);
        foreach (var state in (ParameterState[])[ParameterState.Value, ParameterState.FirstMoment, ParameterState.SecondMoment])
            foreach (var p in Small.Parameters)
            {
                Assert.Equal(model.Parameters.Read(p.Name, state), other.Parameters.Read(p.Name, state));
                Assert.Contains(other.Parameters.Read(p.Name, state), v => v != 0);
            }

        using var weights = Safetensors.Open(Path.Combine(saved, "model.safetensors"));
        Assert.Equal([50L, 2], weights["word.weight"].Shape);
        Assert.Equal([2L], weights["order.bias"].Shape);
    }

    [Fact]
    public void What_lies_beside_checkpoints_stays()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        string[] others = [folder.Write("checkpoints/epoch1.pt", "mine"), folder.Write("checkpoints/step-by-step/notes.txt", "mine")];
        var store = new CheckpointStore(folder.Path);
        store.Save(model, State(model));
        Directory.CreateDirectory(folder["checkpoints/step-00000099.tmp"]); // as a crash leaves it
        model.Step++;
        store.Save(model, State(model));
        store.Clear();
        Assert.Equal(others.Order(), Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).Order());
        Assert.Single(Directory.GetDirectories(folder["checkpoints"]));
    }

    [Fact]
    public void A_file_that_is_no_lock_is_not_taken()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("lock", "mine");
        Assert.Throws<TrainingException>(() => RunFolder.Lock(folder.Path));
        Assert.Equal("mine", File.ReadAllText(path));
        File.WriteAllText(path, ""); // as a process leaves it that was killed
        RunFolder.Lock(folder.Path).Dispose();
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void What_cannot_be_written_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("kept.json", "{}");
        Assert.Throws<TrainingException>(() => DataFile.Write(path, _ => throw new IOException("no room")));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
        Assert.Equal("{}", File.ReadAllText(path));
    }

    [Fact]
    public void A_checkpoint_is_kept_at_least() => Assert.Throws<ArgumentOutOfRangeException>(() => new CheckpointStore("run", keep: 0));

    [Fact]
    public void A_new_checkpoint_takes_the_place_of_the_last()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path);
        store.Save(model, State(model));
        store.Save(model, State(model)); // the same step again
        model.Step = 20;
        string newest = store.Save(model, State(model));
        Assert.Equal(newest, store.Latest());
        Assert.Equal([newest], Directory.GetFileSystemEntries(folder["checkpoints"]));
    }

    [Fact]
    public void The_best_stays_whatever_its_age()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path, keep: 2);
        double?[] losses = [5, 3, null, 4, null, 6, null];
        for (model.Step = 0; model.Step < losses.Length; model.Step++) store.Save(model, State(model), losses[model.Step]);
        Assert.Equal(["step-00000001", "step-00000005", "step-00000006"], Directory.GetDirectories(folder["checkpoints"]).Select(Path.GetFileName).Order());
        Assert.Equal(3, store.Best()!.Value.HeldOutLoss);
        File.WriteAllText(Path.Combine(store.Best()!.Value.Folder, "manifest.json"), "{}");
        Assert.Equal(6, store.Best()!.Value.HeldOutLoss);
    }

    [Fact]
    public void Another_configuration_is_refused_with_names_and_shapes_and_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path);
        store.Save(model, State(model));
        var larger = FakeModel.Describe("Large", vocabulary: 50, columns: 3);
        larger = larger with { Parameters = larger.Parameters.SetItem(1, larger.Parameters[1] with { Name = "other.bias" }) };
        using var other = FakeModel.Create(larger, Capacity);
        var before = other.Parameters.Read("word.weight");
        string message = Assert.Throws<TrainingException>(() => store.Load(other)).Message;
        Assert.Contains("another configuration than Large: word.weight is [50, 2], not [50, 3]; other.bias is missing; order.bias is unknown", message);
        Assert.Equal(before, other.Parameters.Read("word.weight"));
    }

    [Fact]
    public void Weights_alone_travel_between_instances()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        ModelWeights.Save(model, folder["w.safetensors"]);
        using var other = FakeModel.Create(Small, Capacity, seed: 9);
        ModelWeights.Load(other, folder["w.safetensors"]);
        Assert.Equal(model.Parameters.Read("word.weight"), other.Parameters.Read("word.weight"));
        Assert.Contains("cannot read", Assert.Throws<TrainingException>(() => ModelWeights.Load(other, folder["none"])).Message);
    }

    [Fact]
    public void An_encoder_takes_its_weights_from_a_checkpoint_of_pretraining()
    {
        using var folder = new TemporaryFolder();
        using var device = CompiledModels.Open("cpu");
        var batch = Batches.Random(7, 37, 2, 5, 12, 1, 8, 11);
        using var trained = OddNone.Create(device, Capacity, seed: 3);
        for (int i = 0; i < 2; i++) trained.TrainStep(batch, new(Optimizer.AdamW, 0.01f));
        var store = new CheckpointStore(folder.Path);
        store.Save(trained, State(trained));

        using var encoder = OddEncoder.Create(device, Capacity, seed: 4);
        var match = store.LoadMatchingWeights(encoder);
        Assert.Equal((encoder.Description.Parameters.Length, 0, 7), (match.Loaded.Count, match.Missing.Count, match.Unused.Count));
        trained.Predict(batch);
        var encoded = encoder.Encode(batch);
        Assert.Equal(trained.Output("hidden", batch), encoded.Hidden.ToArray());
        Assert.Equal(trained.Output("pooled", batch), encoded.Pooled.ToArray());

        using var classifier = OddClassifier.Create(device, Capacity, seed: 4);
        float[] before = classifier.Parameters.Read("classifier.weight");
        Assert.StartsWith(
            $"{encoder.Description.Parameters.Length} weights loaded; 2 missing: classifier.weight, classifier.bias; 7 not used: predictions.dense.weight, ",
            store.LoadMatchingWeights(classifier).ToString());
        Assert.Equal(before, classifier.Parameters.Read("classifier.weight"));
        Assert.Equal(trained.Parameters.Read("albert.pooler.weight"), classifier.Parameters.Read("albert.pooler.weight"));
        Assert.Contains("classifier.weight is missing", Assert.Throws<TrainingException>(() => store.LoadWeights(classifier)).Message);
    }

    [Fact]
    public void A_checkpoint_of_another_size_or_architecture_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path);
        Assert.Contains("no checkpoint in", Assert.Throws<TrainingException>(() => store.LoadMatchingWeights(model)).Message);
        string weights = Path.Combine(store.Save(model, State(model)), "model.safetensors");
        using var wider = FakeModel.Create(FakeModel.Describe("Wider", vocabulary: 50, columns: 3), Capacity);
        Assert.Equal($"{weights} belongs to another configuration than Wider: word.weight is [50, 2], not [50, 3]", Assert.Throws<TrainingException>(() => store.LoadMatchingWeights(wider)).Message);
        using var device = CompiledModels.Open("cpu");
        using var encoder = OddEncoder.Create(device, Capacity);
        Assert.Equal($"{weights} has no weight of OddEncoder: it belongs to another architecture", Assert.Throws<TrainingException>(() => store.LoadMatchingWeights(encoder)).Message);
        Assert.Contains("cannot read", Assert.Throws<TrainingException>(() => encoder.LoadMatching(folder["none"])).Message);
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..^1]);
        Assert.Contains("truncated", Assert.Throws<TrainingException>(() => store.LoadMatchingWeights(encoder)).Message);
    }

    [Fact]
    public void The_copies_in_published_checkpoints_are_no_difference()
    {
        using var folder = new TemporaryFolder();
        var named = Small with { Parameters = [.. Small.Parameters.Select(p => p with { Name = p.Name == "order.bias" ? "predictions.bias" : "albert.embeddings.word_embeddings.weight" })] };
        using var model = FakeModel.Create(named, Capacity);
        List<SafetensorsSource> tensors = [.. named.Parameters.Select(p => new SafetensorsSource(p.Name, p.IsVector ? [p.Columns] : [p.Rows, p.Columns], () => model.Parameters.Read(p.Name)))];
        tensors.Add(new("predictions.decoder.weight", [50, 2], () => model.Parameters.Read("albert.embeddings.word_embeddings.weight")));
        tensors.Add(new("predictions.decoder.bias", [2], () => model.Parameters.Read("predictions.bias")));
        tensors.Add(new("albert.embeddings.position_ids", [1, 2], () => new long[2], ElementType.I64));
        Safetensors.Write(folder["w.safetensors"], tensors);
        using var other = FakeModel.Create(named, Capacity, seed: 9);
        other.Load(folder["w.safetensors"]);
        Assert.Equal(model.Parameters.Read("albert.embeddings.word_embeddings.weight"), other.Parameters.Read("albert.embeddings.word_embeddings.weight"));
    }

    [Fact]
    public void Weights_travel_in_slices_however_large_the_model()
    {
        using var folder = new TemporaryFolder();
        var large = FakeModel.Describe("Large", vocabulary: 2_000_000);
        using var model = FakeModel.Create(large, Capacity);
        Assert.InRange(Allocated(() => ModelWeights.Save(model, folder["w.safetensors"])), 1, 6_000_000);
        Assert.Equal(16_000_008, new FileInfo(folder["w.safetensors"]).Length, 400.0);
        float[] before = model.Parameters.Read("word.weight");
        model.Parameters.Initialize(7);
        Assert.InRange(Allocated(() => ModelWeights.Load(model, folder["w.safetensors"])), 1, 6_000_000);
        Assert.True(before.AsSpan().SequenceEqual(model.Parameters.Read("word.weight")));

        static long Allocated(Action action)
        {
            long start = GC.GetAllocatedBytesForCurrentThread();
            action();
            return GC.GetAllocatedBytesForCurrentThread() - start;
        }
    }

    static FakeModel Trained()
    {
        var model = FakeModel.Create(Small, Capacity);
        var batch = new TokenBatch(Capacity);
        batch.Add([2, 10, 3, 11, 3], [0, 0, 0, 1, 1], [1], [10], 0);
        for (int i = 0; i < 3; i++) model.TrainStep(batch, new(Optimizer.AdamW, 0.1f));
        return model;
    }

    static CheckpointState State(CompiledModel model) => new("Small", model.Step, 42, 1.5, 99);
}
