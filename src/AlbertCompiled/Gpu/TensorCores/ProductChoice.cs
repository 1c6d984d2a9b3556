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
    const double BytesPerMicrosecond = 4e6, SumMicroseconds = 2;       // parts are written and read once, mostly in the second-level cache

    /// <summary>A variant and its times in microseconds, fitted to products of 12 to 256 steps on an H200 (docs/benchmarks.md, bench tensor).</summary>
    /// <param name="Variant">The variant.</param>
    /// <param name="Fixed">Of a wave.</param>
    /// <param name="Step">Of 64 steps of the contraction in a wave that fills the card.</param>
    /// <param name="Alone">Likewise with one group to a multiprocessor.</param>
    internal sealed record Form(ProductVariant Variant, double Fixed, double Step, double Alone);

    /// <summary>The forms, the quicker ones first.</summary>
    public static readonly IReadOnlyList<Form> All =
    [
        new(new(ProductCompute.Warpgroup, ProductLoader.Boxes, 256, 4, 8, 1), 4.4, 0.70, 0.70),
        new(new(ProductCompute.Warpgroup, ProductLoader.Boxes, 128, 3, 8, 2), 2.2, 0.88, 0.50),
        new(new(ProductCompute.Warpgroup, ProductLoader.Lanes, 128, 3, 8, 2), 3.0, 1.10, 0.70),
        new(new(ProductCompute.Warp, ProductLoader.Lanes, 128, 3, 4, 2), 3.8, 1.16, 0.80),
        new(new(ProductCompute.Warp, ProductLoader.Lanes, 128, 2, 4, 2), 4.0, 1.30, 0.90),
    ];

    /// <summary>The choice for a device, or null if it has no tensor cores that take bfloat16.</summary>
    public static ProductChoice? For(GpuDevice device)
    {
        if (device.Host is { } host) return For(host.Capability, host.SharedBytes, host.Processors);
        if (device.Accelerator is not CudaAccelerator card) return null;
        return For(card.Architecture.Major * 10 + card.Architecture.Minor, card.MaxSharedMemoryPerMultiprocessor, Processors(device));
    }

    /// <summary>Multiprocessors of a device.</summary>
    public static int Processors(GpuDevice device) => device.Host?.Processors ?? device.Accelerator.NumMultiprocessors;

    /// <summary>The choice for a card, or null.</summary>
    /// <param name="capability">Compute capability: 90 for 9.0.</param>
    /// <param name="sharedBytes">Shared memory of a multiprocessor.</param>
    /// <param name="processors">Multiprocessors.</param>
    public static ProductChoice? For(int capability, int sharedBytes, int processors)
    {
        Form[] forms = [.. All.Where(f => f.Variant.RunsOn(capability) && f.Variant.SharedBytes + ReservedBytes <= sharedBytes).Select(f => f with { Variant = f.Variant.Within(sharedBytes) })];
        return forms.Length == 0 ? null : new(forms, processors);
    }

    /// <summary>Shared memory that the driver keeps of a group.</summary>
    public const int ReservedBytes = 1024;

    /// <summary>The variant and the number of parts for a product.</summary>
    /// <param name="m">Rows of C at most.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Length of the contraction at most.</param>
    /// <param name="boxes">Whether tensor maps may load.</param>
    public (ProductVariant Variant, int Parts) Of(int m, int n, int k, bool boxes) => Rivals(m, n, k, boxes)[0];

    /// <summary>What is worth a measurement: the best by the estimate, then what it finds nearly as quick, each variant in one or two numbers of parts.</summary>
    public IReadOnlyList<(ProductVariant Variant, int Parts)> Rivals(int m, int n, int k, bool boxes)
    {
        var estimates = Estimates(m, n, k, boxes).OrderBy(e => e.Time).ToArray();      // stable: the quicker variants, then the fewer parts
        if (estimates.Length == 0) throw new InvalidOperationException("no variant of the product may load these operands");
        return
        [
            .. estimates.Where(e => e.Time <= estimates[0].Time * RivalSlack).GroupBy(e => e.Variant).SelectMany(of => of.Take(MostCuts))
                .OrderBy(e => e.Time).Take(MostRivals).Select(e => (e.Variant, e.Parts)),
        ];
    }

    /// <summary>Every form that a product may have.</summary>
    public IEnumerable<(ProductVariant Variant, int Parts)> Forms(int m, int n, int k, bool boxes) => Estimates(m, n, k, boxes).Select(e => (e.Variant, e.Parts));

    IEnumerable<(ProductVariant Variant, int Parts, double Time)> Estimates(int m, int n, int k, bool boxes)
    {
        int most = Math.Clamp(k / SharedTile.Depth / LeastSteps, 1, MostParts);
        foreach (var form in forms)
        {
            if (!boxes && form.Variant.Loader == ProductLoader.Boxes) continue;
            for (int wanted = 1; wanted <= most; wanted++)
            {
                var (parts, _) = ProductVariant.Cut(k, wanted);
                if (parts == wanted) yield return (form.Variant, parts, Microseconds(form, m, n, k, parts));
            }
        }
    }

    /// <summary>The estimate.</summary>
    public double Microseconds(Form form, int m, int n, int k, int parts)
    {
        int steps = (ProductVariant.Cut(k, parts).PerPart + SharedTile.Depth - 1) / SharedTile.Depth;
        long groups = (long)form.Variant.Tiles(m, n) * parts, wave = (long)processors * form.Variant.Resident, waves = groups / wave, rest = groups % wave;
        double time = waves * (form.Fixed + form.Step * steps);
        if (rest > 0) time += form.Fixed + (rest <= processors ? form.Alone : form.Step) * steps;
        return parts == 1 ? time : time + SumMicroseconds + 2.0 * sizeof(float) * parts * m * n / BytesPerMicrosecond;
    }
}
