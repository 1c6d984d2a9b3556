using AlbertCompiled.Tests.Language;
using AlbertCompiled.Tests.Numbers;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Checkpoints: what goes in comes out, and whatever is damaged is told in one line.</summary>
public sealed class CheckpointTests
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
        using var other = FakeModel.Create(Small, Capacity, seed: 7);
        Assert.Equal(State(model), store.Load(other));
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

    /// <summary>As a crash in the middle would leave it: no folder that has lost a file passes for a checkpoint.</summary>
    [Fact]
    public void Cleared_checkpoints_lose_their_manifest_first()
    {
        if (!OperatingSystem.IsLinux()) return; // elsewhere events come in no order
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path, keep: 2);
        store.Save(model, State(model));
        store.Save(model, State(model) with { Step = model.Step + 1 });
        var deleted = new List<string>();
        using var all = new ManualResetEventSlim();
        using var watcher = new FileSystemWatcher(folder.Path) { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName };
        watcher.Deleted += (_, e) =>
        {
            deleted.Add(e.Name!);
            if (e.Name == "checkpoints") all.Set();
        };
        watcher.EnableRaisingEvents = true;
        store.Clear();
        Assert.True(all.Wait(TimeSpan.FromMinutes(1)));
        string[] first = [.. deleted.Where(d => d.Count(c => c == Path.DirectorySeparatorChar) == 2).GroupBy(d => Path.GetDirectoryName(d)).Select(g => Path.GetFileName(g.First()))];
        Assert.Equal(["manifest.json", "manifest.json"], first);
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
        store.Save(model, State(model) with { Step = model.Step + 1 });
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
    public void Half_a_checkpoint_is_none()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path);
        string good = store.Save(model, State(model));
        folder.Write("checkpoints/step-00000099/model.safetensors", "cut off before the manifest");
        folder.Write("checkpoints/step-00000100.tmp/manifest.json", "never renamed");
        Assert.Equal(good, store.Latest());
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("optimizer.safetensors")]
    [InlineData("state.json")]
    public void Any_changed_or_missing_byte_is_found(string name)
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path);
        string path = Path.Combine(store.Save(model, State(model)), name);
        byte[] good = File.ReadAllBytes(path);
        foreach (int at in (int[])[0, good.Length / 2, good.Length - 1])
        {
            byte[] bad = [.. good];
            bad[at] ^= 0x10;
            File.WriteAllBytes(path, bad);
            AssertRefused(store, $"{path} is corrupted");
        }

        File.WriteAllBytes(path, good[..^1]);
        AssertRefused(store, $"{path} is truncated");
        File.WriteAllBytes(path, []);
        AssertRefused(store, $"{path} is truncated");
        File.Delete(path);
        AssertRefused(store, $"{name} is missing");
        File.WriteAllBytes(path, good);
        using var fresh = FakeModel.Create(Small, Capacity);
        store.Load(fresh);
    }

    [Fact]
    public void Every_flipped_byte_is_refused_with_its_file()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path);
        string saved = store.Save(model, State(model), heldOutLoss: 1.5);
        foreach (string path in Directory.GetFiles(saved))
        {
            byte[] bytes = File.ReadAllBytes(path);
            int stride = path.EndsWith(".safetensors", StringComparison.Ordinal) ? 3 : 1;
            for (int i = 0; i < bytes.Length; i += stride)
            {
                bytes[i] ^= 0x01;
                File.WriteAllBytes(path, bytes);
                string message = Assert.Throws<TrainingException>(() => Manifest.Verify(saved)).Message;
                Assert.Contains(path, message);
                bytes[i] ^= 0x01;
            }

            File.WriteAllBytes(path, bytes);
        }

        Assert.Equal(1.5, Manifest.Verify(saved).HeldOutLoss);
    }

    [Fact]
    public void A_corrupted_place_is_told_by_bytes_and_tensors()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        model.Save(folder["w.safetensors"]);
        byte[] bytes = File.ReadAllBytes(folder["w.safetensors"]);
        Manifest.Write(folder.Path, 3, null, ["w.safetensors"], chunkBytes: 64);
        Manifest.Verify(folder.Path);

        int last = bytes.Length - 1;
        string inLast = last / 64 * 64 < bytes.Length - 8 ? "word.weight, order.bias" : "order.bias";
        AssertTold(last, $"bytes {last / 64 * 64} to {last}, of {inLast}, are not the ones written");
        AssertTold(last - 100, $"bytes {(last - 100) / 64 * 64} to {(last - 100) / 64 * 64 + 63}, of word.weight, are not");
        AssertTold(70, "bytes 64 to 127 are not");     // within the header

        void AssertTold(int at, string expected)
        {
            byte[] bad = [.. bytes];
            bad[at] ^= 0x80;
            File.WriteAllBytes(folder["w.safetensors"], bad);
            Assert.Contains($"{folder["w.safetensors"]} is corrupted: {expected}", Assert.Throws<TrainingException>(() => Manifest.Verify(folder.Path)).Message);
        }
    }

    [Fact]
    public void A_damaged_checkpoint_names_the_whole_one_before_it()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path, keep: 3);
        string first = store.Save(model, State(model));
        (model.Step, string second) = (4, store.Save(model, State(model) with { Step = 4 }));
        (model.Step, string third) = (5, store.Save(model, State(model) with { Step = 5 }));
        foreach (string folderOf in (string[])[second, third]) File.AppendAllText(Path.Combine(folderOf, "state.json"), " ");
        AssertRefused(store, $"; {first} is whole: delete {third} to go on from there");
        Directory.Delete(third, true);
        Directory.Delete(second, true);
        using var fresh = FakeModel.Create(Small, Capacity);
        Assert.Equal(3, store.Load(fresh).Step);
    }

    [Fact]
    public void A_crash_while_a_checkpoint_is_replaced_or_removed_leaves_one()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path);
        string good = store.Save(model, State(model));

        // replaced by one of the same step: the old one has moved aside, the new one is not there yet
        Directory.Move(good, good + ".old");
        using var fresh = FakeModel.Create(Small, Capacity);
        Assert.Equal(3, store.Load(fresh).Step);
        store.Save(model, State(model));
        Assert.Equal([good], Directory.GetDirectories(folder["checkpoints"]));

        // removed in part: the manifest goes first
        folder.Write("checkpoints/step-00000009/model.safetensors", "what is left");
        Assert.Equal(good, store.Latest());
    }

    [Fact]
    public void The_best_stays_whatever_its_age()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path, keep: 2);
        double?[] losses = [5, 3, null, 4, null, 6, null];
        for (int i = 0; i < losses.Length; i++) store.Save(model, State(model) with { Step = i }, losses[i]);
        Assert.Equal(["step-00000001", "step-00000005", "step-00000006"], Directory.GetDirectories(folder["checkpoints"]).Select(Path.GetFileName).Order());
        Assert.Equal(3, store.Best()!.Value.HeldOutLoss);
        File.WriteAllText(Path.Combine(store.Best()!.Value.Folder, "manifest.json"), "{}");
        Assert.Equal(6, store.Best()!.Value.HeldOutLoss);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    public void A_damaged_manifest_is_found(string text)
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path);
        File.WriteAllText(Path.Combine(store.Save(model, State(model)), "manifest.json"), text);
        AssertRefused(store, "manifest.json is corrupted");
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
    public void A_failed_write_leaves_the_last_checkpoint()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path);
        string good = store.Save(model, State(model));
        model.Step = 20;
        folder.Write("checkpoints/step-00000020.tmp", "a file where the folder should be");
        string message = Assert.Throws<TrainingException>(() => store.Save(model, State(model))).Message;
        Assert.Contains($"the last good one is {good}", message);
        using var fresh = FakeModel.Create(Small, Capacity);
        Assert.Equal(3, store.Load(fresh).Step);
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

    static void AssertRefused(CheckpointStore store, string expected)
    {
        using var model = FakeModel.Create(Small, Capacity);
        string message = Assert.Throws<TrainingException>(() => store.Load(model)).Message;
        Assert.Contains(expected, message);
        Assert.DoesNotContain('\n', message);
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
