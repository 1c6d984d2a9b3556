using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// Chooses a product's variant and the parts of its contraction by an estimate: groups run in waves of as many as the card holds, each wave takes a fixed time
/// and one for each step of 64. Sizes are bounds, so the choice is the same in every step of a training run.
/// </summary>
/// <param name="forms">What the card can run.</param>
/// <param name="processors">Its multiprocessors.</param>
internal sealed class ProductChoice(IReadOnlyList<ProductChoice.Form> forms, int processors)
{
    const int MostParts = 32, LeastSteps = 4, MostRivals = 4, MostCuts = 2;
    const double RivalSlack = 1.25;                                    // the estimate is off by less
    const double BytesPerMicrosecond = 4e6, SumMicroseconds = 8;       // parts are written and read once, mostly in the second-level cache
    const long MostPartBytes = 128 << 20;                              // beyond, that is not so, and the memory is worth more

    /// <summary>A variant and its times in microseconds, fitted to products of 2 to 256 steps on an H200 (docs/benchmarks-gpu.md, bench tensor).</summary>
    /// <param name="Variant">The variant.</param>
    /// <param name="Fixed">Of a wave.</param>
    /// <param name="Step">Of 64 steps of the contraction in a wave that fills the card.</param>
    /// <param name="Alone">Likewise with one group to a multiprocessor.</param>
    /// <param name="Exposed">Of a million operations of the epilogue that no other group's products hide.</param>
    /// <param name="Sum">Of the sum of parts where groups walk.</param>
    internal sealed record Form(ProductVariant Variant, double Fixed, double Step, double Alone, double Exposed, double Sum = 0);

    /// <summary>The forms, the quicker ones first. Groups that walk keep a tile's accumulators to the end of its epilogue: one that computes finds too few registers.</summary>
    public static readonly IReadOnlyList<Form> All =
    [
        new(new(ProductCompute.Warpgroup, ProductLoader.Boxes, 256, 4, 8, 1, Walks: true), 2.8, 0.65, 0.65, double.PositiveInfinity, 16),
        new(new(ProductCompute.Warpgroup, ProductLoader.Boxes, 128, 6, 8, 1, Walks: true), 1.9, 0.345, 0.345, double.PositiveInfinity, 10),
        new(new(ProductCompute.Warpgroup, ProductLoader.Boxes, 256, 4, 8, 1), 3.4, 0.65, 0.65, 0.06),
        new(new(ProductCompute.Warpgroup, ProductLoader.Boxes, 128, 3, 8, 2), 3.2, 0.77, 0.50, 0.032),
        new(new(ProductCompute.Warpgroup, ProductLoader.Lanes, 128, 3, 8, 2), 3.0, 1.10, 0.70, 0.04),
        new(new(ProductCompute.Warp, ProductLoader.Lanes, 128, 3, 4, 2), 3.6, 1.16, 0.80, 0.04),
        new(new(ProductCompute.Warp, ProductLoader.Lanes, 128, 2, 4, 2), 3.8, 1.30, 0.90, 0.04),
    ];

    /// <summary>The choice for a device, or null if it has no tensor cores that take bfloat16.</summary>
    public static ProductChoice? For(GpuDevice device)
    {
        if (device.Host is { } host) return For(host.Capability, host.SharedBytes, host.Processors, walks: GpuSwitches.Current.Walks);
        if (device.Accelerator is not CudaAccelerator card) return null;
        return For(Capability(card), card.MaxSharedMemoryPerMultiprocessor, Processors(device), Ptx(card), GpuSwitches.Current.Walks);
    }

    /// <summary>A card's compute capability: 90 for 9.0.</summary>
    public static int Capability(CudaAccelerator card) => card.Architecture.Major * 10 + card.Architecture.Minor;

    /// <summary>The version of PTX that is written for a card: 83 for 8.3, the newest that its driver and ILGPU take.</summary>
    public static int Ptx(CudaAccelerator card) => card.InstructionSet.Major * 10 + card.InstructionSet.Minor;

    /// <summary>Multiprocessors of a device.</summary>
    public static int Processors(GpuDevice device) => device.Host?.Processors ?? device.Accelerator.NumMultiprocessors;

    /// <summary>The choice for a card, or null.</summary>
    /// <param name="capability">Compute capability: 90 for 9.0.</param>
    /// <param name="sharedBytes">Shared memory of a multiprocessor.</param>
    /// <param name="processors">Multiprocessors.</param>
    /// <param name="ptx">The newest PTX that its driver takes: 83 for 8.3.</param>
    /// <param name="walks">Whether groups may walk.</param>
    public static ProductChoice? For(int capability, int sharedBytes, int processors, int ptx = int.MaxValue, bool walks = true)
    {
        Form[] forms =
        [
            .. All.Where(f => f.Variant.RunsOn(capability, ptx) && (walks || !f.Variant.Walks) && f.Variant.SharedBytes + ReservedBytes <= sharedBytes)
                .Select(f => f with { Variant = f.Variant.Within(sharedBytes) }),
        ];
        return forms.Length == 0 ? null : new(forms, processors);
    }

    /// <summary>Shared memory that the driver keeps of a group.</summary>
    public const int ReservedBytes = 1024;

    /// <summary>The variant and the number of parts for a product, by the estimate.</summary>
    public (ProductVariant Variant, int Parts) Of(ProductShape product) => Rivals(product)[0];

    /// <summary>What is worth a measurement: the best by the estimate, then what it finds nearly as quick, each variant in one or two numbers of parts.</summary>
    public IReadOnlyList<(ProductVariant Variant, int Parts)> Rivals(ProductShape product)
    {
        var estimates = Estimates(product).OrderBy(e => e.Time).ToArray();      // stable: the quicker variants, then the fewer parts
        if (estimates.Length == 0) throw new InvalidOperationException("no variant of the product may load these operands");
        return
        [
            .. estimates.Where(e => e.Time <= estimates[0].Time * RivalSlack).GroupBy(e => e.Variant).SelectMany(of => of.Take(MostCuts))
                .OrderBy(e => e.Time).Take(MostRivals).Select(e => (e.Variant, e.Parts)),
        ];
    }

    /// <summary>Every form that a product may have.</summary>
    public IEnumerable<(ProductVariant Variant, int Parts)> Forms(ProductShape product) => Estimates(product).Select(e => (e.Variant, e.Parts));

    /// <summary>What an epilogue that computes takes beyond one that only moves, in microseconds.</summary>
    public double EpilogueMicroseconds(ProductVariant variant, ProductShape product) => EpilogueMicroseconds(forms.First(f => f.Variant == variant), product);

    static double EpilogueMicroseconds(Form form, ProductShape product) => product.Operations == 0 ? 0 : form.Exposed * product.Operations * product.M * product.N / 1e6;

    IEnumerable<(ProductVariant Variant, int Parts, double Time)> Estimates(ProductShape product)
    {
        var (_, m, n, k, boxes, _) = product;
        foreach (var form in forms)
        {
            if (!boxes && form.Variant.Loader == ProductLoader.Boxes) continue;
            int most = form.Variant.Walks ? 1 : Math.Clamp(k / SharedTile.Depth / LeastSteps, 1, MostParts);
            for (int wanted = 1; wanted <= most; wanted++)
            {
                var (parts, _) = ProductVariant.Cut(k, wanted);
                if (parts > 1 && (long)parts * m * ((n + 7) / 8 * 8) * sizeof(float) > MostPartBytes) break;
                if (parts == wanted) yield return (form.Variant, parts, Microseconds(form, m, n, k, parts) + EpilogueMicroseconds(form, product));
            }
        }
    }

    /// <summary>The estimate for a product whose epilogue only moves.</summary>
    public double Microseconds(Form form, int m, int n, int k, int parts)
    {
        if (form.Variant.Walks) return Microseconds(form, form.Variant.Tiles(m, n), (k + SharedTile.Depth - 1) / SharedTile.Depth);
        int steps = (ProductVariant.Cut(k, parts).PerPart + SharedTile.Depth - 1) / SharedTile.Depth;
        long groups = (long)form.Variant.Tiles(m, n) * parts, wave = (long)processors * form.Variant.Resident, waves = groups / wave, rest = groups % wave;
        double time = waves * (form.Fixed + form.Step * steps);
        if (rest > 0) time += form.Fixed + (rest <= processors ? form.Alone : form.Step) * steps;
        return parts == 1 ? time : time + SumMicroseconds + 2.0 * sizeof(float) * parts * m * n / BytesPerMicrosecond;
    }

    /// <summary>Of groups that walk: whole tiles all round, then the rest, cut.</summary>
    double Microseconds(Form form, int tiles, int steps)
    {
        int groups = WalkingParts.Groups(tiles, steps, processors * form.Variant.Resident), rest = tiles % groups, parts = WalkingParts.Of(rest, groups, steps);
        double time = tiles / groups * (form.Fixed + form.Step * steps);
        if (rest > 0) time += form.Fixed + form.Step * ((steps + parts - 1) / parts);
        return parts == 1 ? time : time + form.Sum;
    }
}
