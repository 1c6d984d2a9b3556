namespace AlbertCompiled.Tests.Training.Fuzz;

/// <summary>Every parser of bytes that come from elsewhere, a row each.</summary>
internal static class FuzzedParsers
{
    public static IReadOnlyList<FuzzedParser> All { get; } = [.. FuzzedModels.All, .. FuzzedTexts.All, .. FuzzedDatasets.All, .. FuzzedRuns.All, .. FuzzedTasks.All];
}
