using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>What was damaged: refused with its place, or read within bounds.</summary>
public sealed partial class DatasetTests
{
    [Fact]
    public void A_flipped_byte_anywhere_is_refused_with_its_place()
    {
        folder.Write("text/a.txt", TestText.Documents(200, 30));
        Prepare("data").Dispose();
        var random = new Random(1);
        foreach (string file in Files)
        {
            byte[] good = File.ReadAllBytes(folder[$"data/{file}"]);
            foreach (int place in (int[])[0, good.Length - 1, .. Enumerable.Range(0, 20).Select(_ => random.Next(good.Length))])
            {
                byte[] bad = [.. good];
                bad[place] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(folder[$"data/{file}"], bad);
                string message = Refused(() => Read(folder["data"]));
                Assert.Contains(folder[$"data/{file}"], message);
                if (file is "tokens.bin" or "sentences.bin" or "documents.bin")
                    Assert.Contains(FormattableString.Invariant($"bytes {place >> 16 << 16:#,0} to {Math.Min(good.Length, ((place >> 16) + 1) << 16) - 1:#,0}"), message);
            }

            File.WriteAllBytes(folder[$"data/{file}"], good);
        }

        Read(folder["data"]);
    }

    [Fact]
    public void Any_mutation_of_any_file_is_refused()
    {
        folder.Write("text/a.txt", TestText.Documents(20, 8));
        Prepare("data").Dispose();
        var random = new Random(2);
        for (int i = 0; i < 240; i++)
        {
            string path = folder[$"data/{Files[i % Files.Length]}"];
            byte[] good = File.ReadAllBytes(path), bad = Mutate(good, random);
            if (bad.AsSpan().SequenceEqual(good)) continue;
            File.WriteAllBytes(path, bad);
            Refused(() => Read(folder["data"]));
            File.WriteAllBytes(path, good);
        }
    }

    /// <summary>Tables that were made to fit their checksums must not lead a reader out of the files either.</summary>
    [Fact]
    public void Mutated_tables_with_right_checksums_are_refused_or_read_within_bounds()
    {
        folder.Write("text/a.txt", TestText.Documents(20, 8));
        Prepare("data").Dispose();
        var random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 150; i++)
        {
            string path = folder[$"data/{((string[])["documents.bin", "sentences.bin", "tokens.bin"])[i % 3]}"];
            byte[] good = File.ReadAllBytes(path), bad = [.. good];
            for (int n = random.Next(1, 4); n > 0; n--) bad[random.Next(bad.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(path, bad);
            Seal();
            try
            {
                Read(folder["data"]);
            }
            catch (TrainingException)
            {
                refused++;
            }

            File.WriteAllBytes(path, good);
        }

        Assert.InRange(refused, 50, 150);
        Seal();
        Read(folder["data"]);
    }

    [Fact]
    public void A_manifest_of_another_version_or_with_counts_that_cannot_be_is_refused()
    {
        folder.Write("text/a.txt", TestText.Documents(20, 8));
        Prepare("data").Dispose();
        string path = folder["data/manifest.json"];
        var good = SealedJson.Read<CorpusManifest>(path);
        Told(good with { Format = "albert-dataset-0" }, "is of version albert-dataset-0, not albert-dataset-1: prepare the dataset again");
        CorpusManifest[] contradictions =
        [
            good with { Documents = 0 }, good with { Documents = good.Sentences + 1 }, good with { HeldOutDocuments = -1 }, good with { HeldOutDocuments = good.Documents + 1 },
            good with { Sentences = (int)good.Tokens + 1 }, good with { Tokens = 0 }, good with { Tokens = (long)good.Sentences * CorpusFiles.LongestSentence + 1 }, good with { VocabularySize = 0 },
        ];
        foreach (var manifest in contradictions) Told(manifest, "is corrupted: its counts contradict each other; prepare the dataset again");
        SealedJson.Write(path, good);
        Read(folder["data"]);

        void Told(CorpusManifest manifest, string told)
        {
            SealedJson.Write(path, manifest);
            Assert.Equal($"{path} {told}", Refused(() => Corpus.Open(folder["data"])));
        }
    }

    [Fact]
    public void A_mutated_note_of_progress_is_refused()
    {
        folder.Write("text/a.txt", Text.Value);
        using var cancellation = new CancellationTokenSource();
        var source = new Watched(new TextFiles(folder["text"]), 250, cancellation.Cancel);
        Assert.Throws<OperationCanceledException>(() => new CorpusPreparation(source, TestText.Vocabulary, 1).Run(folder["data"], cancellation.Token));
        string path = folder["data/progress.json"];
        byte[] good = File.ReadAllBytes(path);
        var random = new Random(4);
        for (int i = 0; i < 50; i++)
        {
            byte[] bad = Mutate(good, random);
            if (bad.AsSpan().SequenceEqual(good)) continue;
            File.WriteAllBytes(path, bad);
            Assert.Contains("progress.json", Refused(() => new CorpusPreparation(new Watched(new TextFiles(folder["text"])), TestText.Vocabulary, 1).Run(folder["data"], default)));
        }
    }
}
