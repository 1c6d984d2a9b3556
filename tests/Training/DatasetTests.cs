using System.Text;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Datasets: made alike by any number of threads and after any interruption, and never read when damaged.</summary>
public sealed partial class DatasetTests : IDisposable
{
    static readonly Lazy<string> Text = new(() => TestText.Documents(documents: 300, sentences: 60)); // five groups
    static readonly string[] Files = ["checksums.bin", "documents.bin", "manifest.json", "sentences.bin", "tokens.bin", "vocabulary.model"];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_files_are_the_same_for_any_number_of_threads()
    {
        folder.Write("text/a.txt", Text.Value);
        folder.Write("text/b.txt", TestText.Documents(20, 5, seed: 2));
        Prepare("one", threads: 1).Dispose();
        Prepare("four", threads: 4).Dispose();
        AssertSame("one", "four");
    }

    [Fact]
    public void It_holds_what_the_text_holds()
    {
        folder.Write("text/a.txt", Text.Value);
        using var corpus = Prepare("data");
        var documents = new TextFiles(folder["text"]).Read().ToList();
        Assert.Equal((documents.Count, documents.Sum(d => d.Sentences.Count)), (corpus.Documents, corpus.Sentences));
        Assert.Equal(documents.Index().Where(d => d.Item.HeldOut).Select(d => d.Index), corpus.HeldOutDocuments);
        int sentence = 0;
        foreach (var (ordinal, document) in documents.Index())
        {
            Assert.Equal(sentence, corpus.FirstSentence(ordinal));
            foreach (var (index, text) in document.Sentences.Index())
            {
                Assert.Equal(index == 0 || text.Section != document.Sentences[index - 1].Section, corpus.StartsSection(sentence));
                if (sentence % 100 == 0) Assert.Equal(TestText.Vocabulary.Encode(text.Text), corpus.Sentence(sentence));
                sentence++;
            }
        }

        Assert.Equal(Files, Directory.GetFiles(folder["data"]).Select(Path.GetFileName).Order());
        Assert.Equal((TestText.Vocabulary.Hash, folder["text/a.txt"]), (corpus.Manifest.VocabularyHash, Assert.Single(corpus.Manifest.Sources).Path));
    }

    [Fact]
    public void A_cache_that_is_a_file_is_told()
    {
        folder.Write("text/a.txt", TestText.Documents(2, 2));
        Assert.Equal($"cannot keep prepared text in {folder["text/a.txt"]}: it is a file; set ALBERT_CACHE to a folder",
            Refused(() => CorpusCache.Open(new TextFiles(folder["text"]), TestText.Vocabulary, 1, folder["text/a.txt"])));
    }

    [Fact]
    public void A_linked_file_is_text_and_a_pipe_is_not()
    {
        if (OperatingSystem.IsWindows()) return;
        folder.Write("there/a.txt", TestText.Documents(60, 30));
        Directory.CreateDirectory(folder["text"]);
        File.CreateSymbolicLink(folder["text/first.txt"], "../there/a.txt");
        File.CreateSymbolicLink(folder["text/a.txt"], "first.txt");
        using (var corpus = Prepare("data"))
            Assert.All(corpus.Manifest.Sources, source => Assert.Null(source.Change(default)));
        File.AppendAllText(folder["there/a.txt"], "One more.\n");
        using (var corpus = Corpus.Open(folder["data"]))
            Assert.All(corpus.Manifest.Sources, source => Assert.Equal("has changed since", source.Change(default)));
        File.Delete(folder["text/first.txt"]);
        File.CreateSymbolicLink(folder["text/first.txt"], "a.txt");
        using (var corpus = Corpus.Open(folder["data"]))
            Assert.All(corpus.Manifest.Sources, source => Assert.Equal("is gone", source.Change(default)));
        Assert.StartsWith($"cannot read {folder["text/a.txt"]}", Refused(() => new CorpusPreparation(new TextFiles(folder["text/a.txt"]), TestText.Vocabulary, 1).Run(folder["other"], default)));

        if (!OperatingSystem.IsLinux()) return;
        System.Diagnostics.Process.Start("mkfifo", [folder["pipe.txt"]]).WaitForExit();
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream();
        foreach (string path in (string[])[folder["pipe.txt"], $"/dev/fd/{pipe.GetClientHandleAsString()}"])
            Assert.Equal($"{path} is a pipe or a device, which cannot be read twice: write its text to a file",
                Refused(() => new CorpusPreparation(new TextFiles(path), TestText.Vocabulary, 1).Run(folder["other"], default)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(299)]
    public void An_interrupted_preparation_goes_on_to_the_same_files(int document)
    {
        folder.Write("text/a.txt", Text.Value);
        folder.Write("text/b.txt", Text.Value);
        Prepare("whole").Dispose();
        using var cancellation = new CancellationTokenSource();
        var broken = new CorpusPreparation(new Watched(new TextFiles(folder["text"]), 300 + document, cancellation.Cancel), TestText.Vocabulary, 2);
        Assert.Throws<OperationCanceledException>(() => broken.Run(folder["broken"], cancellation.Token));
        Assert.Contains("not prepared to the end", Assert.Throws<TrainingException>(() => Corpus.Open(folder["broken"])).Message);

        var again = new CorpusPreparation(new Watched(new TextFiles(folder["text"])), TestText.Vocabulary, 2);
        again.Run(folder["broken"], default).Dispose();
        Assert.InRange(again.Report.Resumed, document > 1 ? 1 : 0, 300 + document); // groups on their way are not written yet
        AssertSame("whole", "broken", except: "manifest.json"); // the kind of source is in the key
    }

    [Fact]
    public void What_was_written_after_the_last_commit_is_written_again()
    {
        folder.Write("text/a.txt", Text.Value);
        Prepare("whole").Dispose();
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(
            () => new CorpusPreparation(new Watched(new TextFiles(folder["text"]), 250, cancellation.Cancel), TestText.Vocabulary, 1).Run(folder["killed"], cancellation.Token));
        foreach (string file in (string[])["tokens.bin", "sentences.bin", "documents.bin"])
            using (var stream = File.OpenWrite(folder[$"killed/{file}"]))
            {
                stream.Seek(0, SeekOrigin.End);
                stream.Write(new byte[1234]);
            }

        new CorpusPreparation(new Watched(new TextFiles(folder["text"])), TestText.Vocabulary, 1).Run(folder["killed"], default).Dispose();
        AssertSame("whole", "killed", except: "manifest.json");
    }

    [Fact]
    public void A_whole_dataset_is_opened_and_one_of_other_text_or_vocabulary_is_refused()
    {
        folder.Write("text/a.txt", TestText.Documents(20, 5));
        Prepare("data").Dispose();
        var written = File.GetLastWriteTimeUtc(folder["data/manifest.json"]);
        Prepare("data").Dispose();
        Assert.Equal(written, File.GetLastWriteTimeUtc(folder["data/manifest.json"]));
        Assert.Contains("made with another vocabulary", Refused(() => new CorpusPreparation(new TextFiles(folder["text"]), Other(), 1).Run(folder["data"], default)));
        folder.Write("text/a.txt", TestText.Documents(20, 6));
        Assert.Contains("a.txt is new or has changed", Refused(() => Prepare("data")));
        using var corpus = Corpus.Open(folder["data"]);
        Assert.Equal("has changed since", corpus.Manifest.Sources[0].Change(default));
        File.Delete(folder["text/a.txt"]);
        Assert.Equal("is gone", corpus.Manifest.Sources[0].Change(default));
        Assert.Contains("another vocabulary", Refused(() => corpus.CheckVocabulary(Other())));
        corpus.CheckVocabulary(TestText.Vocabulary);
    }

    [Fact]
    public void A_file_that_changes_while_it_is_read_ends_the_preparation()
    {
        folder.Write("text/a.txt", TestText.Documents(20, 5));
        var source = new Watched(new TextFiles(folder["text"]), 3, () => File.AppendAllText(folder["text/a.txt"], "More.\n"));
        Assert.Contains("a.txt changed while it was read", Refused(() => new CorpusPreparation(source, TestText.Vocabulary, 1).Run(folder["data"], default)));
        Assert.False(Corpus.Exists(folder["data"]));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_or_holds_something_else_is_refused()
    {
        folder.Write("text/a.txt", TestText.Documents(20, 5));
        folder.Write("other/keep.me", "");
        Assert.Contains("is not empty and no dataset", Refused(() => Prepare("other")));
        Assert.Contains("cannot write the dataset", Refused(() => Prepare("text/a.txt/data")));
        Assert.True(File.Exists(folder["other/keep.me"]));
        Assert.Contains("is not a dataset", Refused(() => Corpus.Open(folder["other"])));
    }

    [Fact]
    public void A_text_too_small_leaves_nothing_behind()
    {
        folder.Write("text/a.txt", "\n\n");
        Assert.Contains("empty", Refused(() => Prepare("data")));
        folder.Write("text/a.txt", "A sentence.\nAnother.\n");
        Assert.Contains("too small", Refused(() => Prepare("data")));
        Assert.False(Directory.Exists(folder["data"]));
    }

    [Fact]
    public void Sentences_and_documents_without_tokens_are_left_out_and_longest_ones_are_cut()
    {
        Directory.CreateDirectory(folder["data"]);
        int[] longest = [.. Enumerable.Range(0, 100_000).Select(i => 5 + i % 1000)];
        using (var writer = new CorpusWriter(folder["data"], TestText.Vocabulary))
        {
            writer.Add(false, []);
            writer.Add(false, [([], 0), ([7, 8], 0), ([], 1), ([9], 1)]);
            writer.Add(false, [([], 0)]);
            writer.Add(false, [(longest, 0)]);
            writer.Finish("key", "text", []);
        }

        using var corpus = Corpus.Open(folder["data"]);
        Assert.Equal((2, 4, 100_003L), (corpus.Documents, corpus.Sentences, corpus.Tokens));
        Assert.Equal([[7, 8], [9]], [corpus.Sentence(0), corpus.Sentence(1)]);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(corpus.StartsSection));
        Assert.Equal(longest, corpus.Sentence(2).Concat(corpus.Sentence(3)));
        Assert.Equal([1], corpus.HeldOutDocuments); // no name chose one: the last serves
    }

    [Fact]
    public void Tables_of_many_sentences_and_ids_of_four_bytes_read_back()
    {
        Directory.CreateDirectory(folder["data"]);
        var vocabulary = Wide();
        Assert.True(vocabulary.Size > 65_536);
        using (var writer = new CorpusWriter(folder["data"], vocabulary))
        {
            for (int d = 0; d < 100; d++) writer.Add(d % 2 == 0, [.. Enumerable.Range(0, 1000).Select(s => ((int[])[d * 700, s], s / 10))]);
            writer.Finish("key", "text", []);
        }

        using var corpus = Corpus.Open(folder["data"]);
        for (int s = 0; s < 100_000; s += 37) Assert.Equal([s / 1000 * 700, s % 1000], corpus.Sentence(s));
        for (int s = 0; s < 100_000; s++) Assert.Equal(s % 10 == 0, corpus.StartsSection(s));
        Assert.Equal(200_000, corpus.FirstToken(100_000));
    }

    [Fact]
    public void An_interrupted_preparation_of_the_cache_goes_on()
    {
        folder.Write("text/a.txt", Text.Value);
        using var cancellation = new CancellationTokenSource();
        CorpusPreparation Preparation(int document = -1) => new(new Watched(new TextFiles(folder["text"]), document, cancellation.Cancel), TestText.Vocabulary, 1);
        Assert.Throws<OperationCanceledException>(() => CorpusCache.Open(Preparation(document: 250), folder["cache"], cancellation.Token));
        string unfinished = Assert.Single(Directory.GetFileSystemEntries(folder["cache"]));
        Assert.EndsWith(".tmp", unfinished);

        var resumed = Preparation();
        using (CorpusCache.Open(resumed, folder["cache"])) Assert.True(resumed.Report.Resumed > 0);
        string whole = Assert.Single(Directory.GetFileSystemEntries(folder["cache"]));
        Prepare("data").Dispose();
        foreach (string file in Files.Where(f => f != "manifest.json")) Assert.Equal(File.ReadAllBytes(folder[$"data/{file}"]), File.ReadAllBytes(Path.Combine(whole, file)));

        Directory.Move(whole, whole + ".tmp"); // what was left may be damaged: then it begins anew
        File.Delete(Path.Combine(whole + ".tmp", "manifest.json"));
        CorpusCache.Open(Preparation(), folder["cache"]).Dispose();
        Assert.Equal([whole], Directory.GetFileSystemEntries(folder["cache"]));
    }

    [Fact]
    public void A_preparation_of_the_cache_goes_on_after_a_full_disk()
    {
        folder.Write("text/a.txt", Text.Value);
        using var cancellation = new CancellationTokenSource();
        CorpusPreparation Preparation(int document = -1, Action? then = null) => new(new Watched(new TextFiles(folder["text"]), document, then), TestText.Vocabulary, 1);
        Assert.Throws<OperationCanceledException>(() => CorpusCache.Open(Preparation(250, cancellation.Cancel), folder["cache"], cancellation.Token));
        Assert.Contains("cannot write the prepared corpus", Refused(() => CorpusCache.Open(Preparation(270, () => throw new IOException("no space")), folder["cache"])));
        var resumed = Preparation();
        using (CorpusCache.Open(resumed, folder["cache"])) Assert.True(resumed.Report.Resumed > 0);
    }

    [Fact]
    public async Task Two_that_want_the_same_text_prepare_it_once()
    {
        folder.Write("text/a.txt", Text.Value);
        Directory.CreateDirectory(folder["cache"]);
        using var taken = FileLock.TryTake(Path.Combine(folder["cache"], Preparation().Key(default) + ".lock"));
        var waiting = Task.Run(() => CorpusCache.Open(Preparation(), folder["cache"]));
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);
        Assert.Empty(Directory.GetDirectories(folder["cache"]));
        taken!.Dispose();
        (await waiting).Dispose();

        CorpusPreparation Preparation() => new(new TextFiles(folder["text"]), TestText.Vocabulary, 1);
    }

    [Fact]
    public void A_dataset_of_the_cache_that_cannot_be_read_is_kept()
    {
        folder.Write("text/a.txt", TestText.Documents(20, 5));
        string path;
        using (var corpus = CorpusCache.Open(new TextFiles(folder["text"]), TestText.Vocabulary, 1, folder["cache"])) path = corpus.Folder;
        string vocabulary = Path.Combine(path, "vocabulary.model");
        File.Delete(vocabulary);
        Directory.CreateDirectory(vocabulary); // which nobody can open as a file
        Assert.StartsWith("cannot read", Refused(() => CorpusCache.Open(new TextFiles(folder["text"]), TestText.Vocabulary, 1, folder["cache"])));
        Assert.True(Corpus.Exists(path));
        Directory.Delete(vocabulary);
        CorpusCache.Open(new TextFiles(folder["text"]), TestText.Vocabulary, 1, folder["cache"]).Dispose(); // what is missing is damage
        Assert.True(File.Exists(vocabulary));
    }

    Corpus Prepare(string name, int threads = 2) => new CorpusPreparation(new TextFiles(folder["text"]), TestText.Vocabulary, threads).Run(folder[name], default);

    void AssertSame(string a, string b, string? except = null)
    {
        foreach (string file in Files.Where(f => f != except)) Assert.True(File.ReadAllBytes(folder[$"{a}/{file}"]).AsSpan().SequenceEqual(File.ReadAllBytes(folder[$"{b}/{file}"])), file);
    }

    static string Refused(Action action) => Assert.Throws<TrainingException>(action).Message;

    static string Refused(Func<Corpus> action) => Assert.Throws<TrainingException>(action).Message;

    // all of it, as training would
    static void Read(string path)
    {
        using var corpus = Corpus.Open(path);
        corpus.Check(default);
        var vocabulary = TestText.Vocabulary;
        var filler = new BatchFiller(corpus, vocabulary, new(), 64);
        var batch = new TokenBatch(new(512, 100));
        foreach (int[] documents in (int[][])[corpus.TrainingDocuments, corpus.HeldOutDocuments])
        {
            if (documents.Length == 0) continue;
            var plan = new EpochPlanner(corpus, documents, new(Objective.NextSentence, Chunking.Original), 64, batch.Capacity, 1).Draw(0, 0, keepRest: true);
            for (int i = 0; i < plan.Batches; i++) filler.Fill(plan.Batch(i), 1, i, batch);
        }
    }

    // checksums that fit what is in the files
    void Seal()
    {
        byte[] checksums = [.. ((string[])["tokens.bin", "sentences.bin", "documents.bin"])
            .SelectMany(f => File.ReadAllBytes(folder[$"data/{f}"]).Chunk(CorpusFiles.ChunkBytes)).SelectMany(c => BitConverter.GetBytes(Crc32C.Of(c)))];
        File.WriteAllBytes(folder["data/checksums.bin"], checksums);
        string manifest = folder["data/manifest.json"];
        SealedJson.Write(manifest, SealedJson.Read<CorpusManifest>(manifest) with { Checksums = Crc32C.Of(checksums) });
    }

    static byte[] Mutate(byte[] good, Random random)
    {
        byte[] bad = [.. good];
        int at = random.Next(good.Length), count = Math.Min(random.Next(1, 64), good.Length - at);
        switch (random.Next(6))
        {
            case 0: return bad[..at];
            case 1: return [.. bad[..at], .. bad[(at + count)..]];
            case 2: return [.. bad[..at], .. new byte[count], .. bad[at..]];
            case 3: return [.. bad, .. bad[at..(at + count)]];
            case 4:
                random.NextBytes(bad.AsSpan(at, count));
                return bad;
            default:
                bad[at] = (byte)random.Next(256);
                return bad;
        }
    }

    // the same pieces in another file: an unknown field at the end
    Vocabulary Other()
    {
        File.WriteAllBytes(folder["other.model"], [.. TestText.Vocabulary.Bytes, 0x78, 1]);
        return Vocabulary.Load(folder["other.model"]);
    }

    // 60,000 pieces more than the usual ones: repeated fields of joined messages add up
    Vocabulary Wide()
    {
        var bytes = new List<byte>(TestText.Vocabulary.Bytes);
        for (int i = 0; i < 65_000; i++)
        {
            byte[] piece = Encoding.UTF8.GetBytes($"qzx{i}");
            bytes.AddRange([0x0A, (byte)(piece.Length + 7), 0x0A, (byte)piece.Length, .. piece, 0x15, .. BitConverter.GetBytes(-20f)]);
        }

        File.WriteAllBytes(folder["wide.model"], [.. bytes]);
        return Vocabulary.Load(folder["wide.model"]);
    }

    // does something when a document is read; the source is the same otherwise
    sealed class Watched(ITextSource source, int document = -1, Action? then = null) : ITextSource
    {
        int read;

        public string Description => source.Description;

        public IReadOnlyList<string> Files => source.Files;

        public IEnumerable<Document> Read() => Files.SelectMany(Read);

        public IEnumerable<Document> Read(string file)
        {
            foreach (var next in source.Read(file))
            {
                if (read++ == document) then?.Invoke();
                yield return next;
            }
        }
    }
}
