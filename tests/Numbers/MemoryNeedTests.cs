namespace AlbertCompiled.Tests.Numbers;

public sealed class MemoryNeedTests
{
    static readonly ArenaPlan Plan = new(1000, 300, 700, 2048, 10, 20, 30, 50, 20, 10, 2048);

    static readonly ModelDescription Model = new("Large", [], [], 1_000_000, [new("train", Plan, 0, 0, 0, 0, [])], Optimizer.AdamW, Compute.Float32, "");

    static readonly MemoryNeed Need = new(Model, c => Plan.Bytes(c));

    [Fact]
    public void What_fits_passes() => Need.Check(new(4096, 64, 800), "the card", Plan.Bytes(new(4096, 64, 800)) + MemoryNeed.Reserve);

    [Fact]
    public void Bands_take_no_more_than_their_rows()
    {
        var banded = Plan with { Bands = new(Dimension.Predictions, 512, 30_000) };
        long Extra(int predictions) => banded.Bytes(new(4096, 64, predictions), elementBytes: 2) - Plan.Bytes(new(4096, 64, predictions), elementBytes: 2);
        Assert.Equal(512 * 30_000 * 2, Extra(2457));
        Assert.Equal(Extra(2457), Extra(512));
        Assert.Equal(80 * 30_000 * 2, Extra(77));
    }

    [Fact]
    public void The_message_names_the_bytes_and_the_largest_batch()
    {
        var capacity = new Capacity(65_536, 1024, 13_000);
        var thrown = Assert.Throws<DeviceException>(() => Need.Check(capacity, "the card", 100_000_000));
        int largest = Need.LargestTokens(capacity, 100_000_000);
        Assert.Equal($"Large needs 0.4 GB for batches of 65,536 tokens, 16.0 MB of it for parameters; the card has 0.1 GB free: batches of up to {largest:#,0} tokens fit", thrown.Message);
    }

    [Theory]
    [InlineData(80_000_000)]
    [InlineData(100_000_000)]
    [InlineData(299_000_000)]
    public void The_largest_batch_fits_and_one_token_more_does_not(long free)
    {
        var capacity = new Capacity(65_536, 1024, 13_000);
        int tokens = Need.LargestTokens(capacity, free);
        Assert.InRange(tokens, 1, capacity.Tokens - 1);
        Need.Check(Of(tokens), "the card", free);
        Assert.Throws<DeviceException>(() => Need.Check(Of(tokens + 1), "the card", free));

        Capacity Of(int t) => new(t, (int)Math.Ceiling(1024.0 * t / 65_536), (int)Math.Ceiling(13_000.0 * t / 65_536));
    }

    [Fact]
    public void A_processor_refuses_what_its_memory_does_not_hold()
    {
        using var device = CompiledModels.Open("cpu");
        var thrown = Assert.Throws<DeviceException>(() => OddNone.Create(device, new Capacity(1_500_000_000, 1000)));
        Assert.Matches(@"^OddNone needs \d+\.\d GB for batches of 1,500,000,000 tokens, .* in all: batches of up to [\d,]+ tokens fit$", thrown.Message);
    }

    [Fact]
    public void Where_no_batch_fits_it_says_so()
    {
        Assert.Equal(0, Need.LargestTokens(new(4096, 64, 800), 1000));
        Assert.EndsWith("no batch fits", Assert.Throws<DeviceException>(() => Need.Check(new(4096, 64, 800), "the card", 1000)).Message);
    }
}
