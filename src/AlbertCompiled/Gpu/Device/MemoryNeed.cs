using System.Globalization;

namespace AlbertCompiled.Gpu;

/// <summary>
/// What a model takes of a device's memory, and what would fit where there is less: parameters, their copies, gradients and moments, activations, workspaces, batches
/// and where they land. It is counted by the code that allocates, on paper.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="bytes">Bytes that a model of a capacity allocates.</param>
internal sealed class MemoryNeed(ModelDescription model, Func<Capacity, long> bytes)
{
    /// <summary>Bytes that nothing allocates by name: modules of kernels, and what the driver rounds up.</summary>
    public const long Reserve = 64L << 20;

    /// <summary>Bytes that a model allocates, once all its programs have run. Page-locked memory of the host is not among them.</summary>
    /// <param name="model">The model, of which nothing need have been allocated.</param>
    /// <param name="device">Where.</param>
    /// <param name="capacity">The largest batch.</param>
    public static long Bytes(CompiledModel model, GpuDevice device, Capacity capacity)
    {
        var paper = device.OnPaper();
        using var parameters = paper.CreateParameters(model.Description);
        using var executor = model.ExecutorOn(paper, parameters, capacity);
        ((IRehearsed)executor).Rehearse();
        return paper.PaperBytes;
    }

    /// <summary>Throws if the model does not fit.</summary>
    /// <exception cref="DeviceException">It does not; the message names the bytes and the largest batch that fits.</exception>
    public void Check(Capacity capacity, string device, long free)
    {
        long needed = bytes(capacity) + Reserve;
        if (needed <= free) return;
        int tokens = LargestTokens(capacity, free);
        string advice = tokens > 0 ? $"batches of up to {Count(tokens)} tokens fit" : "no batch fits";
        throw new DeviceException(
            $"{model.Name} needs {Size(needed)} for batches of {Count(capacity.Tokens)} tokens, {Size(Parameters)} of it for parameters; {device} has {Size(free)} free: {advice}");
    }

    // weights and, for training, gradients and moments
    long Parameters => model.ParameterArenas * model.ParameterFloats * sizeof(float);

    /// <summary>The most tokens for which a batch of the same proportions fits; 0 if none does.</summary>
    public int LargestTokens(Capacity capacity, long free)
    {
        int fits = 0, fails = capacity.Tokens + 1;
        while (fails - fits > 1)
        {
            int middle = fits + (fails - fits) / 2;
            if (bytes(Scale(capacity, middle)) + Reserve <= free) fits = middle;
            else fails = middle;
        }

        return fits;
    }

    static Capacity Scale(Capacity capacity, int tokens) => new(tokens, Part(capacity.Sequences, tokens, capacity.Tokens), Part(capacity.Predictions, tokens, capacity.Tokens));

    static int Part(int count, int tokens, int of) => (int)(((long)count * tokens + of - 1) / of);

    static string Size(long bytes) => bytes >= 1e8 ? $"{(bytes / 1e9).ToString("F1", CultureInfo.InvariantCulture)} GB" : $"{(bytes / 1e6).ToString("F1", CultureInfo.InvariantCulture)} MB";

    static string Count(int value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
