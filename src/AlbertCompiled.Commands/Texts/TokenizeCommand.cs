using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary><c>albert tokenize</c>: what a vocabulary makes of text.</summary>
static class TokenizeCommand
{
    const int LongestLine = 1 << 20, LongestObject = 1 << 24; // a longer line is read in parts; of a JSON object there are none

    public static Command Create(CommandContext context)
    {
        var vocabulary = new Argument<string>("vocabulary") { Description = "SentencePiece model file, or the folder of a run or a model that holds one" };
        var text = new Argument<string?>("text") { Description = "The text. Default: lines of --file or of standard input", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<string?>("--file", "-f") { Description = "A text file to read line by line; *.gz is unpacked", HelpName = "path" };
        var json = new Option<bool>("--json") { Description = "A JSON object a line: ids, pieces, offsets (start and length in UTF-16 characters); of lines up to 16 MiB" };
        var statistics = new Option<bool>("--statistics") { Description = "Only counts, and the speed on one core" };
        var command = new Command("tokenize", "Shows text in the pieces of a vocabulary, with ids and places in the text.") { vocabulary, text, file, json, statistics };
        command.SetAction(parsed =>
        {
            var loaded = VocabularyFile.Load(parsed.GetValue(vocabulary)!);
            string? given = parsed.GetValue(text), path = parsed.GetValue(file);
            if (given is not null && path is not null) throw new TrainingException("a text and --file were both given: leave one out");
            if (parsed.GetValue(json) && parsed.GetValue(statistics)) throw new TrainingException("--json shows each line, --statistics none: leave one out");
            var lines = given is not null ? [given] : parsed.GetValue(json) ? Lines(path, context.In, LongestObject, LongLines.Refuse) : Lines(path, context.In, LongestLine, LongLines.Cut);
            using var output = new LineBuffer(context.Out);
            if (parsed.GetValue(statistics)) output.Write(Count(loaded, lines));
            else if (parsed.GetValue(json)) foreach (string line in lines) output.Write(AsJson(loaded.EncodeWithOffsets(line)));
            else foreach (string line in lines) Print(loaded.EncodeWithOffsets(line), line, output);
            return 0;
        });
        return command.WithExamples(
            "tokenize data/docs-8000.model \"Returns the café's 1,990 values.\"",
            "tokenize runs/lamb --file notes.txt --json",
            "tokenize spiece.model --file corpus.txt.gz --statistics");
    }

    static IEnumerable<string> Lines(string? path, Func<Stream> standardInput, int longest, LongLines longLines)
    {
        using var lines = new TextLines(path is null ? standardInput() : TextFile.Open(path), path ?? "standard input", longest, longLines);
        while (lines.Read() is { } line) yield return line;
    }

    static string AsJson(Tokenization t) =>
        JsonLines.Of(new TokenLine(t.Ids, t.Pieces, [.. t.Offsets.Select(o => (int[])[o.Start, o.Length])]));

    static void Print(Tokenization tokens, string text, LineBuffer output)
    {
        int width = Math.Max(5, tokens.Pieces.Select(p => p.Length).DefaultIfEmpty().Max());
        output.Write($"{"id",6}  {"piece".PadRight(width)}  {"start",5}  {"length",6}  text");
        for (int i = 0; i < tokens.Ids.Length; i++)
        {
            var (start, length) = tokens.Offsets[i];
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{tokens.Ids[i],6}  {tokens.Pieces[i].PadRight(width)}  {start,5}  {length,6}  {text.AsSpan(start, length)}"));
        }
    }

    static string Count(Vocabulary vocabulary, IEnumerable<string> lines)
    {
        long count = 0, characters = 0, bytes = 0, unknown = 0, tokens = 0;
        var ids = new List<int>();
        long start = Stopwatch.GetTimestamp();
        foreach (string line in lines)
        {
            ids.Clear();
            vocabulary.Encode(line, ids);
            (count, characters, tokens) = (count + 1, characters + line.Length, tokens + ids.Count);
            bytes += System.Text.Encoding.UTF8.GetByteCount(line) + 1;
            foreach (int id in ids) unknown += id == vocabulary.Unknown ? 1 : 0;
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture,
            $"{Plural.Of(count, "line")}, {Plural.Of(bytes, "byte")}, {Plural.Of(tokens, "token")}, {(double)characters / Math.Max(tokens, 1):0.00} characters a token, {(double)unknown / Math.Max(tokens, 1):0.000%} unknown, {bytes / 1e6 / Math.Max(seconds, 1e-9):0.0} MB/s");
    }
}

/// <summary>A text in tokens.</summary>
/// <param name="Ids">The ids.</param>
/// <param name="Pieces">Their pieces.</param>
/// <param name="Offsets">Start and length of each in the text.</param>
sealed record TokenLine([property: JsonPropertyName("ids")] int[] Ids, [property: JsonPropertyName("pieces")] string[] Pieces, [property: JsonPropertyName("offsets")] int[][] Offsets);
