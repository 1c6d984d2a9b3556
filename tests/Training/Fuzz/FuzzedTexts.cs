using System.IO.Compression;
using System.Text;
using AlbertCompiled.Training;
using Parquet;
using Parquet.Schema;

namespace AlbertCompiled.Tests.Training.Fuzz;

/// <summary>Readers of text to pretrain on.</summary>
internal static class FuzzedTexts
{
    public static IReadOnlyList<FuzzedParser> All { get; } =
    [
        new("text", TextSeeds, ReadLines, typeof(TrainingException)) { Allocation = (256, 1 << 18) },
        new("packed text", PackedSeeds, d => ReadLines(new PackedText(new MemoryStream(d))), typeof(TrainingException)) { Allocation = (1 << 12, 1 << 19) }, // deflate packs a thousandfold
        new("JSON lines", JsonLinesSeeds, d => Records.JsonLines(new MemoryStream(d), "a.jsonl", "text").Count(), typeof(TrainingException)) { Allocation = (256, 1 << 18) },
        FuzzedParser.OfFile("documents", "a.txt", TextSeeds, ReadDocuments) with { Allocation = (2048, 1 << 18) },
        new("Parquet", ParquetSeeds, d => Records.Parquet(new MemoryStream(d), "a.parquet", "text").Count(), typeof(TrainingException)) { Allocation = (4096, 1 << 22), ShortRun = 1000 },
        FuzzedParser.OfFile("XML documentation", "a.xml", XmlSeeds, p => FuzzInputs.RefuseUnless(SdkDocumentation.ReadFile(p).Count > 0)) with { Allocation = (1024, 1 << 18) },
    ];

    static IReadOnlyList<byte[]> TextSeeds() => FuzzInputs.Texts("One line.\nAnother, naïve one.\r\n\r\nA new document: 第二.\n", "\ufeffwith a mark", "A Mr. J. Smith said: \"Go.\" Then e.g. U.S. 3.5!\n\n(What?) It went.\n", "");

    static IReadOnlyList<byte[]> PackedSeeds() =>
    [
        Pack("One line.\nAnother line.\n"), [.. Pack("One.\n"), .. Pack("Two.\n")], Pack(string.Concat(Enumerable.Repeat("again and again\n", 200))), Pack(""),
    ];

    static byte[] Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    static void ReadLines(byte[] data) => ReadLines(new MemoryStream(data));

    static void ReadLines(Stream stream)
    {
        using var lines = new TextLines(stream, "a.txt", longest: 64, LongLines.Cut);
        while (lines.Read() is not null)
        {
        }
    }

    // from bytes to ids, as preparation goes
    static void ReadDocuments(string path)
    {
        foreach (var document in new TextFiles(path).Read())
            foreach (var sentence in document.Sentences) FuzzInputs.Vocabulary.Encode(sentence.Text);
    }

    static IReadOnlyList<byte[]> JsonLinesSeeds() => FuzzInputs.Texts("""{"text":"One \u00e9 \ud83d\ude00","id":1}""" + "\n" + """{"id":2,"text":null}""" + "\n\n", """{"text":""}""");

    static IReadOnlyList<byte[]> XmlSeeds() => FuzzInputs.Texts("""
        <?xml version="1.0" encoding="utf-8"?><doc><members>
        <member name="M:A.B`1.C(System.Int32)"><summary>Gets <see cref="T:A.B" /> &amp; <c>more</c>.<para>It is so.</para></summary><param name="x">The <paramref name="x" />.</param></member>
        <member name="T:A.B`1"><remarks><list type="bullet"><item><term>One thing.</term></item></list><![CDATA[Text here.]]></remarks></member></members></doc>
        """);

    static IReadOnlyList<byte[]> ParquetSeeds() =>
    [
        .. from method in (CompressionMethod[])[CompressionMethod.None, CompressionMethod.Snappy, CompressionMethod.Gzip, CompressionMethod.Zstd]
           from nullable in (bool[])[true, false]
           select WriteParquet(method, nullable).GetAwaiter().GetResult(),
    ];

    static async Task<byte[]> WriteParquet(CompressionMethod method, bool nullable)
    {
        using var stream = new MemoryStream();
        var text = new DataField<string>("text", nullable);
        var number = new DataField<int>("number");
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(number, text), stream, new() { CompressionMethod = method }))
            foreach (string?[] texts in (string?[][])[["One thing. And another.", nullable ? null : "", "One thing. And another.", "naïve"], ["A third thing."]])
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync<int>(number, new int[texts.Length]);
                await group.WriteAsync(text, texts!);
            }

        return stream.ToArray();
    }
}
