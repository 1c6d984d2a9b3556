using System.Text.Json.Serialization;

namespace AlbertCompiled.Training;

/// <summary>How the learning rate falls after warm-up.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Decay>))]
public enum Decay
{
    /// <summary>From the peak at the end of warm-up to 0 at the last step.</summary>
    Linear,

    /// <summary>As in ALBERT's original code: linear to 0 counted from step 0, so the rate steps down a little where warm-up ends.</summary>
    LinearFromStart,

    /// <summary>Stays at the peak.</summary>
    Constant,
}

/// <summary>The learning rate along a run: linear warm-up from 0, then decay.</summary>
/// <param name="Peak">The largest rate.</param>
/// <param name="WarmupSteps">Steps of warm-up.</param>
/// <param name="Steps">Steps of the whole run.</param>
/// <param name="Decay">What follows warm-up.</param>
public sealed record Schedule(double Peak, long WarmupSteps, long Steps, Decay Decay)
{
    /// <summary>The rate of the update after <paramref name="step"/> updates: step 0 is the first.</summary>
    public float At(long step) => (float)(Peak * (step < WarmupSteps ? (double)step / WarmupSteps : Falling(step)));

    double Falling(long step) => Decay switch
    {
        Decay.Linear => (double)Math.Max(0, Steps - step) / Math.Max(1, Steps - WarmupSteps),
        Decay.LinearFromStart => (double)Math.Max(0, Steps - step) / Math.Max(1, Steps),
        _ => 1,
    };
}
