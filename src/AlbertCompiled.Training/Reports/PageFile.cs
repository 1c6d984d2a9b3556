using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace AlbertCompiled.Training;

/// <summary>Writes pages and drawings: one file each, without scripts or links.</summary>
public static class PageFile
{
    /// <summary>Writes a page of HTML, or an SVG drawing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="page">Its root element is html or svg.</param>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    public static void Write(string path, XDocument page)
    {
        bool html = page.Root!.Name.LocalName == "html";
        try
        {
            DurableFiles.Write(path, stream =>
            {
                using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
                if (html) text.WriteLine("<!DOCTYPE html>"); // the writer of XML would put a blank into it
                using var writer = XmlWriter.Create(text, new() { OmitXmlDeclaration = true, Indent = true, NewLineChars = "\n" });
                Printable(page).Save(writer);
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot write {path}: {e.Reason(path)}", e);
        }
    }

    // names and texts come from anybody's data, and XML cannot say every character
    static XDocument Printable(XDocument page)
    {
        foreach (var element in page.Descendants())
        {
            foreach (var text in element.Nodes().OfType<XText>().Where(t => !IsPrintable(t.Value))) text.Value = Printable(text.Value);
            foreach (var attribute in element.Attributes().Where(a => !IsPrintable(a.Value))) attribute.Value = Printable(attribute.Value);
        }

        return page;
    }

    static bool IsPrintable(string text) => text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 && text.All(XmlConvert.IsXmlChar);

    static string Printable(string text) => string.Concat(text.EnumerateRunes().Select(r => r.Value > char.MaxValue || XmlConvert.IsXmlChar((char)r.Value) ? r : Rune.ReplacementChar));
}
