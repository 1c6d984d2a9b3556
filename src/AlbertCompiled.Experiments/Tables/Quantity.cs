using System.Globalization;

namespace AlbertCompiled.Experiments;

/// <summary>A column of measurements.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Key">Which measured value.</param>
/// <param name="NumberFormat">A .NET number format; one with % shows differences in points.</param>
/// <param name="LowerIsBetter">A loss, a time.</param>
/// <param name="RelativeTo">A row by whose value of the same seed it is divided; null: none.</param>
/// <param name="IsExact">A count that no seed changes.</param>
public sealed record Quantity(string Name, string Key, string NumberFormat, bool LowerIsBetter = false, string? RelativeTo = null, bool IsExact = false)
{
    bool IsShare => NumberFormat.EndsWith('%');

    /// <summary>One number.</summary>
    public string Number(double value) => value.ToString(NumberFormat, CultureInfo.InvariantCulture);

    /// <summary>Mean and standard deviation over seeds; the mean alone of a single one and of counts.</summary>
    public string Format(Interval interval) => interval.Count == 1 || IsExact ? Number(interval.Mean) : $"{Number(interval.Mean)} ± {Number(interval.Deviation)}";

    /// <summary>A difference with its 95% interval.</summary>
    public string Difference(Interval interval)
    {
        string format = IsShare ? "+0.0;−0.0" : $"+{NumberFormat};−{NumberFormat}";
        string Signed(double value) => (IsShare ? 100 * value : value).ToString(format, CultureInfo.InvariantCulture);
        string unit = IsShare ? " points" : "";
        return interval.Count == 1 ? $"{Signed(interval.Mean)}{unit} (one seed, which tells no spread)"
            : $"{Signed(interval.Mean)}{unit} (95% interval {Signed(interval.Mean - interval.HalfWidth)} to {Signed(interval.Mean + interval.HalfWidth)}, {interval.Count} seeds)";
    }
}

/// <summary>The columns that experiments choose from.</summary>
public static class Quantities
{
    /// <summary>Trainable scalars.</summary>
    public static Quantity Parameters { get; } = new("parameters", Measured.Parameters, "#,0", IsExact: true);

    /// <summary>Parameters of embeddings and layers.</summary>
    public static Quantity Encoder { get; } = new("embeddings and layers", Measured.Encoder, "#,0");

    /// <summary>The same with the pooler.</summary>
    public static Quantity EncoderAndPooler { get; } = new("with the pooler", Measured.EncoderAndPooler, "#,0");

    /// <summary>The same with the heads of pretraining.</summary>
    public static Quantity AllParameters { get; } = new("with the heads of pretraining", Measured.Parameters, "#,0");

    /// <summary>Share of masked tokens found, in pairs of segments.</summary>
    public static Quantity MlmAccuracy { get; } = new("MLM", Measured.MlmAccuracy, "0.0%");

    /// <summary>Share of masked tokens found, in sequences like those of training.</summary>
    public static Quantity OwnMlmAccuracy { get; } = new("MLM, packed as in training", Measured.OwnMlmAccuracy, "0.0%");

    /// <summary>Cross entropy of masked tokens.</summary>
    public static Quantity MlmLoss { get; } = new("MLM loss, nats", Measured.MlmLoss, "0.000", LowerIsBetter: true);

    /// <summary>Sentence order told by the model's head.</summary>
    public static Quantity Sop { get; } = new("SOP", Measured.SopAccuracy, "0.0%");

    /// <summary>Next sentence told by the model's head.</summary>
    public static Quantity Nsp { get; } = new("NSP", Measured.NspAccuracy, "0.0%");

    /// <summary>Sentence order told by a probe.</summary>
    public static Quantity SopProbe { get; } = new("SOP by probe", Measured.SopProbe, "0.0%");

    /// <summary>Next sentence told by a probe.</summary>
    public static Quantity NspProbe { get; } = new("NSP by probe", Measured.NspProbe, "0.0%");

    /// <summary>Steps of training.</summary>
    public static Quantity Steps { get; } = new("steps", Measured.Steps, "#,0", IsExact: true);

    /// <summary>Seconds of training.</summary>
    public static Quantity Seconds { get; } = new("training, s", Measured.Seconds, "0.0", LowerIsBetter: true);

    /// <summary>Throughput of training.</summary>
    public static Quantity TokensPerSecond { get; } = new("tokens/s", Measured.TokensPerSecond, "#,0");

    /// <summary>Mean distance of a layer's input and output.</summary>
    public static Quantity MeanDistance { get; } = new("mean L2 distance", Measured.MeanDistance, "0.00");

    /// <summary>Mean angle of a layer's input and output.</summary>
    public static Quantity MeanDegrees { get; } = new("mean angle, degrees", Measured.MeanDegrees, "0.0");

    /// <summary>Change of the distance from layer to layer.</summary>
    public static Quantity Roughness { get; } = new("change of the distance between layers, share of the mean", Measured.Roughness, "0.000", LowerIsBetter: true);

    /// <summary>Distance of the last layer.</summary>
    public static Quantity LastDistance { get; } = new("distance of the last layer, share of the mean", Measured.LastDistance, "0.00");
}
