using System.Globalization;

namespace AlbertCompiled.Training;

/// <summary>
/// A model's configuration in the metadata of its files, a property an entry: weights of equal names and shapes compute something else with other heads or another activation.
/// Files of other programs and of earlier versions have no such entries, and are not asked for them.
/// </summary>
static class RecordedConfiguration
{
    const string Prefix = "configuration.", Architecture = "architecture";

    // what a weight means does not depend on the others: a smaller model may take some of a larger one's
    static readonly string[] OfEachWeight = ["Heads", "Activation", "LayerNormEpsilon"];

    /// <summary>The entries of a model.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(ModelDescription model) =>
    [
        .. model.Configuration.Select(p => KeyValuePair.Create(Prefix + p.Name, p.Value)),
        .. model.Architecture.Length > 0 ? (KeyValuePair<string, string>[])[KeyValuePair.Create(Architecture, model.Architecture)] : [],
    ];

    /// <summary>True if a file says that its model is of this architecture and computes the same; false where it says nothing.</summary>
    public static bool IsOf(IReadOnlyDictionary<string, string> metadata, ModelDescription model) =>
        model.Architecture.Length > 0 && metadata.GetValueOrDefault(Architecture) == model.Architecture && !Differences(metadata, model, partly: false).Any();

    /// <summary>True if two models of one architecture have the same settings but for heads, and for what matters in training only.</summary>
    public static bool HaveOneEncoder(ModelDescription a, ModelDescription b) => OfEncoder(a).SequenceEqual(OfEncoder(b));

    static IEnumerable<(string, string)> OfEncoder(ModelDescription model) =>
        model.Configuration.Where(p => !OfHead.Contains(p.Name) && (p.Name == "Positions" || !IsFree(p.Name)));

    /// <summary>Settings that the attribute of a head says.</summary>
    public static readonly IReadOnlyList<string> OfHead = [nameof(ArchitectureAttribute<>.Labels), nameof(ArchitectureAttribute<>.Spans), nameof(ArchitectureAttribute<>.ClassifierDropout)];

    /// <summary>What a file says otherwise than a model, a property each. What matters in training only may differ, the number of positions, and what one of the two lacks.</summary>
    /// <param name="metadata">The file's.</param>
    /// <param name="model">The model.</param>
    /// <param name="partly">Only some weights are taken, of a model that may be of another size.</param>
    public static IEnumerable<string> Differences(IReadOnlyDictionary<string, string> metadata, ModelDescription model, bool partly) =>
        from property in model.Configuration
        where partly ? OfEachWeight.Contains(property.Name) : !IsFree(property.Name)
        let recorded = metadata.GetValueOrDefault(Prefix + property.Name)
        where recorded is not null && !AreSame(recorded, property.Value)
        select $"{property.Name} is {recorded}, not {property.Value}";

    static bool IsFree(string property) => property.EndsWith("Dropout", StringComparison.Ordinal) || property is "Deviation" or "Positions";

    static bool AreSame(string a, string b) => a == b
        || (double.TryParse(a, NumberStyles.Float, CultureInfo.InvariantCulture, out double x) && double.TryParse(b, NumberStyles.Float, CultureInfo.InvariantCulture, out double y) && x == y);
}
