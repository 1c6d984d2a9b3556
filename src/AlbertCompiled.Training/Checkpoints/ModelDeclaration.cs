using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AlbertCompiled.Training;

/// <summary>The C# that compiles a published configuration, or a compiled model with another head.</summary>
public static partial class ModelDeclaration
{
    const int LineLength = 120;

    // written whatever they are: they say what the model is
    static readonly HashSet<string> Always = ["Vocabulary", "Embedding", "Hidden", "Layers", "Heads", "Intermediate", "Positions"];

    // an attribute's other properties are left out where they have its default
    static readonly Dictionary<(string Attribute, string Property), string> Defaults = new()
    {
        [("Albert", "Groups")] = "1",
        [("Albert", "InnerLayers")] = "1",
        [("Albert", "Segments")] = "2",
        [("Albert", "Sharing")] = "Sharing.All",
        [("Albert", "Activation")] = "Activation.GeluTanh",
        [("Albert", "AlwaysMap")] = "false",
        [("Albert", "Dropout")] = "0",
        [("Albert", "AttentionDropout")] = "0",
        [("Albert", "LayerNormEpsilon")] = "1E-12",
        [("Albert", "Deviation")] = "0.02",
        [("Albert", "SinusoidalPositions")] = "0",
        [("Bert", "Segments")] = "2",
        [("Bert", "Dropout")] = "0.1",
        [("Bert", "AttentionDropout")] = "0.1",
        [("Bert", "LayerNormEpsilon")] = "1E-12",
        [("Bert", "Deviation")] = "0.02",
    };

    /// <summary>The lines in front of a declaration.</summary>
    public const string Usings = "using AlbertCompiled;\nusing AlbertCompiled.Models;";

    /// <summary>A declaration of a published model.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="name">Name of the type.</param>
    /// <param name="program">The attribute that says what is compiled, without its brackets; null: what the configuration was published for.</param>
    /// <exception cref="TrainingException">The name is none for a C# type.</exception>
    public static string Of(PublishedConfig config, string name, string? program = null) =>
        Of(config.Attribute, config.Properties.Select(p => (p.Key, p.Key == "Activation" ? $"Activation.{p.Value}" : p.Value)), name, program ?? (config.Labels > 0 ? $"{config.Program}(labels: {config.Labels})" : config.Program));

    /// <summary>A declaration of a compiled ALBERT or BERT for another purpose.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">Name of the type.</param>
    /// <param name="program">The attribute that says what is compiled, without its brackets.</param>
    /// <exception cref="TrainingException">The name is none for a C# type, or the model is of another architecture.</exception>
    public static string Of(ModelDescription model, string name, string program)
    {
        var architecture = PublishedArchitecture.All.FirstOrDefault(a => a.FullName == model.Architecture) ?? throw new TrainingException($"{model.Name} is neither an ALBERT nor a BERT: copy its own declaration, with [{program}] for what it is compiled for now");
        return Of(architecture.Attribute, model.Configuration.Where(p => !RecordedConfiguration.OfHead.Contains(p.Name)), name, program);
    }

    static string Of(string attribute, IEnumerable<(string Name, string Value)> properties, string name, string program)
    {
        if (!TypeName().IsMatch(name)) throw new TrainingException($"{name} is no name for a type: begin with a capital letter, go on with letters and digits");
        var lines = new List<StringBuilder> { new() };
        foreach (string property in properties.Where(p => Always.Contains(p.Name) || !IsDefault(attribute, p.Name, p.Value)).Select(p => $"{p.Name} = {Literal(p.Value)}"))
        {
            if (lines[^1].Length + property.Length > LineLength) lines.Add(new());
            lines[^1].Append(lines[^1].Length == 0 ? "" : " ").Append(property).Append(',');
        }

        lines[^1].Length--;
        string text = string.Join("\n    ", lines);
        return $"""
            [{attribute}(
                {text})]
            [{program}]
            public sealed partial class {name};
            """;
    }

    /// <summary>A type's name from a folder's: AlbertBaseV2 from albert-base-v2.</summary>
    public static string NameOf(string folder)
    {
        string name = string.Concat(folder.Split([.. folder.Where(c => !char.IsAsciiLetterOrDigit(c))], StringSplitOptions.RemoveEmptyEntries).Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
        return TypeName().IsMatch(name) ? name : "MyAlbert";
    }

    static bool IsDefault(string attribute, string property, string value) =>
        Defaults.TryGetValue((attribute, property), out string? usual) && (value == usual || Number(value) is { } number && number == Number(usual));

    static double? Number(string value) => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;

    static string Literal(string value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= 10_000 ? number.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '_')
        : char.IsAsciiDigit(value[0]) ? value.Replace('E', 'e') : value;

    [GeneratedRegex(@"\A[A-Z][A-Za-z0-9_]*\z")]
    private static partial Regex TypeName();
}
