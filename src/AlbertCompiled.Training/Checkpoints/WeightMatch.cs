namespace AlbertCompiled.Training;

/// <summary>What a model took from a file that was written by another one.</summary>
/// <param name="Loaded">Weights that both have.</param>
/// <param name="Missing">Weights of the model that the file lacks: they are as they were.</param>
/// <param name="Unused">Weights of the file that the model lacks.</param>
public sealed record WeightMatch(IReadOnlyList<string> Loaded, IReadOnlyList<string> Missing, IReadOnlyList<string> Unused)
{
    /// <summary>One line for a person.</summary>
    public override string ToString() => $"{Loaded.Count} weights loaded; {Names(Missing, "missing")}; {Names(Unused, "not used")}";

    static string Names(IReadOnlyList<string> names, string what) => names.Count == 0 ? $"none {what}" : $"{names.Count} {what}: {string.Join(", ", names)}";
}
