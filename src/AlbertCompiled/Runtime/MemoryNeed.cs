using System.Globalization;

namespace AlbertCompiled;

/// <summary>
/// What a model takes of a device's memory, and what would fit where there is less.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="bytes">Bytes that a model of a capacity allocates.</param>
internal sealed class MemoryNeed(ModelDescription model, Func<Capacity, long> bytes)
{
    /// <summary>Bytes that nothing allocates by name: modules of kernels and what a driver rounds up, or compiled code.</summary>
    public const long Reserve = 64L << 20;

    /// <summary>Throws if the model does not fit.</summary>
    /// <param name="capacity">The largest batch.</param>
    /// <param name="device">What the message calls the device.</param>
    /// <param name="memory">Bytes that it has.</param>
    /// <param name="which">Which bytes these are.</param>
    /// <exception cref="DeviceException">It does not; the message names the bytes and the largest batch that fits.</exception>
    public void Check(Capacity capacity, string device, long memory, string which = "free")
    {
        long needed = bytes(capacity) + Reserve;
        if (needed <= memory) return;
        int tokens = LargestTokens(capacity, memory);
        string advice = tokens > 0 ? $"batches of up to {Count(tokens)} tokens fit" : "no batch fits";
        throw new DeviceException(
            $"{model.Name} needs {Size(needed)} for batches of {Count(capacity.Tokens)} tokens, {Size(model.ParameterBytes)} of it for parameters; {device} has {Size(memory)} {which}: {advice}");
    }

    /// <summary>The most tokens for which a batch of the same proportions fits; 0 if none does.</summary>
    public int LargestTokens(Capacity capacity, long memory)
    {
        long fits = 0, fails = capacity.Tokens + 1L;
        while (fails - fits > 1)
        {
            long middle = (fits + fails) / 2;
            if (bytes(Scale(capacity, (int)middle)) + Reserve <= memory) fits = middle;
            else fails = middle;
        }

        return (int)fits;
    }

    static Capacity Scale(Capacity capacity, int tokens) => new(tokens, Part(capacity.Sequences, tokens, capacity.Tokens), Part(capacity.Predictions, tokens, capacity.Tokens));

    static int Part(int count, int tokens, int of) => (int)(((long)count * tokens + of - 1) / of);

    static string Size(long bytes) => bytes >= 1e8 ? $"{(bytes / 1e9).ToString("F1", CultureInfo.InvariantCulture)} GB" : $"{(bytes / 1e6).ToString("F1", CultureInfo.InvariantCulture)} MB";

    static string Count(int value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
