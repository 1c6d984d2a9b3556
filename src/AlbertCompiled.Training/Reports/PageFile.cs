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
                page.Save(writer);
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot write {path}: {e.Reason(path)}", e);
        }
    }
}
