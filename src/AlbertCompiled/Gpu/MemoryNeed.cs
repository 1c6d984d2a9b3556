using System.Globalization;

namespace AlbertCompiled.Gpu;

/// <summary>What a model needs of a device's memory, and what would fit where there is less.</summary>
/// <param name="model">The model.</param>
/// <param name="activations">Bytes of the arena for a capacity, by the compiler's plan.</param>
internal sealed class MemoryNeed(ModelDescription model, Func<Capacity, long> activations)
{
    /// <summary>Bytes of the parameter arenas: weights and, for training, gradients and moments.</summary>
    public static long Parameters(ModelDescription model) => model.ParameterArenas * model.ParameterFloats * sizeof(float);

    /// <summary>Throws if the parameters alone do not fit.</summary>
    /// <exception cref="DeviceException">They do not.</exception>
    public static void CheckParameters(ModelDescription model, string device, long free)
    {
        long bytes = Parameters(model);
        if (bytes > free) throw new DeviceException($"{model.Name} needs {Size(bytes)} for its parameters alone; {device} has {Size(free)} free");
    }

    /// <summary>Throws if the arena does not fit beside the parameters, which are allocated already.</summary>
    /// <exception cref="DeviceException">It does not; the message names the bytes and the largest batch that fits.</exception>
    public void Check(Capacity capacity, string device, long free)
    {
        long bytes = activations(capacity);
        if (bytes <= free) return;
        int tokens = LargestTokens(capacity, free);
        string advice = tokens > 0 ? $"batches of up to {Count(tokens)} tokens fit" : "no batch fits";
        throw new DeviceException(
            $"{model.Name} needs {Size(bytes)} for batches of {Count(capacity.Tokens)} tokens beside {Size(Parameters(model))} of parameters; {device} has {Size(free)} free: {advice}");
    }

    /// <summary>The most tokens for which a batch of the same proportions fits; 0 if none does.</summary>
    public int LargestTokens(Capacity capacity, long free)
    {
        int fits = 0, fails = capacity.Tokens + 1;
        while (fails - fits > 1)
        {
            int middle = fits + (fails - fits) / 2;
            if (activations(Scale(capacity, middle)) <= free) fits = middle;
            else fails = middle;
        }

        return fits;
    }

    static Capacity Scale(Capacity capacity, int tokens) => new(tokens, Part(capacity.Sequences, tokens, capacity.Tokens), Part(capacity.Predictions, tokens, capacity.Tokens));

    static int Part(int count, int tokens, int of) => (int)(((long)count * tokens + of - 1) / of);

    static string Size(long bytes) => bytes >= 1e8 ? $"{(bytes / 1e9).ToString("F1", CultureInfo.InvariantCulture)} GB" : $"{(bytes / 1e6).ToString("F1", CultureInfo.InvariantCulture)} MB";

    static string Count(int value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
