using AlbertCompiled.Bench;

namespace AlbertCompiled.Tests.Bench;

public class CompareTests
{
    [Theory]
    [InlineData("tokens_per_s=12.5 step_ms=3", 12.5)]
    [InlineData("warning: something\nstep_ms=3 tokens_per_s=1e3\n", 1e3)]
    [InlineData("step_ms=3", null)]
    [InlineData("my_tokens_per_s=3 tokens_per_s=much", null)]
    public void A_figure_is_found_by_its_key(string output, double? expected) => Assert.Equal(expected, Contestant.Figure(output, "tokens_per_s"));

    [Fact]
    public void The_ratio_is_the_median_of_the_pairs_not_the_ratio_of_medians()
    {
        var pairs = new Pairs("work", "peer", [(10, 10), (30, 10), (100, 50)]);
        Assert.Equal(2, pairs.Ratio);
        Assert.Equal("| work | peer | 10, 30, 100 | 10, 10, 50 | 1.00, 3.00, 2.00 | 2.00 |", Pairs.Table([pairs]).Split('\n')[2]);
    }

    [Theory]
    [InlineData("NVIDIA H200", 4800)]
    [InlineData("NVIDIA H100 PCIe", 2000)]
    [InlineData("NVIDIA H100 80GB HBM3 MIG 1g.10gb", null)]
    [InlineData("NVIDIA GeForce RTX 4090 Laptop GPU", null)]
    [InlineData("a card of tomorrow", null)]
    public void A_card_s_peak_is_known_by_its_name(string card, int? memory) => Assert.Equal(memory, (int?)CardPeak.Of(card)?.Memory);

    [Fact]
    public void Only_the_marked_part_of_a_document_changes()
    {
        Assert.Equal("a\n<!-- x -->\nnew\n<!-- /x -->\nb", MarkedText.Replace("a\n<!-- x -->\nold\n<!-- /x -->\nb", "x", "new"));
        Assert.Equal("there is no <!-- y --> … <!-- /y --> to write to", Assert.Throws<ArgumentException>(() => MarkedText.Replace("<!-- x -->", "y", "new")).Message);
    }

    [Fact]
    public void A_contestant_that_fails_says_so_in_one_line()
    {
        var contestant = new Contestant("ours", typeof(Contestant).Assembly.Location, "train config=none");
        Assert.StartsWith("AlbertCompiled.Bench.dll train config=none failed: bench train: config=none is none of base,", Assert.Throws<ArgumentException>(() => contestant.TokensPerSecond()).Message);
    }
}
