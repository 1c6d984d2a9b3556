using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary><c>albert tokenize</c> and <c>albert sentences</c>.</summary>
public sealed class TokenizeTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public TokenizeTests() => Directory.CreateDirectory(folder["run"]);

    static string Model => Path.Combine(AppContext.BaseDirectory, "docs-8000.model");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_text_is_shown_piece_by_piece() => Assert.Equal(
        """
            id  piece  start  length  text
             5  ▁the       0       3  The
          4957  ▁ca        4       2  ca
          2654  fe         6       2  fé
             6  .          8       1  .

        """, CliRun.Of("tokenize", Model, "The café.").Succeeds().Output);

    [Fact]
    public void Lines_of_a_file_become_json()
    {
        File.Copy(Model, folder["run/vocabulary.model"]);
        string file = folder.Write("a.txt", "The café.\n\nThe");
        Assert.Equal(
            """
            {"ids":[5,4957,2654,6],"pieces":["▁the","▁ca","fe","."],"offsets":[[0,3],[4,2],[6,2],[8,1]]}
            {"ids":[],"pieces":[],"offsets":[]}
            {"ids":[5],"pieces":["▁the"],"offsets":[[0,3]]}

            """, CliRun.Of("tokenize", folder["run"], "--file", file, "--json").Succeeds().Output);
        Assert.StartsWith("3 lines, 16 bytes, 5 tokens, 2.40 characters a token, 0.000% unknown, ", CliRun.Of("tokenize", folder["run"], "--file", file, "--statistics").Succeeds().Output);
    }

    [Fact]
    public void A_long_line_is_one_object_or_is_refused()
    {
        string file = folder.Write("long.txt", string.Concat(Enumerable.Repeat("The ", 300_000)) + "\nThe\n");
        Assert.Equal(2, CliRun.Of("tokenize", Model, "--file", file, "--json").Succeeds().Output.Count(c => c == '\n'));
        CliRun.Of("tokenize", Model, "--file", folder.Write("longer.txt", new('a', (1 << 24) + 1)), "--json").Fails("longer.txt, line 1: longer than 16,777,216 bytes");
    }

    [Fact]
    public void A_file_gets_every_letter_whatever_the_locale()
    {
        if (OperatingSystem.IsWindows()) return;
        var (code, output, _) = CliProcess.Run(["env", "LC_ALL=de_DE.ISO-8859-1", .. CliProcess.Command("tokenize", Model, "The café.", "--json")]);
        Assert.Equal((0, "{\"ids\":[5,4957,2654,6],\"pieces\":[\"▁the\",\"▁ca\",\"fe\",\".\"],\"offsets\":[[0,3],[4,2],[6,2],[8,1]]}\n"), (code, output));
    }

    [Fact]
    public void What_cannot_be_tokenized_is_told()
    {
        CliRun.Of("tokenize", folder["run"], "x").Fails("holds no vocabulary", "spiece.model");
        CliRun.Of("tokenize", folder["none"], "x").Fails("cannot read the vocabulary");
        string prose = folder.Write("prose.txt", "some text that is no model\n");
        CliRun.Of("tokenize", prose, "x").Fails($"{prose} is not a SentencePiece model", "a published spiece.model", "data/train-vocabulary.sh");
        CliRun.Of("tokenize", Model, "--file", folder["none.txt"]).Fails("cannot read", "none.txt");
        CliRun.Of("tokenize", Model, "x", "--file", folder["none.txt"]).Fails("leave one out");
        File.WriteAllBytes(folder["bad.txt"], [(byte)'a', 10, 0xFE]);
        CliRun.Of("tokenize", Model, "--file", folder["bad.txt"]).Fails("bad.txt, line 2: byte 1 of the line (0xFE) is not UTF-8");
    }

    [Fact]
    public void A_word_may_begin_with_an_at_sign()
    {
        folder.Write("words", "--json");
        Assert.Contains("@", CliRun.Of("tokenize", Model, "@none is text").Succeeds().Output);
        Assert.DoesNotContain("{", CliRun.Of("tokenize", Model, $"@{folder["words"]}").Succeeds().Output);
    }

    [Fact]
    public void Sentences_are_written_once_and_what_was_skipped_is_told()
    {
        folder.Write("a.jsonl", "{\"b\":\"One. Two.\"}\n{\"b\":\"Two. One.\"}\n{\"b\":\"\"}\n{\"b\":\"Last.\"}\n");
        var run = CliRun.Of("sentences", "--text", folder["a.jsonl"], "--field", "b");
        Assert.Equal((0, "One.\nTwo.\n", "warning: documents without text skipped: 1\n"), (run.Code, run.Output, run.Error));
        CliRun.Of("sentences", "--text", folder["a.jsonl"]).Fails("no field text");
        CliRun.Of("sentences", "--text", folder["a.jsonl"], "--split", "words").Fails("--split is one of auto, lines, sentences");
    }
}
