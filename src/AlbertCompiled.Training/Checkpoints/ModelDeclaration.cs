using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AlbertCompiled.Training;

/// <summary>The C# that compiles a published configuration.</summary>
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
        [("Albert", "Activation")] = "GeluTanh",
        [("Albert", "AlwaysMap")] = "false",
        [("Albert", "Dropout")] = "0",
        [("Albert", "AttentionDropout")] = "0",
        [("Albert", "LayerNormEpsilon")] = "1E-12",
        [("Albert", "Deviation")] = "0.02",
        [("Bert", "Segments")] = "2",
        [("Bert", "Dropout")] = "0.1",
        [("Bert", "AttentionDropout")] = "0.1",
        [("Bert", "LayerNormEpsilon")] = "1E-12",
        [("Bert", "Deviation")] = "0.02",
    };

    /// <summary>A declaration, complete but for a namespace.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="name">Name of the type.</param>
    /// <exception cref="TrainingException">The name is none for a C# type.</exception>
    public static string Of(PublishedConfig config, string name)
    {
        if (!TypeName().IsMatch(name)) throw new TrainingException($"{name} is no name for a type: begin with a capital letter, go on with letters and digits");
        var lines = new List<StringBuilder> { new() };
        foreach (string property in config.Properties.Where(p => Always.Contains(p.Key) || Defaults.GetValueOrDefault((config.Attribute, p.Key)) != p.Value).Select(p => $"{p.Key} = {Literal(p.Value, p.Key)}"))
        {
            if (lines[^1].Length + property.Length > LineLength) lines.Add(new());
            lines[^1].Append(lines[^1].Length == 0 ? "" : " ").Append(property).Append(',');
        }

        lines[^1].Length--;
        string program = config.Labels > 0 ? $"{config.Program}(labels: {config.Labels})" : config.Program;
        string text = string.Join("\n    ", lines);
        return $"""
            using AlbertCompiled;
            using AlbertCompiled.Models;

            [{config.Attribute}(
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

    static string Literal(string value, string property) =>
        property == "Activation" ? $"Activation.{value}"
        : long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= 10_000 ? number.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '_')
        : value.Replace('E', 'e');

    [GeneratedRegex(@"\A[A-Z][A-Za-z0-9_]*\z")]
    private static partial Regex TypeName();
}
