using System.Diagnostics;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// Chooses the form of a product, variant and parts, by time: measured before a program is queued for the first time, then remembered, so that every run on the card
/// adds in the same order. Small products, and those with one form that is plausible, go by the estimate.
/// </summary>
/// <param name="record">What was measured before.</param>
/// <param name="leastWork">Operations of a product that is worth it: smaller ones gain less than the measurement takes.</param>
/// <param name="budget">Time for all measurements; what comes later goes by the estimate.</param>
internal sealed class ProductMeasurements(ProductRecord record, double leastWork = ProductMeasurements.LeastWork, TimeSpan? budget = null)
{
    /// <summary>A tenth of a millisecond on a card of today, in operations.</summary>
    public const double LeastWork = 5e9;

    /// <summary>For the products of all models on a device, from its opening to its end.</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromSeconds(0.5);

    readonly Dictionary<ProductShape, (ProductVariant Variant, int Parts)> settled = [];
    readonly Dictionary<ProductShape, IReadOnlyList<(ProductVariant Variant, int Parts)>> measured = [];
    TimeSpan left = budget ?? Budget;

    /// <summary>The form that a product has for the rest of the process, or null if it is to be measured.</summary>
    public (ProductVariant Variant, int Parts)? Of(ProductShape product, ProductChoice choice)
    {
        if (settled.TryGetValue(product, out var form)) return form;
        var rivals = choice.Rivals(product);
        if (product.Work < leastWork || rivals.Count < 2) return settled[product] = rivals[0];
        string? name = record[product.ToString()];
        foreach (var known in choice.Forms(product))
            if (Name(known) == name) return settled[product] = known;
        return null;
    }

    /// <summary>Keeps to the estimate for the rest of the process.</summary>
    public (ProductVariant Variant, int Parts) Estimate(ProductShape product, ProductChoice choice) =>
        settled[product] = choice.Of(product);

    /// <summary>Measures the rivals and keeps the quickest of those that could be measured; the estimate's, which comes first, if time is short or none could.</summary>
    /// <param name="product">The product.</param>
    /// <param name="rivals">Its forms that are plausible.</param>
    /// <param name="time">Runs a form and returns its time in any unit, or null if it cannot.</param>
    public void Measure(ProductShape product, IReadOnlyList<(ProductVariant Variant, int Parts)> rivals, Func<(ProductVariant Variant, int Parts), double?> time)
    {
        var best = rivals[0];
        double least = double.PositiveInfinity;
        foreach (var rival in rivals)
        {
            if (left <= TimeSpan.Zero) break;
            long begun = Stopwatch.GetTimestamp();
            double? taken = time(rival);
            left -= Stopwatch.GetElapsedTime(begun);
            if (taken is not { } shorter || shorter >= least) continue;
            (best, least) = (rival, shorter);
        }

        (settled[product], measured[product]) = (best, rivals);
        record[product.ToString()] = Name(best);
    }

    /// <summary>Writes what was measured. Where another process was quicker to do so, its choice is this one's as well.</summary>
    public void Save()
    {
        record.Save();
        foreach (var (product, rivals) in measured)
        {
            string? name = record[product.ToString()];
            foreach (var rival in rivals)
                if (Name(rival) == name) settled[product] = rival;
        }

        measured.Clear();
    }

    static string Name((ProductVariant Variant, int Parts) form) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{form.Variant.Name} in {form.Parts}");
}
