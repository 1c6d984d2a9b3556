using System.Text.Json;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Text to pieces: the ids of the original code, places in the text, the settings of model files, files that are damaged.</summary>
public sealed class TokenizerTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // lines and ids by data/compare-tokenizer.py: Python's unicodedata, spm_encode, the original's split of numbers
    static IEnumerable<(string Text, int[] Ids)> Golden(string name) =>
        File.ReadLines(GoldenFile(name)).Select(line =>
        {
            using var json = JsonDocument.Parse(line);
            return (json.RootElement.GetProperty("text").GetString()!, json.RootElement.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()).ToArray());
        });

    static string GoldenFile(string name) => Path.Combine(AppContext.BaseDirectory, "golden", "tokenizer", name);

    static Vocabulary Small => Vocabulary.Load(GoldenFile("small.model"));

    static Vocabulary VocabularyOf(string name) => name == "small" ? Small : TestText.Vocabulary;

    [Theory]
    [InlineData("docs-8000", 300)]
    [InlineData("small", 150)]
    public void Ids_are_those_of_the_original(string name, int lines)
    {
        var vocabulary = VocabularyOf(name);
        int count = 0;
        foreach (var (text, ids) in Golden(name + ".jsonl"))
        {
            Assert.True(ids.AsSpan().SequenceEqual(vocabulary.Encode(text)), text);
            count++;
        }

        Assert.Equal(lines, count);
    }

    [Theory]
    [InlineData("docs-8000")]
    [InlineData("small")]
    public void Offsets_lie_in_the_text_in_order_and_cover_it(string name)
    {
        var vocabulary = VocabularyOf(name);
        foreach (var (text, ids) in Golden(name + ".jsonl"))
        {
            var tokens = vocabulary.EncodeWithOffsets(text);
            Assert.Equal(ids, tokens.Ids);
            Assert.Equal((ids.Length, ids.Length), (tokens.Pieces.Length, tokens.Offsets.Length));
            int end = 0;
            for (int i = 0; i < ids.Length; i++)
            {
                var span = tokens.Offsets[i];
                Assert.True(span.Start >= 0 && span.Length >= 0 && span.End <= text.Length, text);
                Assert.True(i == 0 || span.Start >= tokens.Offsets[i - 1].Start, text);
                if (!text.All(char.IsAscii)) continue;
                // every character of plain text belongs to one piece, which spells it
                Assert.True(string.IsNullOrWhiteSpace(text[end..span.Start]), text);
                if (ids[i] != vocabulary.Unknown && !text.Any(char.IsControl)) Assert.Equal(tokens.Pieces[i].TrimStart('▁'), text.Substring(span.Start, span.Length).ToLowerInvariant());
                end = span.End;
            }
        }
    }

    [Theory]
    [InlineData("  The   value.", "▁the@2+3 ▁value@8+5 .@13+1")]
    [InlineData("Cafe\u0301 naïve", "▁ca@0+2 fe@2+3 ▁@6+0 na@6+2 ive@8+3")] // a dropped mark belongs to its letter
    [InlineData("in 2019, it", "▁in@0+2 ▁20@3+2 19@5+2 ,@7+1 ▁it@9+2")]
    [InlineData("½", "▁1@0+1 <unk>@0+1 2@0+1")] // one character, several pieces
    [InlineData("☃☃ ☃", "▁@0+0 <unk>@0+2 ▁@3+0 <unk>@3+1")]
    [InlineData("\U0001D400\U0001D401", "▁a@0+2 b@2+2")] // two UTF-16 characters each
    [InlineData("a\u0001b", "▁a@0+2 b@2+1")] // a control character vanishes
    [InlineData(" \u3000 ", "")]
    [InlineData("", "")]
    public void Offsets_point_into_the_text_as_it_was_given(string text, string expected)
    {
        var tokens = TestText.Vocabulary.EncodeWithOffsets(text);
        Assert.Equal(expected, string.Join(' ', tokens.Pieces.Select((p, i) => $"{p}@{tokens.Offsets[i].Start}+{tokens.Offsets[i].Length}")));
    }

    [Fact]
    public void Doubled_quotes_stay_as_the_original_leaves_them() => // transformers makes a " of each
        Assert.Equal(0, TestText.Vocabulary.EncodeWithOffsets("``a''").Pieces.Count(p => p.Contains('"')));

    [Fact]
    public void Half_of_a_surrogate_pair_is_a_character_that_nobody_knows() =>
        Assert.Equal([(0, 0), (0, 1), (1, 1)], Small.EncodeWithOffsets("\ud800a").Offsets.Select(o => (o.Start, o.Length)));

    [Fact]
    public void Ids_can_be_appended_to_a_list()
    {
        var ids = new List<int> { 7 };
        TestText.Vocabulary.Encode("the value".AsSpan(), ids);
        Assert.Equal([7, .. TestText.Vocabulary.Encode("the value")], ids);
    }

    [Fact]
    public void Long_text_needs_no_more_than_its_size_and_is_encoded_like_its_parts()
    {
        string line = "returns the value of the object. ";
        int[] ids = TestText.Vocabulary.Encode(line);
        Assert.Equal(Enumerable.Repeat(ids, 40_000).SelectMany(i => i), TestText.Vocabulary.Encode(string.Concat(Enumerable.Repeat(line, 40_000))));
    }

    [Fact]
    public void Many_threads_may_encode_at_once()
    {
        var lines = Golden("docs-8000.jsonl").ToList();
        Parallel.For(0, 2000, i => Assert.Equal(lines[i % lines.Count].Ids, TestText.Vocabulary.Encode(lines[i % lines.Count].Text)));
    }

    [Theory]
    [InlineData("σας ΣΑΣ ΑΣ. Σ 'ΑΣ'Α Ας-ΑΣ", "σας σας ας. σ 'ασ'α ας-ας")] // only a capital looks at its neighbours
    [InlineData("ασ", "ασ")]
    public void The_final_sigma_is_that_of_unicode(string text, string expected) => Assert.Equal(expected, TextNormalizer.Normalize(text));

    // the longest piece would be likelier in each case if the rule were not kept
    [Fact]
    public void User_defined_pieces_are_never_split_and_unused_ones_never_come()
    {
        var v = ModelBytes.Load(folder, ModelBytes.Of(
            ("▁", -1, PieceKind.Normal), ("a", -1, PieceKind.Normal), ("b", -1, PieceKind.Normal), ("c", -1, PieceKind.Normal), ("abc", -0.5f, PieceKind.Normal),
            ("ab", 0, PieceKind.UserDefined), ("bc", -0.1f, PieceKind.Unused)));
        Assert.Equal(["▁", "ab", "ab"], v.Encode("abab").Select(v.Piece));
        Assert.Equal(["▁", "b", "c"], v.Encode("bc").Select(v.Piece));
    }

    [Fact]
    public void Of_equally_likely_ways_the_first_found_counts()
    {
        // both of "ab"+"a" and "a"+"ba" have -3; the way whose last piece begins first is found first
        var v = ModelBytes.Load(folder, ModelBytes.Of(("▁", -1, PieceKind.Normal), ("a", -1, PieceKind.Normal), ("b", -9, PieceKind.Normal), ("ab", -2, PieceKind.Normal), ("ba", -2, PieceKind.Normal)));
        Assert.Equal(["▁", "a", "ba"], v.Encode("aba").Select(v.Piece));
    }

    [Fact]
    public void The_settings_of_the_normaliser_are_followed()
    {
        byte[] pieces = ModelBytes.Of(("▁", -1, PieceKind.Normal), (" ", -1, PieceKind.Normal), ("a", -1, PieceKind.Normal), ("▁a", -1, PieceKind.Normal));
        Assert.Equal(["▁a", "▁a"], Pieces(ModelBytes.Normalizer()));
        Assert.Equal(["a", "▁a"], Pieces(ModelBytes.Normalizer((3, 0)))); // no space before the first word
        Assert.Equal(["▁", "a", "▁", "a"], Pieces(ModelBytes.Normalizer((5, 0))).Select(p => p == " " ? "▁" : p)); // white space as it is

        string[] Pieces(byte[] normalizer)
        {
            var v = ModelBytes.Load(folder, pieces, normalizer);
            return [.. v.Encode("a a").Select(v.Piece)];
        }
    }

    [Fact]
    public void Text_outside_the_vocabulary_is_spelled_in_bytes_if_the_model_says_so()
    {
        var bytes = Enumerable.Range(0, 256).Select(b => ($"<0x{b:X2}>", 0f, PieceKind.Byte));
        var v = ModelBytes.Load(folder, ModelBytes.Of([("a", -1, PieceKind.Normal), .. bytes]), ModelBytes.Trainer((35, 1)));
        var tokens = v.EncodeWithOffsets("☃a");
        Assert.Equal(["<0xE2>", "<0x96>", "<0x81>", "<0xE2>", "<0x98>", "<0x83>", "a"], tokens.Pieces);
        Assert.Equal([(0, 1), (0, 1), (0, 1), (1, 1)], tokens.Offsets[3..].Select(o => (o.Start, o.Length)));
    }

    [Fact]
    public void Models_that_cannot_be_used_are_told_in_a_line()
    {
        (byte[] Model, string Reason)[] cases =
        [
            ([.. ModelBytes.Of(), .. ModelBytes.Trainer((3, 2))], "it is a BPE model; only unigram models can be used"),
            ([.. ModelBytes.Of(), .. ModelBytes.Trainer((24, 1))], "treat_whitespace_as_suffix"),
            ([.. ModelBytes.Of(("a", float.NaN, PieceKind.Normal))], "piece 5 (a) has the score NaN"),
            ([.. ModelBytes.Of(("", -1, PieceKind.Normal))], "piece 5 has no text"),
            ([.. ModelBytes.Of(("a", -1, PieceKind.Normal), ("a", -2, PieceKind.Normal))], "the piece a is there twice"),
            ([.. ModelBytes.Of(("x", 0, PieceKind.Unknown))], "it has 2 pieces for unknown text"),
            ([.. ModelBytes.Piece("<unk>", 0, PieceKind.Unknown)], "it has no piece [CLS]"),
            ([.. ModelBytes.Of(), .. ModelBytes.CharacterMap([200, 0, 0, 0, 1])], "its character map is damaged"),
            ([], "it holds no pieces"),
            ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 1], "is not a SentencePiece"), // a piece of two gigabytes
        ];
        foreach (var (model, reason) in cases) Assert.Contains(reason, Assert.Throws<TrainingException>(() => ModelBytes.Load(folder, model)).Message);
    }

    [Theory]
    [InlineData("small.model", 600)]
    [InlineData("docs-8000.model", 60)] // has a character map, most of its bytes
    public void A_damaged_model_is_told_or_encodes(string name, int mutations)
    {
        byte[] whole = File.ReadAllBytes(name == "small.model" ? GoldenFile(name) : Path.Combine(AppContext.BaseDirectory, name));
        string text = string.Concat(Golden("small.jsonl").Take(3).Select(g => g.Text));
        var random = new Random(1);
        int told = 0;
        for (int i = 0; i < mutations; i++)
        {
            byte[] bytes = i % 3 == 0 ? whole[..random.Next(whole.Length)] : (byte[])whole.Clone();
            for (int change = random.Next(1, 40); change > 0 && bytes.Length > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                ModelBytes.Load(folder, bytes).EncodeWithOffsets(text);
            }
            catch (TrainingException)
            {
                told++;
            }
        }

        Assert.InRange(told, mutations / 3, mutations);
    }
}
