using System.IO.Compression;
using System.Text;
using AlbertCompiled.Training;
using Parquet;
using Parquet.Schema;

namespace AlbertCompiled.Tests;

/// <summary>Text from files: lines, records, folders; what is too long, malformed or empty.</summary>
public sealed class TextSourceTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static List<string> Lines(byte[] bytes, int longest = 1000, LongLines longLines = LongLines.Cut, int chunk = int.MaxValue)
    {
        using var lines = new TextLines(new Slow(bytes, chunk), "t", longest, longLines);
        var result = new List<string>();
        while (lines.Read() is { } line) result.Add(line);
        return result;
    }

    static List<string> Lines(string text, int longest = 1000, int chunk = int.MaxValue) => Lines(Encoding.UTF8.GetBytes(text), longest, LongLines.Cut, chunk);

    string[] Sentences(string name, string? column = null, SentenceSplit split = SentenceSplit.Auto) =>
        [.. new TextFiles([folder[name]], new(column ?? "text", split)).Read().SelectMany(d => d.Sentences).Select(s => s.Text)];

    static string Message(Action action) => Assert.Throws<TrainingException>(action).Message;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void Lines_end_as_on_any_system_however_they_arrive(int chunk)
    {
        Assert.Equal(["a", "bé", "", "c", "d"], Lines("\ufeffa\nbé\r\n\rc\n" + "d", chunk: chunk));
        Assert.Equal(["a"], Lines("a\r\n", chunk: chunk));
        Assert.Empty(Lines("", chunk: chunk));
    }

    [Fact]
    public void A_long_line_is_cut_between_words_or_refused()
    {
        using var lines = new TextLines(new MemoryStream("one two three\nééééééé\nx"u8.ToArray()), "t", 9, LongLines.Cut);
        Assert.Equal(["one two", " three", "éééé", "ééé", "x"], Enumerable.Range(0, 5).Select(_ => lines.Read()));
        Assert.Null(lines.Read());
        Assert.Equal((2, 3), (lines.Cuts, lines.Number));
        Assert.Equal("t, line 2: longer than 9 bytes; split it", Message(() => Lines("x\none two three"u8.ToArray(), 9, LongLines.Refuse)));
    }

    [Fact]
    public void A_line_without_end_is_read_in_parts()
    {
        using var lines = new TextLines(new Slow([.. Enumerable.Repeat((byte)'x', 5_000_000)], 100_000), "t", 1 << 16, LongLines.Cut);
        long total = 0;
        while (lines.Read() is { } line) total += line.Length <= 1 << 16 ? line.Length : throw new InvalidOperationException($"{line.Length}");
        Assert.Equal((5_000_000, 1), (total, lines.Cuts));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'a', 0xFF, (byte)'b' }, "t, line 1: byte 2 of the line (0xFF) is not UTF-8; convert the file, for example with iconv -f WINDOWS-1252 -t UTF-8")]
    [InlineData(new byte[] { (byte)'a', 10, (byte)'b', 0xC3 }, "t, line 2: byte 2 of the line (0xC3) is not UTF-8")]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'a', 0 }, "t, line 1: byte 1 of the line (0xFF) is not UTF-8; this is UTF-16: convert the file with iconv -f UTF-16 -t UTF-8")]
    [InlineData(new byte[] { 0xFE, 0xFF, 0, (byte)'a' }, "t, line 1: byte 1 of the line (0xFE) is not UTF-8; this is UTF-16: convert the file with iconv -f UTF-16 -t UTF-8")]
    public void Malformed_text_is_told_with_its_place(byte[] bytes, string message) => Assert.StartsWith(message, Message(() => Lines(bytes)));

    [Fact]
    public void Packed_text_is_unpacked_and_damage_told()
    {
        byte[] packed = Gzip("One sentence.\nAnother.\n");
        File.WriteAllBytes(folder["a.txt.gz"], packed);
        Assert.Equal(["One sentence.", "Another."], Sentences("a.txt.gz"));
        File.WriteAllBytes(folder["b.txt.gz"], [.. packed, .. Gzip("A second member.\n")]);
        Assert.Equal(["One sentence.", "Another.", "A second member."], Sentences("b.txt.gz"));
        for (int length = 1; length < packed.Length; length++) // the end is missing
        {
            File.WriteAllBytes(folder["c.txt.gz"], packed[..length]);
            Assert.StartsWith($"cannot read {folder["c.txt.gz"]}", Message(() => Sentences("c.txt.gz")));
        }

        packed[14] ^= 0xFF;
        File.WriteAllBytes(folder["a.txt.gz"], packed);
        Assert.StartsWith($"cannot read {folder["a.txt.gz"]}", Message(() => Sentences("a.txt.gz")));
    }

    [Fact]
    public void A_record_of_json_lines_is_a_document()
    {
        folder.Write("a.jsonl", """
            {"id": 1, "text": "One thing. And another.\n\nA paragraph.", "body": "x"}

            {"text": null}
            {"text": "  "}
            {"text": "A line.\nA second line.\n"}
            """);
        var source = new TextFiles(folder["a.jsonl"]);
        Assert.Equal(
            [["One thing.", "And another.", "A paragraph."], ["A line.", "A second line."]],
            source.Read().Select(d => d.Sentences.Select(s => s.Text)));
        Assert.Equal(2, source.Report.EmptyDocuments);
        Assert.Equal("documents without text skipped: 2", source.Report.Summary);
        File.WriteAllBytes(folder["b.jsonl.gz"], Gzip("{\"body\":\"Packed.\"}"));
        Assert.Equal(["Packed."], Sentences("b.jsonl.gz", "body"));
    }

    [Theory]
    [InlineData("{\"text\": \"x\"}\n{\"txt\": 1, \"b\": 2}", "line 2: no field text; choose one with --column; there are txt, b")]
    [InlineData("[1]", "line 1: a JSON array, not an object")]
    [InlineData("{\"text\": 3}", "line 1: the field text is a JSON number, not a string")]
    [InlineData("{\"text\": \"x\"", "line 1: not JSON at byte 13 of the line")]
    [InlineData("{\"text\": \"\\ud800\"}", "line 1: the field text holds characters that are none")]
    public void What_is_wrong_with_a_record_is_told_with_its_line(string content, string message)
    {
        folder.Write("a.jsonl", content);
        Assert.Contains(message, Message(() => Sentences("a.jsonl")));
    }

    [Fact]
    public async Task A_column_of_parquet_is_read_group_by_group()
    {
        var text = new DataField<string>("body");
        var number = new DataField<int>("number");
        using (var stream = File.Create(folder["a.parquet"]))
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(text, number), stream))
            foreach (string?[] texts in (string?[][])[["One thing. And another.", null], ["A third thing."]])
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync(text, texts!);
                await group.WriteAsync<int>(number, new int[texts.Length]);
            }

        Assert.Equal(["One thing.", "And another.", "A third thing."], Sentences("a.parquet", "body"));
        Assert.Contains("no column text; choose one with --column; there are body, number", Message(() => Sentences("a.parquet")));
        Assert.Contains("the column number holds no strings", Message(() => Sentences("a.parquet", "number")));
        Assert.Equal(["x", "y"], (await Required("x", "y", "x")).Distinct());
        byte[] whole = File.ReadAllBytes(folder["a.parquet"]);
        for (int i = 0; i < whole.Length; i += 7) // damage is told or not seen, and never more than that
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= 0x55;
            File.WriteAllBytes(folder["b.parquet"], damaged);
            try
            {
                Sentences("b.parquet", "body");
            }
            catch (TrainingException e)
            {
                Assert.Contains("b.parquet", e.Message);
            }
        }
    }

    // a column that cannot be without a text
    static async Task<string?[]> Required(params string[] texts)
    {
        using var stream = new MemoryStream();
        var text = new DataField<string>("text", false);
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(text), stream))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync(text, texts);
        }

        return [.. Records.Parquet(new MemoryStream(stream.ToArray()), "required.parquet", "text")];
    }

    [Theory]
    [InlineData(new byte[] { 0x15, 0x80 }, "it ends too early")] // a number without end, which the library reads on for ever
    [InlineData(new byte[] { 0x29, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x07 }, "it ends too early")] // 2,147,483,647 columns, for which it makes room
    [InlineData(new byte[] { 0x18, 0x01, 0x41 }, "field 1 of a FileMetaData is of another type than the format's")]
    [InlineData(new byte[] { 0x1C }, "field 1 of a FileMetaData is of another type than the format's")]
    public void A_footer_that_lies_is_refused(byte[] footer, string message)
    {
        byte[] file = [.. "PAR1"u8, .. footer, .. BitConverter.GetBytes(footer.Length), .. "PAR1"u8];
        File.WriteAllBytes(folder["a.parquet"], file);
        Assert.Contains(message, Message(() => Sentences("a.parquet")));
    }

    [Fact]
    public void Folders_are_read_in_order_of_name_with_all_they_hold()
    {
        folder.Write("t/b.txt", "From b.\nIt ends.\n");
        folder.Write("t/a/x.jsonl", "{\"text\": \"From x.\"}");
        folder.Write("t/a/readme.md", "Not this.");
        Directory.CreateSymbolicLink(folder["t/a/loop"], folder["t"]);
        var source = new TextFiles(folder["t"]);
        Assert.Equal(["x.jsonl", "b.txt"], source.Files.Select(Path.GetFileName));
        Assert.Equal(["x.jsonl#0", "b.txt#0"], source.Read().Select(d => d.Name));
        Assert.Equal(source.Read().Select(d => d.Name), source.Files.SelectMany(source.Read).Select(d => d.Name));
        Assert.Equal(["Not this."], Sentences("t/a/readme.md")); // named, it is read
    }

    [Fact]
    public void How_sentences_lie_can_be_said()
    {
        folder.Write("a.txt", "One. Two.\nThree\n");
        Assert.Equal(["One. Two.", "Three"], Sentences("a.txt", split: SentenceSplit.Lines));
        Assert.Equal(["One.", "Two.", "Three"], Sentences("a.txt", split: SentenceSplit.Sentences));
    }

    [Fact]
    public void Long_documents_are_cut_at_sections_and_long_sentences_between_words()
    {
        // 200 sentences, 100, 100: the first cut is at the section's end, for it comes after half of the longest document
        string paragraphs = string.Join("\n\n", ((int[])[200, 100, 100]).Select(n => string.Join(' ', Enumerable.Repeat("A sentence.", n))));
        folder.Write("a.txt", paragraphs);
        Assert.Equal([200, 200], new TextFiles([folder["a.txt"]], new("text", SentenceSplit.Sentences)).Read().Select(d => d.Sentences.Count));

        folder.Write("b.txt", string.Concat(Enumerable.Repeat("word ", 2000)));
        var source = new TextFiles(folder["b.txt"]);
        string[] parts = [.. source.Read().SelectMany(d => d.Sentences).Select(s => s.Text)];
        Assert.Equal([4094, 4094, 1809], parts.Select(p => p.Length)); // whole words
        Assert.Equal("sentences of more than 4096 characters cut: 1", source.Report.Summary);
    }

    [Theory]
    [InlineData("He met Prof. J. Smith of Acme Inc. There was e.g. The U.S. Army. It went.", new[] { "He met Prof. J. Smith of Acme Inc. There was e.g. The U.S. Army.", "It went." })]
    [InlineData("Use XML. It works.", new[] { "Use XML.", "It works." })]
    [InlineData("He said \"Go.\" Then (it was late.) We left!", new[] { "He said \"Go.\"", "Then (it was late.)", "We left!" })]
    [InlineData("Wait... Who? \"Me!\" he said. 20 came.", new[] { "Wait...", "Who?", "\"Me!\" he said. 20 came." })]
    [InlineData("Это да. Иначе нет. 你好。再见！", new[] { "Это да.", "Иначе нет.", "你好。", "再见！" })]
    public void Abbreviations_and_quotes_do_not_end_sentences(string text, string[] expected) => Assert.Equal(expected, SentenceSplitter.Split(text));

    [Fact]
    public void Splitting_takes_time_in_proportion_to_the_text()
    {
        string text = string.Concat(Enumerable.Repeat("A. ", 1_000_000)); // each might be an initial
        Assert.Equal(text.Length - 1, Assert.Single(SentenceSplitter.Split(text)).Length);
    }

    static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    // hands out a few bytes at a time
    sealed class Slow(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, chunk));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, chunk)]);
    }
}
