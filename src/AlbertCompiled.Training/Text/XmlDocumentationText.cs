using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AlbertCompiled.Training;

/// <summary>The text of a documentation comment as a reader would see it: references by their short names, code left out.</summary>
static partial class XmlDocumentationText
{
    static readonly HashSet<string> Blocks = ["br", "para", "item", "list", "description", "term", "listheader"];

    public static string Render(XElement element)
    {
        var text = new StringBuilder();
        Append(text, element);
        return text.ToString();
    }

    static void Append(StringBuilder text, XElement element)
    {
        foreach (var node in element.Nodes())
        {
            if (node is XText t) text.Append(t.Value.Replace("\r\n", "\n"));
            if (node is not XElement child) continue;
            switch (child.Name.LocalName)
            {
                case "see" or "seealso":
                    text.Append(Reference(child));
                    break;
                case "paramref" or "typeparamref":
                    text.Append((string?)child.Attribute("name"));
                    break;
                case "code":
                    text.Append(' ');
                    break;
                case "example":
                    break;
                case var block when Blocks.Contains(block):
                    text.Append('\n');
                    Append(text, child);
                    text.Append('\n');
                    break;
                default:
                    Append(text, child);
                    break;
            }
        }
    }

    static string Reference(XElement see) =>
        see.Value.Trim() is { Length: > 0 } inner ? inner
        : (string?)see.Attribute("cref") is { } cref ? ShortName(cref)
        : (string?)see.Attribute("langword") ?? "";

    // "M:System.String.Format(System.String)" reads "String.Format", "T:System.Collections.Generic.List`1" reads "List"
    static string ShortName(string cref)
    {
        int colon = cref.IndexOf(':');
        string kind = colon < 0 ? "" : cref[..colon], path = Arity().Replace(cref[(colon + 1)..].Split('(')[0].Split('{')[0], "");
        string[] parts = path.Replace("#ctor", "ctor").Split('.');
        if (parts.Length < 2 || kind is not ("M" or "P" or "F" or "E")) return parts[^1];
        return parts[^1] == "ctor" ? parts[^2] : $"{parts[^2]}.{parts[^1]}";
    }

    [GeneratedRegex("`+[0-9]+")]
    private static partial Regex Arity();
}
