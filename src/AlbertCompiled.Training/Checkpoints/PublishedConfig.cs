using System.Globalization;
using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>A published config.json, as far as a compiled model follows from it.</summary>
/// <param name="Attribute">The attribute that declares such a model: Albert or Bert.</param>
/// <param name="Class">The class that the file was written for, such as AlbertForMaskedLM.</param>
/// <param name="Program">What that asks for: Pretraining, Encoding or Classification.</param>
/// <param name="Labels">Classes of a classification; 0 for the others.</param>
/// <param name="Properties">The attribute's properties, name to value.</param>
public sealed record PublishedConfig(string Attribute, string Class, string Program, int Labels, IReadOnlyDictionary<string, string> Properties)
{
    /// <summary>What a published configuration is called.</summary>
    public const string FileName = "config.json";

    const string Maps = "AlwaysMap", Groups = "Groups", Layers = "Layers", Embedding = "Embedding", Hidden = "Hidden", Heads = "Heads";
    const int MostGroupedLayers = 1 << 16; // that are looked at one by one

    /// <summary>What the classes of a classification are called, in order; null if the file does not name each of them, by a name of its own, or its head is none that is compiled.</summary>
    public IReadOnlyList<string>? LabelNames
    {
        get => refusal is null ? field : null;
        private init;
    }

    // why its head is none that is compiled
    string? refusal;

    /// <summary>The compiled program without which a model is another one than was published; null: the encoder is what counts.</summary>
    /// <exception cref="TrainingException">Its head is none that is compiled.</exception>
    public string? Head() => refusal is not null ? throw new TrainingException(refusal) : Program == PublishedArchitecture.Classification ? "classify" : null;

    internal PublishedArchitecture Architecture => PublishedArchitecture.All.First(a => a.Attribute == Attribute);

    /// <summary>A property that counts something.</summary>
    public int Count(string property) => int.Parse(Properties[property], CultureInfo.InvariantCulture);

    /// <summary>Reads a configuration. A field that is unknown, or has a value that cannot be compiled, is refused by name.</summary>
    /// <exception cref="InvalidDataException">It is no such configuration; the message names the field.</exception>
    public static PublishedConfig Parse(ReadOnlyMemory<byte> json)
    {
        using var document = StrictJson.Parse(json, "the configuration");
        var root = document.RootElement;
        var architecture = Find(root);
        foreach (var property in root.EnumerateObject())
            if (!architecture.Rules.Any(r => r.Field == property.Name)) throw new InvalidDataException($"the field {property.Name} is unknown: what it changes is not compiled");
        var properties = new Dictionary<string, string>();
        foreach (var rule in architecture.Rules)
            if (rule.Read(root.TryGetProperty(rule.Field, out var value) ? value : null) is { } read) properties[rule.Property!] = read;
        var (name, program) = ReadClass(root, architecture);
        var config = new PublishedConfig(architecture.Attribute, name, program, program == PublishedArchitecture.Classification ? LabelCount(root) : 0, properties) { LabelNames = NamesOf(root) };
        if (config.Labels > 0) config.refusal = HeadObjection(root, config.Labels);
        if (config.Objection() is { } objection) throw new InvalidDataException(objection);
        if (properties.ContainsKey(Embedding)) properties[Maps] = config.Count(Embedding) == config.Count(Hidden) ? "true" : "false"; // the port maps E to H always
        return config;
    }

    /// <summary>The configuration that would be published of a compiled model; null with a reason if there is none.</summary>
    public static PublishedConfig? Of(ModelDescription model, out string reason)
    {
        var architecture = PublishedArchitecture.Of(model);
        var described = model.Configuration.ToDictionary(p => p.Name, p => p.Value[(p.Value.IndexOf('.') is var dot && dot > 0 && char.IsLetter(p.Value[0]) ? dot + 1 : 0)..]);
        reason = architecture is null ? "it is neither an ALBERT nor a BERT"
            : described.GetValueOrDefault("Sharing") is "Attention" or "FeedForward" ? $"config.json has no field for Sharing = {described["Sharing"]}" : "";
        if (reason.Length > 0) return null;
        var properties = new Dictionary<string, string>();
        foreach (var rule in architecture!.Rules)
            if (rule.Property is { } property)
            {
                if (!described.TryGetValue(property, out string? value))
                {
                    reason = $"it has no property {property}";
                    return null;
                }

                properties[property] = rule.Normalize(value);
            }

        if (described.GetValueOrDefault("Sharing") == "None") properties[Groups] = properties[Layers]; // a group a layer
        if (properties.TryGetValue(Embedding, out string? embedding)) properties[Maps] = embedding == properties[Hidden] ? described[Maps] : "false";
        string program = model.Program("classify") is not null ? PublishedArchitecture.Classification
            : model.Program("train") is not null ? PublishedArchitecture.Pretraining : PublishedArchitecture.Encoding;
        int labels = program == PublishedArchitecture.Classification ? model.Parameters.First(p => p.Name == "classifier.weight").Rows : 0;
        var config = new PublishedConfig(architecture.Attribute, architecture.Classes.First(c => c.Program == program).Class, program, labels, properties);
        reason = config.Objection() ?? "";
        return reason.Length == 0 ? config : null;
    }

    /// <summary>What keeps a compiled model from computing this configuration, a property each; empty if it does.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ofTraining">Compares what matters in training only: dropout and the initial deviation.</param>
    public IReadOnlyList<string> Differences(ModelDescription model, bool ofTraining = false)
    {
        if (Of(model, out string reason) is not { } other) return ofTraining ? [] : [reason];
        if (other.Attribute != Attribute) return ofTraining ? [] : [$"it is declared [{other.Attribute}]"];
        var training = Architecture.Rules.Where(r => r.OfTraining).Select(r => r.Property).ToHashSet();
        return [.. Properties.Where(p => training.Contains(p.Key) == ofTraining && other.Properties[p.Key] != p.Value).Select(p => $"{p.Key} = {other.Properties[p.Key]}, not {p.Value}")];
    }

    static PublishedArchitecture Find(JsonElement root)
    {
        string known = string.Join(" or ", PublishedArchitecture.All.Select(a => a.ModelType));
        if (!root.TryGetProperty("model_type", out var type))
            throw new InvalidDataException($"there is no model_type, which must be {known}. The original ALBERT's files have none: add \"model_type\": \"albert\", and \"hidden_act\": \"gelu_new\" for what they call gelu");
        return PublishedArchitecture.All.FirstOrDefault(a => type.ValueKind == JsonValueKind.String && type.ValueEquals(a.ModelType))
            ?? throw new InvalidDataException($"model_type is {type.GetRawText()}, not {known}");
    }

    static (string Class, string Program) ReadClass(JsonElement root, PublishedArchitecture architecture)
    {
        if (!root.TryGetProperty("architectures", out var names) || names.ValueKind == JsonValueKind.Null) return architecture.Classes[0];
        if (names.ValueKind != JsonValueKind.Array || names.GetArrayLength() != 1 || names[0].ValueKind != JsonValueKind.String)
            throw new InvalidDataException($"architectures is {names.GetRawText()}, not a list of one name");
        var found = architecture.Classes.FirstOrDefault(c => names[0].ValueEquals(c.Class));
        return found.Class is not null ? found : throw new InvalidDataException($"architectures is {names.GetRawText()}, not {string.Join(" or ", architecture.Classes.Select(c => c.Class))}: nothing else is compiled");
    }

    static string? HeadObjection(JsonElement root, int labels) =>
        root.TryGetProperty("problem_type", out var problem) && problem.ValueKind != JsonValueKind.Null && !(problem.ValueKind == JsonValueKind.String && problem.ValueEquals("single_label_classification"))
            ? $"its problem_type is {problem.GetRawText()}, not \"single_label_classification\": of published heads only those of pretraining and of such classifiers are compiled"
        : labels == 1 ? "it has one label, as a regression has: of published heads only those of pretraining and of classifiers are compiled" : null;

    // the format's default is two
    static int LabelCount(JsonElement root)
    {
        if (root.TryGetProperty("id2label", out var labels) && labels.ValueKind == JsonValueKind.Object && labels.EnumerateObject().Any()) return labels.EnumerateObject().Count();
        if (!root.TryGetProperty("num_labels", out var number) || number.ValueKind == JsonValueKind.Null) return 2;
        return number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out int count) && count > 0 ? count : throw new InvalidDataException($"num_labels is {number.GetRawText()}, not a whole number from 1");
    }

    static string[]? NamesOf(JsonElement root)
    {
        if (!root.TryGetProperty("id2label", out var labels) || labels.ValueKind != JsonValueKind.Object) return null;
        int count = labels.EnumerateObject().Count();
        string[] names = [.. Enumerable.Range(0, count).Select(i => labels.TryGetProperty($"{i}", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "").Distinct()];
        return names.Length == count && !names.Contains("") ? names : null;
    }

    // what the sizes say that the port and a compiled model do not compute alike
    string? Objection()
    {
        if (Count(Hidden) % Count(Heads) != 0) return $"num_attention_heads is {Count(Heads)}, which does not divide hidden_size, {Count(Hidden)}";
        if (!Properties.ContainsKey(Groups)) return null;
        int layers = Count(Layers), groups = Count(Groups);
        if (groups > layers) return $"num_hidden_groups is {groups}, more than the {layers} layers";
        if (groups == 1 || groups == layers) return null;
        if (layers > MostGroupedLayers) return $"num_hidden_layers is {layers}, more than the {MostGroupedLayers} that can be grouped";

        // the port finds a layer's group in floating point, which for some odd numbers is not the exact one
        for (int l = 0; l < layers; l++)
            if ((int)(l / ((double)layers / groups)) != (int)((long)l * groups / layers))
                return $"num_hidden_groups is {groups}: with {layers} layers, rounding puts layer {l} into another group than exact arithmetic, which is what is compiled";
        return null;
    }
}
