using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace AlbertCompiled.Training;

/// <summary>
/// The XML documentation of the .NET libraries, found in the reference packs of an installed SDK: a type is a document, a member
/// a section, and its summary, parameters, return value, exceptions and remarks are sentences. Real text in a real order on every
/// machine that can build .NET programs.
/// </summary>
public sealed partial class SdkDocumentation : ITextSource
{
    static readonly HashSet<string> Described = ["summary", "remarks", "param", "typeparam", "returns", "value", "exception"];

    readonly string[] files;
    readonly Lazy<Dictionary<string, List<Document>>> documents;

    /// <summary>The documentation in the packs beside <paramref name="dotnetRoot"/>.</summary>
    /// <exception cref="TrainingException">No pack is there.</exception>
    public SdkDocumentation(string dotnetRoot)
    {
        files = SdkLocator.DocumentationFiles(dotnetRoot);
        documents = new(ReadAll);
        Description = $"XML documentation of the .NET libraries under {dotnetRoot}";
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Files => files;

    /// <inheritdoc/>
    public IEnumerable<Document> Read() => files.SelectMany(Read);

    /// <inheritdoc/>
    public IEnumerable<Document> Read(string file) => documents.Value.TryGetValue(file, out var found) ? found : [];

    // a type belongs to the first file that describes one of its members, and files repeat each other: they are read together, a few megabytes
    Dictionary<string, List<Document>> ReadAll()
    {
        var types = new Dictionary<string, List<(string Member, List<string> Sentences)>>();
        var order = new List<(string File, string Type)>();
        var members = new HashSet<string>();
        foreach (var (file, described) in files.AsParallel().AsOrdered().Select(f => (f, ReadFile(f))))
            foreach (var (name, sentences) in described)
            {
                if (!members.Add(name)) continue;
                string type = DeclaringType(name);
                // thousands of near-identical one-liners about processor instructions would drown the rest
                if (type.StartsWith("System.Runtime.Intrinsics", StringComparison.Ordinal)) continue;
                if (!types.TryGetValue(type, out var list))
                {
                    types.Add(type, list = []);
                    order.Add((file, type));
                }

                list.Add((name, sentences));
            }

        var result = files.ToDictionary(f => f, _ => new List<Document>());
        foreach (var (file, type) in order)
        {
            var sentences = new List<Sentence>();
            var seen = new HashSet<string>();
            for (int section = 0; section < types[type].Count; section++)
                foreach (string s in types[type][section].Sentences)
                    if (seen.Add(s)) sentences.Add(new(s, section)); // overloads repeat each other's parameters
            if (sentences.Count > 0) result[file].Add(new(type, HeldOut.Contains(OutermostType(type, types)), sentences));
        }

        return result;
    }

    internal static List<(string Name, List<string> Sentences)> ReadFile(string file)
    {
        var result = new List<(string, List<string>)>();
        XDocument document;
        try
        {
            document = XDocument.Load(file, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException)
        {
            return result; // a few packs ship files that are not well-formed
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {file}: {e.Reason(file)}", e);
        }

        foreach (var member in document.Descendants("member"))
        {
            string name = (string?)member.Attribute("name") ?? "";
            if (name.Length < 3 || name[1] != ':' || !"TMPFE".Contains(name[0])) continue;
            var sentences = new List<string>();
            foreach (var element in member.Elements())
                if (Described.Contains(element.Name.LocalName))
                    foreach (string paragraph in ParagraphBreak().Split(XmlDocumentationText.Render(element)))
                        foreach (string s in SentenceSplitter.Split(paragraph))
                            if (s.Length >= 4 && Word().IsMatch(s) && s is not ("To be added." or "To be added")) sentences.Add(s);
            result.Add((name, sentences));
        }

        return result;
    }

    // "M:N.T`1.Run(System.Int32)" is declared by "N.T`1"
    static string DeclaringType(string member)
    {
        if (member[0] == 'T') return member[2..];
        string path = TypeArguments().Replace(member[2..].Split('(')[0], "");
        int dot = path.LastIndexOf('.');
        return dot < 0 ? path : path[..dot];
    }

    // nested types are as good as copies of each other: they are held out together, and generic ones with their plain namesake
    static string OutermostType<T>(string type, Dictionary<string, T> types)
    {
        for (int dot = type.IndexOf('.'); dot > 0; dot = type.IndexOf('.', dot + 1))
            if (types.ContainsKey(type[..dot])) return type[..dot].Split('`')[0];
        return type.Split('`')[0];
    }

    [GeneratedRegex(@"\n\s*\n|-or-|-and-")]
    private static partial Regex ParagraphBreak();

    [GeneratedRegex("[A-Za-z]{2}")]
    private static partial Regex Word();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex TypeArguments();
}
