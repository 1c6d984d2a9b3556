using AlbertCompiled.Gpu.TensorCores;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>The choice among a product's forms by time, and the file that keeps it.</summary>
public sealed class ProductMeasurementsTests : IDisposable
{
    const string Card = "NVIDIA H100, 132 multiprocessors, driver for CUDA 13.0, AlbertCompiled 1.0";

    static readonly ProductShape Product = new("NT", 16384, 3072, 768, true);

    static readonly ProductChoice Hopper = ProductChoice.For(90, 228 * 1024, 132)!;

    static IReadOnlyList<(ProductVariant Variant, int Parts)> Rivals => Hopper.Rivals(Product);

    readonly string folder = Directory.CreateTempSubdirectory("products").FullName;

    string FilePath => Path.Combine(folder, "AlbertCompiled", "products-NVIDIA-H100.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>A process: the rivals take 1, 2, … in order, but for one that takes least.</summary>
    (ProductVariant, int) Choose(int quickest, List<(ProductVariant, int)> timed, string card = Card, TimeSpan? budget = null)
    {
        var measurements = new ProductMeasurements(new(FilePath, card), budget: budget);
        if (measurements.Of(Product, Hopper) is null)
        {
            measurements.Measure(Product, Rivals, rival =>
            {
                timed.Add(rival);
                return rival == Rivals[quickest] ? 0.5 : timed.Count;
            });
            measurements.Save();
        }

        return measurements.Of(Product, Hopper)!.Value;
    }

    [Fact]
    public void The_quickest_is_taken_and_remembered()
    {
        var timed = new List<(ProductVariant, int)>();
        Assert.Equal(Rivals[1], Choose(1, timed));
        Assert.Equal(Rivals, timed);
        timed.Clear();
        Assert.Equal(Rivals[1], Choose(0, timed));
        Assert.Empty(timed);
        Assert.Equal([FilePath], Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("13.0", "13.1")]
    [InlineData("1.0", "1.1")]
    [InlineData("132", "114")]
    public void Another_card_driver_or_library_measures_anew(string before, string now)
    {
        Choose(1, []);
        var timed = new List<(ProductVariant, int)>();
        Assert.Equal(Rivals[0], Choose(0, timed, Card.Replace(before, now, StringComparison.Ordinal)));
        Assert.NotEmpty(timed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("[1]")]
    [InlineData("{\"version\":3}")]
    [InlineData("{\"version\":\"one\",\"card\":7}")]
    [InlineData("{\"version\":2,\"card\":\"" + Card + "\",\"products\":{\"NT 16384x3072x768\":\"wgmma-tma-128x256-s4-w8 in 1\"}}")]
    [InlineData("{\"version\":3,\"card\":\"" + Card + "\",\"products\":{\"NT 16384x3072x768\":3}}")]
    [InlineData("{\"version\":3,\"card\":\"" + Card + "\",\"products\":{\"NT 16384x3072x768\":\"a variant that is gone in 1\"}}")]
    [InlineData("{\"version\":3,\"card\":\"" + Card + "\",\"products\":{\"NT 16384x3072x768\":\"wgmma-tma-128x256-s4-w8 in 999\"}}")]
    [InlineData("{\"version\":3,\"card\":\"" + Card + "\",\"products\":[]}")]
    public void A_file_that_cannot_be_used_is_replaced(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, content);
        var timed = new List<(ProductVariant, int)>();
        Assert.Equal(Rivals[1], Choose(1, timed));
        Assert.NotEmpty(timed);
        timed.Clear();
        Assert.Equal(Rivals[1], Choose(0, timed));
        Assert.Empty(timed);
    }

    [Fact]
    public void What_the_file_says_takes_the_place_of_the_estimate()
    {
        var other = Hopper.Forms(Product).Except(Rivals).First();
        var record = new ProductRecord(FilePath, Card) { [Product.ToString()] = $"{other.Variant.Name} in {other.Parts}" };
        record.Save();
        Assert.Equal(other, Choose(0, []));
    }

    [Fact]
    public void What_another_process_measured_meanwhile_stays()
    {
        var (one, two) = (new ProductRecord(FilePath, Card), new ProductRecord(FilePath, Card));
        one["NN 1x1x1"] = "a";
        two["NN 2x2x2"] = "b";
        one.Save();
        two.Save();
        var both = new ProductRecord(FilePath, Card);
        Assert.Equal(("a", "b"), (both["NN 1x1x1"], both["NN 2x2x2"]));
    }

    [Fact]
    public void A_file_is_read_and_written_by_one_process_at_a_time()
    {
        Parallel.For(0, 16, i =>
        {
            var record = new ProductRecord(FilePath, Card) { ["NN 1x1x1"] = $"{i}", [$"TN {i}x1x1"] = $"{i}" };
            record.Save();
            Assert.Equal(record["NN 1x1x1"], new ProductRecord(FilePath, Card)["NN 1x1x1"]);
        });
        Assert.Equal(Enumerable.Range(0, 16).Select(i => $"{i}"), Enumerable.Range(0, 16).Select(i => new ProductRecord(FilePath, Card)[$"TN {i}x1x1"]));
    }

    [Fact]
    public void Of_processes_that_measure_at_once_the_first_one_s_choice_is_everyone_s()
    {
        ProductMeasurements Measured(ProductMeasurements measurements, int quickest)
        {
            measurements.Measure(Product, Rivals, rival => rival == Rivals[quickest] ? 1 : 2);
            return measurements;
        }

        var (one, two) = (new ProductMeasurements(new(FilePath, Card)), new ProductMeasurements(new(FilePath, Card)));
        Measured(one, 1).Save();
        Measured(two, 0).Save();
        Assert.Equal(Rivals[1], one.Of(Product, Hopper));
        Assert.Equal(Rivals[1], two.Of(Product, Hopper));
        Assert.Equal(Rivals[1], Choose(0, []));
    }

    [Fact]
    public void A_form_that_cannot_run_is_left_out()
    {
        var measurements = new ProductMeasurements(new(FilePath, Card));
        measurements.Measure(Product, Rivals, rival => rival == Rivals[0] ? null : 1);
        Assert.Equal(Rivals[1], measurements.Of(Product, Hopper));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_done_without()
    {
        File.WriteAllText(Path.Combine(folder, "AlbertCompiled"), "in the way");
        Assert.Equal(Rivals[1], Choose(1, []));
    }

    [Fact]
    public void Beyond_the_budget_the_estimate_is_kept_and_remembered()
    {
        var timed = new List<(ProductVariant, int)>();
        Assert.Equal(Rivals[0], Choose(1, timed, budget: TimeSpan.Zero));
        Assert.Empty(timed);
        Assert.Equal(Rivals[0], Choose(1, timed));      // a run that is resumed adds in the same order
        Assert.Empty(timed);
    }

    [Fact]
    public void Where_memory_is_short_the_estimate_is_kept()
    {
        var measurements = new ProductMeasurements(new(FilePath, Card));
        measurements.Measure(Product, Rivals, rival => rival == Rivals[0] ? 2 : null);
        Assert.Equal(Rivals[0], measurements.Of(Product, Hopper));
    }

    [Fact]
    public void Small_products_go_by_the_estimate() =>
        Assert.Equal(Hopper.Of(new("NT", 1024, 768, 768, true)), new ProductMeasurements(new(FilePath, Card)).Of(new("NT", 1024, 768, 768, true), Hopper));

    [Theory]
    [InlineData(16384, 768, 768, true)]
    [InlineData(16384, 3072, 768, true)]
    [InlineData(768, 768, 16384, true)]
    [InlineData(16384, 768, 3072, false)]
    public void Rivals_are_few_and_begin_with_the_estimate(int m, int n, int k, bool boxes)
    {
        var product = new ProductShape("NN", m, n, k, boxes);
        var rivals = Hopper.Rivals(product);
        Assert.Equal(Hopper.Of(product), rivals[0]);
        Assert.InRange(rivals.Count, 1, 4);
        Assert.True(boxes || rivals.All(r => r.Variant.Loader == ProductLoader.Lanes));
        Assert.Equal(rivals.Count, rivals.Distinct().Count());
        Assert.Subset(Hopper.Forms(product).ToHashSet(), rivals.ToHashSet());
    }
}
