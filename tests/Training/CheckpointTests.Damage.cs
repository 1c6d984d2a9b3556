using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>What crashes, full disks and flipped bits leave.</summary>
public sealed partial class CheckpointTests
{
    /// <summary>As a crash in the middle would leave it: no folder that has lost a file passes for a checkpoint.</summary>
    [Fact]
    public void Cleared_checkpoints_lose_their_manifest_first()
    {
        if (!OperatingSystem.IsLinux()) return; // elsewhere events come in no order
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path, keep: 2);
        store.Save(model, State(model));
        model.Step++;
        store.Save(model, State(model));
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
    public void A_device_that_fails_while_a_checkpoint_is_written_leaves_the_last_one_alone()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path);
        string good = store.Save(model, State(model));
        ((FakeParameters)model.Parameters).BeforeRead = state =>
        {
            if (state == ParameterState.SecondMoment) throw new DeviceException("the card is gone");
        };
        model.Step = 4;
        Assert.Equal("the card is gone", Assert.Throws<DeviceException>(() => store.Save(model, State(model))).Message);
        Assert.Equal([good], Directory.GetFileSystemEntries(folder["checkpoints"]));
        Assert.Equal(good, store.Latest());
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
        model.Step = 4;
        string second = store.Save(model, State(model));
        model.Step = 5;
        string third = store.Save(model, State(model));
        foreach (string folderOf in (string[])[second, third]) File.AppendAllText(Path.Combine(folderOf, "state.json"), " ");
        AssertRefused(store, $"; {first} is whole: delete {third} to go on from there");
        Directory.Delete(third, true);
        Directory.Delete(second, true);
        using var fresh = FakeModel.Create(Small, Capacity);
        Assert.Equal(3, store.Load(fresh).Step);
    }

    [Fact]
    public void A_checkpoint_that_goes_while_it_is_read_gives_way_to_the_next()
    {
        int newest = 1;
        Assert.Equal("3", CheckpointStore.Read(() => $"{newest}", folder => folder == "3" ? folder : throw new TrainingException($"{newest++} has gone")));
        Assert.Equal("3 is damaged", Assert.Throws<TrainingException>(() => CheckpointStore.Read<int>(() => $"{newest}", folder => throw new TrainingException($"{folder} is damaged"))).Message);
    }

    [Fact]
    public void Who_reads_weights_needs_no_moments()
    {
        using var folder = new TemporaryFolder();
        using var model = Trained();
        var store = new CheckpointStore(folder.Path);
        File.Delete(Path.Combine(store.Save(model, State(model)), "optimizer.safetensors"));
        using var reader = FakeModel.Create(Small, Capacity, seed: 7);
        Assert.Equal(State(model), store.LoadWeights(reader));
        AssertRefused(store, "optimizer.safetensors is missing");
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

    static void AssertRefused(CheckpointStore store, string expected)
    {
        using var model = FakeModel.Create(Small, Capacity);
        string message = Assert.Throws<TrainingException>(() => store.Load(model)).Message;
        Assert.Contains(expected, message);
        Assert.DoesNotContain('\n', message);
    }
}
