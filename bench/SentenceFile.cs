using AlbertCompiled.Training;

namespace AlbertCompiled.Bench;

/// <summary>
/// Real text as numbers, so that every contestant reads the same: a paragraph of one or a few sentences each line, [CLS] sentences [SEP], of 8 to 256
/// pieces, drawn from the documentation that comes with the .NET SDK.
/// </summary>
internal static class SentenceFile
{
    const int Shortest = 8, Longest = 256;

    public static void Run(Options options)
    {
        string file = options.Text("file", "sentences.txt");
        int[][] lines = Write(file, options.Number("count", 512));
        int tokens = lines.Sum(l => l.Length);
        Console.WriteLine($"sentences={lines.Length} tokens={tokens} shortest={lines.Min(l => l.Length)} mean={(double)tokens / lines.Length:F1} longest={lines.Max(l => l.Length)} file={file}");
    }

    /// <summary>Writes a file of <paramref name="count"/> paragraphs and returns them.</summary>
    public static int[][] Write(string file, int count)
    {
        var vocabulary = Vocabulary.Load(Path.Combine(AppContext.BaseDirectory, "docs-8000.model"));
        string[] texts = [.. new SdkDocumentation(SdkLocator.FindRoot()).Read().SelectMany(Paragraphs).Distinct()];
        new Random(7).Shuffle(texts);
        int[][] lines = [.. texts.Select(text => (int[])[vocabulary.Classify, .. vocabulary.Encode(text), vocabulary.Separator]).Where(line => line.Length is >= Shortest and <= Longest).Take(count)];
        File.WriteAllLines(file, lines.Select(line => string.Join(' ', line)));
        return lines;
    }

    static IEnumerable<string> Paragraphs(Document document) =>
        document.Sentences.GroupBy(s => s.Section).Select(section => string.Join(' ', section.Select(s => s.Text)));
}
