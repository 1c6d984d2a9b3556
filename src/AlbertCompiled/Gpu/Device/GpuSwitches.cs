namespace AlbertCompiled.Gpu;

/// <summary>What environment variables change about CUDA devices. A word that one does not know is an error, not what is usual.</summary>
/// <param name="Measures">Products are measured at first start; else they go by the estimate.</param>
/// <param name="Walks">Groups of a product may walk over tiles and wait for one another, which hangs where other processes keep some of them off the card.</param>
/// <param name="AttentionByWarpgroup">Attention multiplies by wgmma where there is one.</param>
internal sealed record GpuSwitches(bool Measures, bool Walks, bool AttentionByWarpgroup)
{
    /// <summary>Those of this process.</summary>
    /// <exception cref="DeviceException">See <see cref="Of"/>.</exception>
    public static GpuSwitches Current => Of(Environment.GetEnvironmentVariable);

    /// <summary>Those that variables say.</summary>
    /// <param name="variable">The value of an environment variable, or null.</param>
    /// <exception cref="DeviceException">A variable has an unknown word; the message names the known ones.</exception>
    public static GpuSwitches Of(Func<string, string?> variable) =>
        new(IsUsual(variable, "ALBERT_MEASURE", "1", "0"), IsUsual(variable, "ALBERT_WALK", "1", "0"), IsUsual(variable, "ALBERT_ATTENTION", "wgmma", "mma"));

    static bool IsUsual(Func<string, string?> variable, string name, string usual, string other)
    {
        string? word = variable(name);
        if (string.IsNullOrEmpty(word) || word == usual) return true;
        return word == other ? false : throw new DeviceException($"the environment variable {name} is {word}: it takes {usual} or {other}");
    }
}
