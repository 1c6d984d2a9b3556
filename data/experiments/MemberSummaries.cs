using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using AlbertCompiled.Training;

namespace AlbertCompiled.TextTasks;

/// <summary>What the documentation says of a member.</summary>
/// <param name="Member">Its ID, as "M:System.String.Trim".</param>
/// <param name="Type">The outermost type that it belongs to, without arity.</param>
/// <param name="Text">Its summary on one line; names of other members by their last parts.</param>
sealed record MemberSummary(string Member, string Type, string Text)
{
    public string Kind => Member[..1] switch { "T" => "type", "M" => "method", "P" => "property", "F" => "field", _ => "event" };

    public string Namespace => Type.Contains('.') ? Type[..Type.LastIndexOf('.')] : "";
}

/// <summary>The members' summaries in the XML documentation of the .NET SDK.</summary>
static partial class MemberSummaries
{
    /// <summary>All of at least four words, each member's once, without those of processor instructions, which are thousands of near-identical lines.</summary>
    public static List<MemberSummary> Read()
    {
        var found = new Dictionary<string, string>();
        foreach (string file in SdkLocator.DocumentationFiles(SdkLocator.FindRoot()))
            foreach (var member in Load(file).Descendants("member"))
                if ((string?)member.Attribute("name") is { Length: > 2 } name && name[1] == ':' && "TMPFE".Contains(name[0]) && member.Element("summary") is { } summary)
                    found.TryAdd(name, Space().Replace(XmlDocumentationText.Render(summary), " ").Trim());
        var types = found.Keys.Where(n => n[0] == 'T').Select(n => n[2..]).ToHashSet();
        return
        [
            .. found.Select(f => new MemberSummary(f.Key, Outermost(f.Key, types), f.Value))
                .Where(m => !m.Type.StartsWith("System.Runtime.Intrinsics", StringComparison.Ordinal) && NearDuplicates.Words(m.Text).Length >= 4),
        ];
    }

    static XDocument Load(string file)
    {
        try
        {
            return XDocument.Load(file, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException)
        {
            return new(); // a few packs ship files that are not well-formed
        }
    }

    // "M:N.T`1.Nested.Run(System.Int32)" belongs to "N.T"
    static string Outermost(string member, HashSet<string> types)
    {
        string path = member[2..].Split('(')[0].Split('{')[0];
        for (int dot = path.IndexOf('.'); dot > 0; dot = path.IndexOf('.', dot + 1))
            if (types.Contains(path[..dot])) return path[..dot].Split('`')[0];
        return (member[0] == 'T' || !path.Contains('.') ? path : path[..path.LastIndexOf('.')]).Split('`')[0];
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
