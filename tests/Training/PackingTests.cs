using System.Text.Json;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>How documents become sequences: every rule of the original code (create_pretraining_data.py), and where this project leaves it.</summary>
public sealed class PackingTests : IDisposable
{
    const int Longest = 128, Room = Longest - Packer.SpecialPieces;

    static readonly PackingOptions Order = new(Objective.SentenceOrder, Chunking.Original, 0), Next = Order with { Objective = Objective.NextSentence }, Single = Order with { Objective = Objective.None };

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_tenth_of_the_documents_have_a_target_drawn_uniformly_once_for_all_their_chunks()
    {
        using var corpus = Uniform(documents: 4000, sentences: 260, tokens: 1); // sentences of one token hit every target exactly
        var targets = new List<int>();
        foreach (var document in ByDocument(corpus, Order with { ShortShare = 0.1 }))
        {
            int[] lengths = [.. document.SkipLast(1).Select(s => s.Length - Packer.SpecialPieces).Distinct()];
            targets.Add(Assert.Single(lengths));
        }

        double[] drawn = [.. targets.Where(t => t < Room).Select(t => (double)t)];
        Assert.InRange(drawn.Length / 4000.0, 0.081, 0.119); // 4 σ
        Assert.InRange(targets.Min(), 2, 4);
        Assert.Equal((Room, Room), (targets.Max(), targets.Order().ElementAt(2000)));
        Assert.InRange(drawn.Average(), 63.5 - 7, 63.5 + 7);
        for (int quarter = 0; quarter < 4; quarter++)
            Assert.InRange(drawn.Count(t => t >= 2 + 31 * quarter && t < 2 + 31 * (quarter + 1)) / (double)drawn.Length, 0.25 - 0.08, 0.25 + 0.08);
    }

    [Fact]
    public void A_chunk_ends_with_the_sentence_that_reaches_the_target()
    {
        using var corpus = Random(documents: 200, (2, 40), (3, 30));
        foreach (var document in ByDocument(corpus, Order))
            foreach (var s in document.SkipLast(1))
            {
                int first = Math.Min(s.First, s.Second), count = s.FirstCount + s.SecondCount;
                Assert.InRange(corpus.TokenCount(first, count - 1), 0, Room - 1);
                Assert.InRange(corpus.TokenCount(first, count), Room, int.MaxValue);
                Assert.Equal(Longest, s.Length);
            }
    }

    [Fact]
    public void A_chunk_is_cut_uniformly_between_any_two_of_its_sentences()
    {
        using var corpus = Uniform(documents: 4000, sentences: 6, tokens: 5);
        var cuts = ByDocument(corpus, Order).Select(d => Assert.Single(d)).CountBy(s => Math.Min(s.First, s.Second) == s.First ? s.FirstCount : s.SecondCount).ToDictionary();
        Assert.Equal([1, 2, 3, 4, 5], cuts.Keys.Select(c => (int)c).Order());
        Assert.All(cuts.Values, n => Assert.InRange(n / 4000.0, 0.2 - 0.03, 0.2 + 0.03));
    }

    [Fact]
    public void Half_of_the_pairs_are_swapped_and_labelled_so()
    {
        using var corpus = Uniform(documents: 4000, sentences: 6, tokens: 5);
        var sequences = ByDocument(corpus, Order).SelectMany(d => d).ToList();
        Assert.All(sequences, s => Assert.Equal(s.Label == 1 ? s.Second + s.SecondCount : s.First + s.FirstCount, Math.Max(s.First, s.Second)));
        Assert.All(sequences, s => Assert.Equal(s.Label == 1, s.First > s.Second));
        Assert.InRange(sequences.Average(s => s.Label), 0.47, 0.53);
    }

    [Theory]
    [InlineData(Objective.SentenceOrder)]
    [InlineData(Objective.NextSentence)]
    public void A_sentence_alone_is_followed_by_a_random_document_and_labelled_one(Objective objective)
    {
        double golden = Golden().GetProperty("single_sentence_chunks").GetProperty("frac_label1").GetDouble();
        using var corpus = Uniform(documents: 50, sentences: 4, tokens: 200);
        foreach (var document in ByDocument(corpus, Order with { Objective = objective }))
        {
            Assert.Equal(4, document.Count);
            Assert.Equal(golden, document.Average(s => s.Label));
            Assert.All(document, s => Assert.Equal((1, 1, Longest), (s.FirstCount, s.SecondCount, s.Length)));
            Assert.All(document, s => Assert.NotEqual(Document(corpus, s.First), Document(corpus, s.Second)));
        }
    }

    [Fact]
    public void Half_of_the_next_sentences_are_drawn_from_any_place_of_another_document()
    {
        using var corpus = Uniform(documents: 300, sentences: 40, tokens: 10);
        var sequences = ByDocument(corpus, Next).SelectMany(d => d).Where(s => s.First % 40 < 39).ToList(); // a last sentence alone has no choice
        Assert.InRange(sequences.Average(s => s.Label), 0.46, 0.54);
        Assert.All(sequences.Where(s => s.Label == 0), s => Assert.Equal(s.First + s.FirstCount, s.Second));
        var random = sequences.Where(s => s.Label == 1).ToList();
        Assert.All(random, s => Assert.NotEqual(Document(corpus, s.First), Document(corpus, s.Second)));
        int[] starts = [.. random.Select(s => s.Second % 40)];
        Assert.Equal((0, 39), (starts.Min(), starts.Max()));
        Assert.InRange(starts.Average(), 19.5 - 2, 19.5 + 2);
        // B goes on until the pair reaches the target, or its document ends
        Assert.All(random, s => Assert.Equal(Math.Min((Room - s.FirstCount * 10 + 9) / 10, 40 - s.Second % 40), s.SecondCount));
    }

    [Fact]
    public void Sentences_that_gave_way_to_a_random_segment_are_put_back()
    {
        using var corpus = Uniform(documents: 100, sentences: 40, tokens: 10);
        foreach (var document in ByDocument(corpus, Next))
        {
            int next = corpus.FirstSentence(Document(corpus, document[0].First));
            foreach (var s in document)
            {
                Assert.Equal(next, s.First);
                next = s.Label == 1 ? s.First + s.FirstCount : s.Second + s.SecondCount;
            }

            Assert.Equal(0, next % 40);
        }
    }

    /// <summary>Chunks by section are not truncated, so a random segment must not be either, or its first word would tell the label.</summary>
    [Fact]
    public void Chunks_by_section_are_whole_sentences_whatever_their_label()
    {
        using var corpus = Random(documents: 200, (2, 40), (3, 30));
        var sequences = ByDocument(corpus, Next with { Chunking = Chunking.Sections }).SelectMany(d => d).ToList();
        foreach (int label in (int[])[0, 1])
        {
            var labelled = sequences.Where(s => s.Label == label).ToList();
            Assert.InRange(labelled.Count(s => corpus.TokenCount(s.First, s.FirstCount) + corpus.TokenCount(s.Second, s.SecondCount) <= Room), 0.99 * labelled.Count, labelled.Count);
        }

        Assert.All(sequences.Where(s => s.Label == 1), s => Assert.NotEqual(Document(corpus, s.First), Document(corpus, s.Second)));
    }

    [Fact]
    public void Without_an_objective_a_sequence_is_one_segment_and_every_sentence_is_read_once()
    {
        foreach (var chunking in Enum.GetValues<Chunking>())
        {
            using var corpus = Random(documents: 100, (1, 20), (3, 30));
            var builder = new SequenceBuilder(corpus, TestText.Vocabulary, Longest);
            int next = 0;
            foreach (var s in ByDocument(corpus, Single with { Chunking = chunking }).SelectMany(d => d))
            {
                Assert.Equal((next, 0, 0), (s.First, s.SecondCount, s.Label));
                next += s.FirstCount;
                var random = new RandomStream(1, RandomPurpose.Truncation, next);
                builder.Build(s, ref random);
                Assert.Equal((s.Length, 2, 3, 1), (builder.Length, builder.Tokens[0], builder.Tokens[^1], builder.Tokens.Count(3)));
                Assert.Equal(s.Length, builder.Segments.Count(0));
                Assert.InRange(s.Length, Packer.ShortestSequence, Longest);
            }

            Assert.Equal(corpus.Sentences - 1, next);
        }
    }

    [Fact]
    public void Truncation_takes_from_front_and_back_alike()
    {
        using var corpus = Uniform(documents: 2, sentences: 2, tokens: 100);
        var builder = new SequenceBuilder(corpus, TestText.Vocabulary, Longest);
        int[] a = corpus.Sentence(0);
        double fromFront = 0, taken = 0;
        for (int i = 0; i < 500; i++)
        {
            var random = new RandomStream(1, RandomPurpose.Truncation, i);
            builder.Build(new(0, 1, 1, 1, 0, Longest), ref random);
            int length = builder.Tokens.IndexOf(3) - 1;
            fromFront += a.AsSpan().IndexOf(builder.Tokens[1..(1 + length)]);
            taken += 100 - length;
        }

        Assert.InRange(fromFront / taken, 0.48, 0.52);
    }

    /// <summary>
    /// The original was run on a corpus that it made itself: 300 documents. Which one is not recorded, but sentences of 3 to 25 tokens, 2 to 60 in a
    /// document, give its figures within the spread between seeds.
    /// </summary>
    [Fact]
    public void Statistics_of_sequences_are_those_of_the_original()
    {
        var golden = Golden().GetProperty("instances");
        using var corpus = Random(golden.GetProperty("documents").GetInt32(), (2, 60), (3, 25));
        var builder = new SequenceBuilder(corpus, TestText.Vocabulary, Longest);
        double count = 0, label = 0, length = 0, full = 0, shorter = 0, share = 0;
        for (int pass = 0; pass < golden.GetProperty("dupe").GetInt32(); pass++)
            foreach (var s in ByDocument(corpus, Order with { ShortShare = 0.1 }, pass).SelectMany(d => d))
            {
                var random = new RandomStream(1, RandomPurpose.Truncation, pass, (long)count);
                builder.Build(s, ref random);
                count++;
                label += s.Label;
                length += s.Length;
                full += s.Length == Longest ? 1 : 0;
                shorter += s.Length < 64 ? 1 : 0;
                share += (builder.Tokens.IndexOf(3) - 1.0) / (s.Length - Packer.SpecialPieces);
            }

        Assert.Equal(1, count / golden.GetProperty("instances").GetDouble(), 0.05);
        Assert.Equal(golden.GetProperty("frac_label1").GetDouble(), label / count, 0.02);
        Assert.Equal(golden.GetProperty("mean_len").GetDouble(), length / count, 2.0);
        Assert.Equal(golden.GetProperty("frac_full_128").GetDouble(), full / count, 0.025);
        Assert.Equal(golden.GetProperty("frac_len_lt_64").GetDouble(), shorter / count, 0.025);
        Assert.Equal(golden.GetProperty("mean_len_A_over_total").GetDouble(), share / count, 0.02);
    }

    [Theory]
    [InlineData(Objective.SentenceOrder, Chunking.Sections, 128, 2048)]
    [InlineData(Objective.NextSentence, Chunking.Original, 128, 2048)]
    [InlineData(Objective.None, Chunking.Sections, 512, 16_384)]
    [InlineData(Objective.SentenceOrder, Chunking.Original, 512, 16_384)]
    public void Batches_are_at_least_97_percent_full(Objective objective, Chunking chunking, int longest, int tokens)
    {
        using var corpus = Random(documents: 1000, (1, 80), (2, 60));
        var plan = new EpochPlanner(corpus, corpus.TrainingDocuments, new(objective, chunking), longest, new(tokens, EpochPlan.MostSequences(tokens)), 1).Draw(0, 0, keepRest: false);
        long filled = 0;
        for (int i = 0; i < plan.Batches; i++)
            foreach (var s in plan.Batch(i)) filled += s.Length;
        Assert.InRange(filled / (double)((long)tokens * plan.Batches), 0.97, 1);
    }

    [Fact]
    public void The_windows_of_a_pass_read_every_document_once_and_differ_from_pass_to_pass()
    {
        using var corpus = Random(documents: 1000, (1, 20), (3, 10));
        var blocks = new DocumentBlocks(corpus, corpus.TrainingDocuments, 7, windowSentences: 2000);
        Assert.InRange(blocks.Count, 4, 7);
        List<int[]> First(long pass) => [.. Enumerable.Range(0, blocks.Count).Select(w => blocks.Window(pass, w))];
        foreach (long pass in (long[])[0, 1, 0])
        {
            var windows = First(pass);
            Assert.Equal(corpus.TrainingDocuments, windows.SelectMany(w => w).Order());
            Assert.All(windows, w => Assert.Equal(w.Order(), w));
            Assert.All(windows, w => Assert.InRange(w.Sum(d => corpus.FirstSentence(d + 1) - corpus.FirstSentence(d)), 1000, 3000));
        }

        Assert.NotEqual(First(0)[0], First(1)[0]);
        Assert.Equal(First(3)[1], new DocumentBlocks(corpus, corpus.TrainingDocuments, 7, windowSentences: 2000).Window(3, 1));
    }

    [Fact]
    public void A_small_corpus_is_one_window()
    {
        using var corpus = Random(documents: 1000, (1, 20), (3, 10));
        var blocks = new DocumentBlocks(corpus, corpus.TrainingDocuments, 7);
        Assert.Equal(1, blocks.Count);
        Assert.Equal(corpus.TrainingDocuments, blocks.Window(5, 0));
    }

    static JsonElement Golden() => JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "j_data", "masking_stats.json"))).RootElement;

    Corpus Uniform(int documents, int sentences, int tokens) =>
        TestText.Corpus(folder, Enumerable.Range(0, documents).Select(_ => Enumerable.Repeat(tokens, sentences).ToArray()));

    Corpus Random(int documents, (int Low, int High) sentences, (int Low, int High) tokens)
    {
        var random = new Random(8);
        return TestText.Corpus(folder, Enumerable.Range(0, documents).Select(_ =>
            Enumerable.Range(0, random.Next(sentences.Low, sentences.High + 1)).Select(_ => random.Next(tokens.Low, tokens.High + 1)).ToArray()));
    }

    static int Document(Corpus corpus, int sentence) => corpus.TrainingDocuments.Last(d => corpus.FirstSentence(d) <= sentence);

    static IEnumerable<List<PackedSequence>> ByDocument(Corpus corpus, PackingOptions options, int pass = 0)
    {
        var packer = new Packer(corpus, corpus.TrainingDocuments, options, Longest);
        foreach (int document in corpus.TrainingDocuments)
        {
            var sequences = new List<PackedSequence>();
            var random = new RandomStream(1, RandomPurpose.Packing, pass, document);
            packer.Pack(document, ref random, sequences);
            yield return sequences;
        }
    }
}
