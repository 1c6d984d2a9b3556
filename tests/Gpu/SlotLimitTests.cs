using AlbertCompiled.Gpu;
using AlbertCompiled.Models;
using AlbertCompiled.Tests.Gpu.Emulation;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>Slots that are longer than kernels can address are refused.</summary>
public sealed class SlotLimitTests
{
    // two entries of 16,384 a token, and partial sums
    static readonly ModelDescription Wide = new("Wide", [], [], 1000,
        [new("encode", new(32_768, 0, 0, 0, 0, 0, 0, 50_000, 0, 0, 0), 0, 0, 0, 0, []) { Graph = "slot|expanded|[tokens, 16384]|Token|2|0|32768|0|1\nslot|partials|[tokens, 50000]|TokenChunk|1|0|50000|0|1" }],
        Optimizer.AdamW, Compute.Float32, "");

    [Theory]
    [InlineData(100_000)]
    [InlineData(131_056)]
    public void What_kernels_can_address_passes(int tokens) => SlotLimit.Check(Wide, new(tokens, 8));

    [Theory]
    [InlineData(131_057)]       // rounded up to 131,072 rows
    [InlineData(200_000)]
    public void More_is_refused_with_the_width_and_the_most(int tokens)
    {
        string message = Assert.Throws<DeviceException>(() => SlotLimit.Check(Wide, new(tokens, 8))).Message;
        Assert.Equal($"Wide keeps 16,384 numbers for each row of expanded ([tokens, 16384]), and a GPU's kernels address 2,147,483,647 of a kind: of the {tokens:#,0} tokens no more than 131,056 fit", message);
    }

    [Fact]
    public void Parameters_that_are_too_many_are_refused()
    {
        var large = new ModelDescription("Large", [], [], 3_000_000_000, [], Optimizer.AdamW, Compute.Float32, "");
        string message = Assert.Throws<DeviceException>(() => SlotLimit.Check(large, new(1, 1))).Message;
        Assert.Equal("Large has 3,000,000,000 parameters, and a GPU's kernels address 2,147,483,647: choose the device cpu", message);
    }

    [Fact]
    public void Logits_that_are_too_many_are_refused_before_anything_is_allocated()
    {
        using var device = GpuDevice.Emulate(new EmulatedHost(runs: false));
        string message = Assert.Throws<DeviceException>(() => AlbertBase.Create(device, new Capacity(512, 8, 80_000))).Message;
        Assert.Matches("^AlbertBase keeps 30,000 numbers .* of the 80,000 predictions no more than 71,568 fit$", message);
    }
}
