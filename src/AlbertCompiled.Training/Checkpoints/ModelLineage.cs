namespace AlbertCompiled.Training;

/// <summary>Which compiled models belong together.</summary>
public static class ModelLineage
{
    /// <summary>True if a model computes what another does, but for their heads: either one's weights fit the other.</summary>
    public static bool SharesEncoder(this ModelDescription model, ModelDescription other) =>
        model.Architecture == other.Architecture
        && (RecordedConfiguration.HaveOneEncoder(model, other) || (PublishedConfig.Of(other, out _) is { } config && config.Differences(model).Count == 0));

    /// <summary>The model that a file's weights are of: of those with the name that it had, one that the file does not contradict, else one that is the same under another name; null if there is none.</summary>
    /// <param name="models">The models.</param>
    /// <param name="name">The name that it had.</param>
    /// <param name="weights">The file, which need not be there.</param>
    /// <exception cref="TrainingException">The file is damaged.</exception>
    public static ModelDescription? Find(IEnumerable<ModelDescription> models, string name, string? weights)
    {
        var metadata = Metadata(weights);
        var all = models.ToList();
        var named = all.Where(m => m.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        return named.FirstOrDefault(m => !RecordedConfiguration.Differences(metadata, m, partly: false).Any()) ?? all.FirstOrDefault(m => RecordedConfiguration.IsOf(metadata, m)) ?? named.FirstOrDefault();
    }

    static IReadOnlyDictionary<string, string> Metadata(string? weights)
    {
        if (weights is null || !File.Exists(weights)) return new Dictionary<string, string>();
        using var file = Safetensors.Open(weights);
        return file.Metadata;
    }
}
