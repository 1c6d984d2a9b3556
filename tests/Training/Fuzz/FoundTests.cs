using AlbertCompiled.Training;
using Xunit;

namespace AlbertCompiled.Tests.Training.Fuzz;

/// <summary>Inputs that broke a parser once.</summary>
public class FoundTests
{
    [Fact]
    public void A_packed_file_of_nothing_but_continuation_bytes_is_refused() =>
        Refused("packed text", Convert.FromBase64String("H4sIAM/X4wIAHGocagBVBQAAAA=="));

    [Fact]
    public void A_line_of_nothing_but_continuation_bytes_begins_no_character() => Assert.Equal(0, Utf8Text.CharacterStart([0x80, 0x81, 0x82], 3));

    [Fact]
    public void A_run_without_stages_is_refused()
    {
        byte[] good = FuzzedParsers.All.Single(p => p.Name == "run configuration").Seeds()[0];
        string text = System.Text.Encoding.UTF8.GetString(good);
        int from = text.IndexOf("\"stages\"", StringComparison.Ordinal), to = text.IndexOf(']', from);
        Refused("run configuration", System.Text.Encoding.UTF8.GetBytes($"{text[..from]}\"stages\": [{text[to..]}"));
    }

    [Theory]
    [InlineData("""[null]""")]
    [InlineData("""[{"title":"T","paragraphs":[null]}]""")]
    [InlineData("""[{"title":"T","paragraphs":[{"context":"a","qas":[null]}]}]""")]
    [InlineData("""[{"title":"T","paragraphs":[{"context":"a","qas":[{"id":"1","question":"a?","answers":[null]}]}]}]""")]
    public void Null_in_a_list_of_SQuAD_is_refused(string data) =>
        Refused("SQuAD", System.Text.Encoding.UTF8.GetBytes($$"""{"version":"1.1","data":{{data}}}"""));

    static void Refused(string parser, byte[] input) => Assert.ThrowsAny<TrainingException>(() => FuzzedParsers.All.Single(p => p.Name == parser).Parse(input));
}
