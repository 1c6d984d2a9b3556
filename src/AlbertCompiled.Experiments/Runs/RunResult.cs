using System.Globalization;

namespace AlbertCompiled.Experiments;

/// <summary>What was measured, a line of the file of results.</summary>
/// <param name="Key">What it follows from.</param>
/// <param name="Values">Numbers by the names in <see cref="Measured"/>.</param>
/// <param name="Date">Day of the measurement.</param>
public sealed record RunResult(RunKey Key, IReadOnlyDictionary<string, double> Values, string Date)
{
    /// <summary>Mean L2 distance of each layer's input and output over held-out tokens.</summary>
    public IReadOnlyList<double> Distances { get; init => field = value ?? []; } = [];

    /// <summary>Angle of each layer's input and output, degrees, by the mean cosine over held-out tokens.</summary>
    public IReadOnlyList<double> Degrees { get; init => field = value ?? []; } = [];

    /// <summary>A result of today.</summary>
    public static RunResult Of(RunKey key, IReadOnlyDictionary<string, double> values) => new(key, values, DateTime.Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
}

/// <summary>The names of measured values.</summary>
public static class Measured
{
    /// <summary>Accuracies are shares of one, losses nats, times seconds, angles degrees.</summary>
    public const string
        Parameters = "parameters", Steps = "steps", Seconds = "seconds", TokensPerSecond = "tokens_per_s",
        MlmAccuracy = "mlm_accuracy", MlmLoss = "mlm_loss", OwnMlmAccuracy = "own_mlm_accuracy",
        SopAccuracy = "sop_accuracy", NspAccuracy = "nsp_accuracy", SopProbe = "sop_probe", NspProbe = "nsp_probe",
        Encoder = "encoder_parameters", EncoderAndPooler = "encoder_and_pooler_parameters",
        MeanDistance = "mean_distance", MeanDegrees = "mean_degrees", Roughness = "roughness", LastDistance = "last_distance",
        StepRatio = "step_ratio";
}
