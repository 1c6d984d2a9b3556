using System.Text.Json;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Normalisation, splitting, reading and tokenizing of text.</summary>
public sealed class TextTests
{
    static JsonDocument Golden(string name) => JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "j_data", name)));

    [Fact]
    public void Normalisation_is_that_of_the_original()
    {
        using var golden = Golden("preprocess_text.json");
        foreach (var sample in golden.RootElement.EnumerateArray())
        {
            string text = sample.GetProperty("text").GetString()!;
            Assert.Equal(sample.GetProperty("lower").GetString(), TextNormalizer.Normalize(text));
            Assert.Equal(sample.GetProperty("keep_case").GetString(), TextNormalizer.Normalize(text, lowerCase: false));
        }
    }

    [Fact]
    public void Word_starts_are_those_of_the_original()
    {
        using var golden = Golden("masking_stats.json");
        foreach (var piece in golden.RootElement.GetProperty("is_start_piece_sp").EnumerateObject())
            Assert.True(piece.Value.GetBoolean() == WordPieces.StartsWord(piece.Name), piece.Name);
    }

    [Theory]
    [InlineData("One. Two three! Four? Five", new[] { "One.", "Two three!", "Four?", "Five" })]
    [InlineData("See e.g. The other. Mr. Smith came.", new[] { "See e.g. The other.", "Mr. Smith came." })]
    [InlineData("Version 1.2 of it.  More\n of it.", new[] { "Version 1.2 of it.", "More of it." })]
    [InlineData("  ", new string[0])]
    public void Sentences_end_where_a_capital_follows(string paragraph, string[] expected) => Assert.Equal(expected, SentenceSplitter.Split(paragraph));

    [Fact]
    public void Sentences_a_line_keep_their_lines_and_documents()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.txt", "One sentence.\nAnother sentence.\n\n\nA second document.\n");
        var documents = new TextFiles(folder.Path).Read().ToList();
        Assert.Equal([["One sentence.", "Another sentence."], ["A second document."]], documents.Select(d => d.Sentences.Select(s => s.Text)));
        Assert.Contains(documents, d => d.HeldOut);
    }

    [Fact]
    public void Prose_is_split_into_sentences_with_paragraphs_as_sections()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.txt", "This is prose that was\nwrapped. It has sentences\nthat end anywhere.\n\nA paragraph follows and\nends.\n");
        var document = Assert.Single(new TextFiles(folder.Path).Read());
        Assert.Equal([("This is prose that was wrapped.", 0), ("It has sentences that end anywhere.", 0), ("A paragraph follows and ends.", 1)],
            document.Sentences.Select(s => (s.Text, s.Section)));
    }

    [Fact]
    public void The_sdk_has_documentation_in_types_and_members()
    {
        using var folder = new TemporaryFolder();
        folder.Write("packs/Microsoft.NETCore.App.Ref/9.0.10/ref/net9.0/Old.xml", "<doc/>");
        folder.Write("packs/Microsoft.NETCore.App.Ref/10.0.2/ref/net10.0/New.xml", """
            <doc><members>
              <member name="T:N.Outer`1"><summary>Holds a <see cref="T:System.Collections.Generic.List`1"/> of items.</summary></member>
              <member name="M:N.Outer`1.Run(System.Int32)"><summary>Runs it. Calls <see cref="M:N.Other.Go(System.String)" /> twice.</summary>
                <param name="x">The count.</param><example>Not this.</example></member>
              <member name="M:N.Outer`1.Inner.Run"><summary>Runs   the
                 inner.</summary><returns><see langword="true"/> if so.<para>Always.</para></returns></member>
              <member name="M:N.Outer`1.Twice"><param name="x">The count.</param></member>
              <member name="T:System.Runtime.Intrinsics.X"><summary>Left out.</summary></member>
            </members></doc>
            """);
        folder.Write("packs/Microsoft.NETCore.App.Ref/10.0.2-preview.1/ref/net10.0/Preview.xml", "<doc/>");
        var documents = new SdkDocumentation(folder.Path).Read().ToList();
        Assert.Equal(["N.Outer`1", "N.Outer`1.Inner"], documents.Select(d => d.Name));
        Assert.Equal(
            [("Holds a List of items.", 0), ("Runs it.", 1), ("Calls Other.Go twice.", 1), ("The count.", 1)], // the repeated line once
            documents[0].Sentences.Select(s => (s.Text, s.Section)));
        Assert.Equal(["Runs the inner.", "true if so.", "Always."], documents[1].Sentences.Select(s => s.Text));
        Assert.Equal(documents[0].HeldOut, documents[1].HeldOut);
    }

    [Fact]
    public void Checksums_are_those_of_zip() => Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));

    [Fact]
    public void Special_pieces_have_the_published_ids()
    {
        var v = TestText.Vocabulary;
        Assert.Equal((8000, 2, 3, 4), (v.Size, v.Classify, v.Separator, v.Mask));
        Assert.DoesNotContain(v.Ordinary, id => id < 5);
    }

    [Fact]
    public void Encoding_is_lower_case_pieces_and_continuations_start_no_word()
    {
        var v = TestText.Vocabulary;
        Assert.Equal(["▁returns", "▁the", "▁value", "."], v.Encode("Returns the Value.").Select(v.Piece));
        Assert.Equal(".", v.Piece(Assert.Single(v.EncodeContinuation("."))));
        Assert.Single(v.Encode("☃☃☂"), id => v.Piece(id) == "<unk>");
    }

    [Fact]
    public void Numbers_are_parted_from_their_comma()
    {
        var v = TestText.Vocabulary;
        Assert.Equal(",", v.Piece(v.Encode("in 2019, it")[^2]));
        Assert.True(WordPieces.EndsInDigitAndComma("▁19,"));
        Assert.False(WordPieces.EndsInDigitAndComma(","));
    }

    [Fact]
    public void A_vocabulary_without_begin_and_end_pieces_reads_the_same()
    {
        using var folder = new TemporaryFolder();
        // a second trainer section says bos_id = eos_id = -1, as in ALBERT's published model
        byte[] none = [0xC8, 0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0xD0, 0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01];
        File.WriteAllBytes(folder["v.model"], [.. TestText.Vocabulary.Bytes, 0x12, (byte)none.Length, .. none]);
        var v = Vocabulary.Load(folder["v.model"]);
        const string Text = "Gets the number of elements.";
        Assert.Equal(TestText.Vocabulary.Encode(Text), v.Encode(Text));
    }

    [Fact]
    public void What_is_no_vocabulary_is_told_so()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("is not a SentencePiece", Assert.Throws<TrainingException>(() => Vocabulary.Load(folder.Write("v.model", "not a model"))).Message);
        Assert.Contains("cannot read", Assert.Throws<TrainingException>(() => Vocabulary.Load(folder["none.model"])).Message);
    }
}
