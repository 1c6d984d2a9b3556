namespace AlbertCompiled.Gpu;

/// <summary>What environment variables change about CUDA devices. A word that one does not know is an error, not what is usual.</summary>
internal static class GpuSwitches
{
    static readonly Switch Measure = new("ALBERT_MEASURE", "1", "0"), Walk = new("ALBERT_WALK", "1", "0"), Attention = new("ALBERT_ATTENTION", "wgmma", "mma");

    /// <summary>Products are measured at first start; else they go by the estimate.</summary>
    public static bool Measures => Measure.IsUsual(Environment.GetEnvironmentVariable);

    /// <summary>Groups of a product may walk over tiles and wait for one another, which hangs where other processes keep some of them off the card.</summary>
    public static bool Walks => Walk.IsUsual(Environment.GetEnvironmentVariable);

    /// <summary>Attention multiplies by wgmma where there is one.</summary>
    public static bool AttentionByWarpgroup => Attention.IsUsual(Environment.GetEnvironmentVariable);

    /// <summary>Refuses words that are none.</summary>
    /// <param name="variable">The value of an environment variable, or null.</param>
    /// <exception cref="DeviceException">A variable has an unknown word; the message names the known ones.</exception>
    public static void Check(Func<string, string?> variable)
    {
        foreach (var one in (Switch[])[Measure, Walk, Attention]) _ = one.IsUsual(variable);
    }

    sealed record Switch(string Name, string Usual, string Other)
    {
        public bool IsUsual(Func<string, string?> variable)
        {
            string? word = variable(Name);
            if (string.IsNullOrEmpty(word) || word == Usual) return true;
            return word == Other ? false : throw new DeviceException($"the environment variable {Name} is {word}: it takes {Usual} or {Other}");
        }
    }
}
