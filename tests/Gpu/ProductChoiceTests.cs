using AlbertCompiled.Gpu.TensorCores;
using Xunit;

namespace AlbertCompiled.Tests.Gpu;

public sealed class ProductChoiceTests
{
    static readonly ProductChoice Hopper = ProductChoice.For(90, 228 * 1024, 132)!;

    [Theory]
    [InlineData(16384, 3072, 768, 0, "wgmma-tma-128x256-s4-w8-walk")]
    [InlineData(16384, 2304, 768, 1, "wgmma-tma-128x256-s4-w8")]
    [InlineData(16384, 3072, 768, 17, "wgmma-tma-128x128-s3-w8")]
    [InlineData(16384, 768, 3072, 2, "wgmma-tma-128x256-s4-w8")]
    [InlineData(2304, 768, 16384, 0, "wgmma-tma-128x128-s6-w8-walk")]
    [InlineData(3072, 768, 16384, 0, "wgmma-tma-128x128-s6-w8-walk")]
    [InlineData(768, 768, 16384, 0, "wgmma-tma-128x128-s6-w8-walk")]
    [InlineData(2458, 30000, 128, 0, "wgmma-tma-128x256-s4-w8-walk")]
    public void Takes_what_was_measured_best(int m, int n, int k, int operations, string variant) =>
        Assert.Equal((variant, 1), Named(Hopper.Of(new("NN", m, n, k, Boxes: true, operations))));

    static (string, int) Named((ProductVariant Variant, int Parts) choice) => (choice.Variant.Name, choice.Parts);

    [Theory]
    [InlineData(0, 132, 256, 1)]
    [InlineData(108, 132, 256, 1)]
    [InlineData(12, 132, 256, 11)]
    [InlineData(36, 132, 256, 3)]
    [InlineData(2, 132, 12, 1)]
    [InlineData(2, 132, 16, 2)]
    public void Tiles_that_do_not_go_round_are_cut_for_all_groups(int tiles, int groups, int steps, int parts) =>
        Assert.Equal(parts, WalkingParts.Of(tiles, groups, steps));

    [Fact]
    public void Takes_no_tensor_maps_where_they_cannot_load() =>
        Assert.Equal(ProductLoader.Lanes, Hopper.Of(new("TN", 768, 768, 16384, Boxes: false)).Variant.Loader);

    [Theory]
    [InlineData(75, 64, false)]
    [InlineData(80, 164, true)]
    [InlineData(86, 100, true)]
    [InlineData(120, 100, true)]
    public void Other_cards_multiply_by_warps_within_their_shared_memory(int capability, int kilobytes, bool has)
    {
        var choice = ProductChoice.For(capability, kilobytes * 1024, 80);
        Assert.Equal(has, choice is not null);
        if (choice is null) return;
        var variant = choice.Of(new("NN", 4096, 768, 768, Boxes: true)).Variant;
        Assert.Equal(ProductCompute.Warp, variant.Compute);
        Assert.InRange(variant.Resident * (variant.SharedBytes + ProductChoice.ReservedBytes), 1, kilobytes * 1024);
    }

    [Theory]
    [InlineData(83, true, true)]
    [InlineData(82, true, false)]       // the driver of CUDA 12.2
    [InlineData(80, true, false)]
    [InlineData(78, false, false)]      // of CUDA 11.8
    public void Drivers_take_texts_of_their_time(int ptx, bool warpgroups, bool boxes)
    {
        var forms = ProductChoice.For(90, 228 * 1024, 132, ptx)!.Forms(new("NN", 16384, 3072, 768, Boxes: true)).ToList();
        Assert.NotEmpty(forms);
        Assert.Equal((warpgroups, boxes), (forms.Any(f => f.Variant.Compute == ProductCompute.Warpgroup), forms.Any(f => f.Variant.Loader == ProductLoader.Boxes)));
    }

    [Theory]
    [InlineData(80, 164, 108)]
    [InlineData(86, 100, 84)]
    [InlineData(90, 228, 132)]
    public void Parts_take_little_memory_and_are_counted_by_int(int capability, int kilobytes, int processors)
    {
        var choice = ProductChoice.For(capability, kilobytes * 1024, processors)!;
        foreach (var (m, n, k) in new[] { (16384, 4096, 4096), (4096, 16384, 16384), (68336, 16384, 4096), (536773, 2048, 8192), (30000, 4096, 2458) })
            Assert.All(choice.Forms(new("NT", m, n, k, Boxes: true)), f => Assert.InRange(f.Parts == 1 ? 0 : (long)f.Parts * m * n * sizeof(float), 0, 128 << 20));
        Assert.Contains(choice.Forms(new("TN", 768, 768, 16384, Boxes: true)), f => f.Parts > 8);
    }

    [Fact]
    public void Groups_need_not_walk() =>
        Assert.DoesNotContain(ProductChoice.For(90, 228 * 1024, 132, walks: false)!.Forms(new("NN", 16384, 3072, 768, Boxes: true)), f => f.Variant.Walks);

    [Theory]
    [InlineData(1000, 3)]
    [InlineData(64, 1)]
    [InlineData(16384, 7)]
    [InlineData(65, 2)]
    public void Parts_are_whole_steps_and_cover_the_contraction(int k, int wanted)
    {
        var (parts, perPart) = ProductVariant.Cut(k, wanted);
        Assert.InRange(parts, 1, wanted);
        Assert.Equal(0, perPart % SharedTile.Depth);
        Assert.InRange(k, (parts - 1) * perPart + 1, parts * perPart);
    }
}
