using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>From a corpus to batches.</summary>
public sealed class BatchTests
{
    static readonly Recipe Recipe = Recipes.SmallAdamW with { Steps = 40, BatchTokens = 256, Stages = [new(32, 0.5), new(64, 0.5)] };
    static readonly Capacity Capacity = new(Recipe.BatchTokens, EpochPlan.MostSequences(Recipe.BatchTokens));

    [Fact]
    public void A_corpus_is_prepared_once_and_reads_back_what_was_written()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder, documents: 40, sentences: 3);
        Assert.Equal((40, 120), (corpus.Documents, corpus.Sentences));
        Assert.Equal(Enumerable.Range(0, 40), corpus.TrainingDocuments.Concat(corpus.HeldOutDocuments).Order());
        string first = File.ReadLines(folder["text.txt"]).First();
        Assert.Equal(TestText.Vocabulary.Encode(first), corpus.Sentence(0));
        var written = Directory.GetLastWriteTimeUtc(corpus.Folder);
        using var again = CorpusCache.Open(new TextFiles(folder["text.txt"]), TestText.Vocabulary, 1, folder["cache"]);
        Assert.Equal((corpus.Folder, written), (again.Folder, Directory.GetLastWriteTimeUtc(again.Folder)));
        Assert.Single(Directory.GetFileSystemEntries(folder["cache"]));
    }

    [Fact]
    public void A_corpus_ends_where_it_ends()
    {
        using var folder = new TemporaryFolder();
        var corpus = TestText.Corpus(folder, documents: 40, sentences: 3);
        corpus.Read(corpus.Tokens - 1, new int[1]);
        Assert.Equal((120, corpus.Tokens), (corpus.FirstSentence(40), corpus.FirstToken(120)));
        Action[] uses =
        [
            () => corpus.Read(-1, new int[5]), () => corpus.Read(corpus.Tokens - 1, new int[2]), () => corpus.FirstSentence(41), () => corpus.FirstSentence(-1), () => corpus.FirstToken(121),
            () => corpus.StartsSection(-1), () => corpus.Sentence(120), () => corpus.TokenCount(119, 2),
        ];
        foreach (var use in uses) Assert.Throws<ArgumentOutOfRangeException>(use);
        corpus.Dispose();
        corpus.Dispose();
        foreach (var use in (Action[])[() => corpus.Sentence(0), () => corpus.FirstSentence(0), () => corpus.Read(0, new int[1])]) Assert.Throws<ObjectDisposedException>(use);
    }

    [Fact]
    public void A_damaged_cache_is_prepared_again()
    {
        using var folder = new TemporaryFolder();
        string path;
        using (var corpus = TestText.Corpus(folder)) path = Path.Combine(corpus.Folder, "sentences.bin");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
        using var again = TestText.Corpus(folder);
        Assert.Equal(1800, again.Sentences);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("One sentence.\n", "too small")]
    [InlineData("One sentence.\n\nAnother sentence.\n", "too small")]
    public void A_corpus_without_text_to_train_on_is_refused(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.txt", text);
        Assert.Contains(expected, Assert.Throws<TrainingException>(() => CorpusCache.Open(new TextFiles(folder.Path), TestText.Vocabulary, 1, folder["cache"])).Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder["cache"]));
    }

    [Fact]
    public void Batches_are_full_within_capacity_and_never_padded()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        var source = Source(corpus, seed: 1);
        var batch = new TokenBatch(Capacity);
        double filled = 0;
        for (int step = 0; step < Recipe.Steps; step++)
        {
            source.Fill(step, batch);
            int longest = step < 20 ? 32 : 64;
            Assert.InRange(batch.Tokens.Count, 1, Capacity.Tokens);
            Assert.InRange(batch.First.Count, 1, Capacity.Sequences);
            Assert.InRange(batch.Predicted.Count, 1, Capacity.Predictions);
            Assert.Equal(batch.Tokens.Count, batch.Starts[batch.First.Count]);
            Assert.DoesNotContain(0, batch.Tokens.Span.ToArray());
            for (int s = 0; s < batch.First.Count; s++)
            {
                var sequence = batch.Tokens.Span[batch.Starts[s]..batch.Starts[s + 1]];
                Assert.InRange(sequence.Length, Packer.ShortestSequence, longest);
                Assert.Equal((2, 3), (sequence[0], sequence[^1]));
                Assert.Equal(2, sequence.Count(3));
                Assert.Equal(sequence.Length - sequence.IndexOf(3) - 1, batch.Segments.Span[batch.Starts[s]..batch.Starts[s + 1]].Count(1));
            }

            filled += (double)batch.Tokens.Count / Capacity.Tokens / Recipe.Steps;
        }

        Assert.InRange(filled, 0.97, 1);
    }

    [Theory]
    [InlineData(DocumentBlocks.WindowSentences)]
    [InlineData(300)] // six windows
    public void A_batch_depends_on_seed_and_step_only(int windowSentences)
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        var (ascending, jumping, other) = (Source(corpus, 1, windowSentences), Source(corpus, 1, windowSentences), Source(corpus, 2, windowSentences));
        var a = new TokenBatch(Capacity);
        var b = new TokenBatch(Capacity);
        var expected = new List<string>();
        for (int step = 0; step < Recipe.Steps; step++)
        {
            ascending.Fill(step, a);
            expected.Add(Text(a));
        }

        foreach (int step in new[] { 39, 3, 21, 20, 19, 0, 38 })
        {
            jumping.Fill(step, b);
            Assert.Equal(expected[step], Text(b));
        }

        other.Fill(0, b);
        Assert.NotEqual(expected[0], Text(b));
        Assert.Equal(expected.Count, expected.Distinct().Count());
    }

    [Fact]
    public void A_pass_reads_every_sequence_once()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        var plan = new EpochPlanner(corpus, corpus.TrainingDocuments, new(), 64, Capacity, 1).Draw(0, 0, keepRest: true);
        var read = new List<PackedSequence>();
        for (int i = 0; i < plan.Batches; i++) read.AddRange(plan.Batch(i));
        Assert.Equal(read.Count, read.Select(s => Math.Min(s.First, s.Second)).Distinct().Count());
        int covered = read.Sum(s => s.FirstCount + s.SecondCount), total = corpus.TrainingDocuments.Sum(d => corpus.FirstSentence(d + 1) - corpus.FirstSentence(d));
        Assert.InRange(covered, total - corpus.TrainingDocuments.Length, total); // a last sentence may be left alone
    }

    [Fact]
    public void Chunks_end_where_sections_end_if_that_keeps_half()
    {
        using var folder = new TemporaryFolder();
        // three paragraphs of four sentences; a sequence holds about six
        string paragraph = string.Concat(Enumerable.Repeat("The value of the string is\nspecified. ", 4));
        folder.Write("text.txt", string.Join("\n\n", Enumerable.Repeat(paragraph, 3)));
        folder.Write("zz.txt", "Other text that is held\nout. It has two sentences\nhere.\n");
        using var corpus = CorpusCache.Open(new TextFiles(folder["text.txt"], folder["zz.txt"]), TestText.Vocabulary, 1, folder["cache"]);
        var sequences = new List<PackedSequence>();
        var random = new RandomStream(1, RandomPurpose.Packing, 0);
        new Packer(corpus, corpus.TrainingDocuments, new(ShortShare: 0), 6 * corpus.TokenCount(0, 1) + 3).Pack(0, ref random, sequences);
        Assert.Equal([(0, 4), (4, 4), (8, 4)], sequences.Select(s => (Math.Min(s.First, s.Second), s.FirstCount + s.SecondCount)));
    }

    /// <summary>A stage's share of 12 updates is 1.5, hence 2, and each update takes three batches.</summary>
    [Fact]
    public void A_stage_begins_with_an_update()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        var recipe = Recipe with { Steps = 12, Accumulate = 3, Stages = [new(16, 0.125), new(64, 0.875)] };
        var source = new PretrainingBatches(corpus, TestText.Vocabulary, recipe, Capacity, 1);
        var batch = new TokenBatch(Capacity);
        var longest = new List<int>();
        for (int step = 0; step < 9; step++)
        {
            source.Fill(step, batch);
            longest.Add(Enumerable.Range(0, batch.First.Count).Max(s => batch.Starts[s + 1] - batch.Starts[s]));
        }

        Assert.All(longest[..6], l => Assert.InRange(l, 1, 16));
        Assert.All(longest[6..], l => Assert.InRange(l, 17, 64));
    }

    /// <summary>With swap before truncation the lengths tell nothing about the label; truncation first would.</summary>
    [Fact]
    public void Truncation_does_not_tell_the_order()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder, documents: 400);
        var builder = new SequenceBuilder(corpus, TestText.Vocabulary, 12); // two sentences hardly ever fit
        var planner = new EpochPlanner(corpus, corpus.TrainingDocuments, new(ShortShare: 0), 12, Capacity, 5);
        double longerFirst = 0, swappedLongerFirst = 0, swapped = 0, count = 0;
        for (int pass = 0; pass < 3; pass++)
            foreach (var sequence in planner.Draw(pass, 0, keepRest: true).Sequences)
            {
                var random = new RandomStream(5, RandomPurpose.Truncation, pass, (long)count);
                builder.Build(sequence, ref random);
                int first = builder.Tokens.IndexOf(3) - 1, second = builder.Length - first - 3;
                count++;
                if (sequence.Label == 1) swapped++;
                if (first <= second) continue;
                longerFirst++;
                if (sequence.Label == 1) swappedLongerFirst++;
            }

        Assert.InRange(swapped / count, 0.48, 0.52);
        Assert.True(longerFirst > 1000);
        Assert.InRange(swappedLongerFirst / longerFirst, 0.47, 0.53);
    }

    [Fact]
    public void Truncation_takes_from_the_longer_segment_and_the_second_on_a_tie()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.txt", "The value of the string is the value of it.\nThe value.\nHeld out.\nToo so.\n\nHeld out.\nToo so.\n");
        using var corpus = CorpusCache.Open(new TextFiles(folder.Path), TestText.Vocabulary, 1, folder["cache"]);
        var builder = new SequenceBuilder(corpus, TestText.Vocabulary, 64);
        foreach (bool swap in (bool[])[false, true])
            foreach (int room in (int[])[2, 3, 4, 5])
            {
                var random = new RandomStream(1, RandomPurpose.Truncation, room);
                builder.Build(new(swap ? 1 : 0, 1, swap ? 0 : 1, 1, 0, (ushort)(room + Packer.SpecialPieces)), ref random);
                int first = builder.Tokens.IndexOf(3) - 1;
                Assert.Equal((room + 1) / 2, first);
                Assert.Equal(room - first, builder.Length - first - 3);
            }
    }

    [Fact]
    public void A_queue_hands_out_what_the_source_fills_and_passes_on_its_failure()
    {
        var source = new CountingSource(failAt: 50);
        using var queue = new BatchQueue(source, new(4, 1, 1), 7, 100);
        for (int step = 7; step < 50; step++)
        {
            var batch = queue.Take();
            Assert.Equal(step, batch.Tokens.Span[0]);
        }

        Assert.Throws<TrainingException>(queue.Take);
    }

    [Fact]
    public async Task Who_waits_for_a_batch_is_let_go_when_the_queue_ends()
    {
        var queue = new BatchQueue(new CountingSource(failAt: 50), new(4, 1, 1), 0, 1);
        queue.Take();
        Assert.Throws<InvalidOperationException>(queue.Take);
        queue.Dispose();
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchQueue(new CountingSource(failAt: 50), new(4, 1, 1), 10, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchQueue(new CountingSource(failAt: 50), new(4, 1, 1), 0, 5, held: 0));

        using var begun = new ManualResetEventSlim();
        using var filled = new ManualResetEventSlim();
        var slow = new BatchQueue(new BlockedSource(begun, filled), new(4, 1, 1), 0, 5);
        begun.Wait();
        var waiting = Task.Run(slow.Take);
        var ending = Task.Run(slow.Dispose);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        filled.Set();
        await ending;
    }

    [Fact]
    public void Taking_a_batch_allocates_nothing()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        using var queue = new BatchQueue(Source(corpus, 1), Capacity, 0, Recipe.Steps);
        queue.Take();
        queue.Take();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 2; i < Recipe.Steps; i++) queue.Take();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Held_out_batches_have_the_number_of_sequences_asked_for()
    {
        using var folder = new TemporaryFolder();
        using var corpus = TestText.Corpus(folder);
        var set = HeldOutSet.Draw(corpus, TestText.Vocabulary, Recipe, Capacity, 100);
        Assert.Equal(100, set.Sequences);
        Assert.Equal(set.Predictions, set.Batches.Sum(b => b.Labels.Count));
    }

    static PretrainingBatches Source(Corpus corpus, ulong seed, int windowSentences = DocumentBlocks.WindowSentences) =>
        new(corpus, TestText.Vocabulary, Recipe, Capacity, seed, windowSentences);

    static string Text(TokenBatch b) =>
        string.Join(' ', b.Tokens.Span.ToArray()) + "|" + string.Join(' ', b.Predicted.Span.ToArray()) + "|" + string.Join(' ', b.Labels.Span.ToArray()) + "|" + string.Join(' ', b.Order.Span.ToArray());

    sealed class BlockedSource(ManualResetEventSlim begun, ManualResetEventSlim filled) : IBatchSource
    {
        public void Fill(long step, TokenBatch batch)
        {
            begun.Set();
            filled.Wait();
        }
    }

    sealed class CountingSource(long failAt) : IBatchSource
    {
        public void Fill(long step, TokenBatch batch)
        {
            if (step == failAt) throw new TrainingException("the end of the world");
            batch.Clear();
            batch.Add([(int)step], [0], [], [], 0);
        }
    }
}
