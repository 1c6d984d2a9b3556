using System.Globalization;
using System.Xml.Linq;

namespace AlbertCompiled.Training;

/// <summary>The parts of a report.</summary>
static class ReportPage
{
    static readonly XNamespace Html = HtmlPage.Html;

    /// <summary>A page with a sentence that says what it shows.</summary>
    public static XDocument Of(string title, string lead, params object[] content) =>
        HtmlPage.Of(title, new XElement(Html + "p", new XAttribute("class", "lead"), lead), content);

    /// <summary>Figures side by side.</summary>
    public static XElement Cards(IEnumerable<ReportCard> cards) => new(Html + "div", new XAttribute("class", "cards"), cards.Select(Card));

    /// <summary>Charts side by side.</summary>
    public static XElement Charts(IEnumerable<Chart> charts) => new(Html + "div", new XAttribute("class", "charts"), charts.Select(HtmlPage.Figure));

    /// <summary>Names and what they stand for.</summary>
    public static XElement Table(IEnumerable<(string Name, string Value)> rows) => new(Html + "table", rows.Select(r => Row(r.Name, [r.Value])));

    /// <summary>A table with a line of names above.</summary>
    public static XElement Table(IReadOnlyList<string> header, IEnumerable<(string Name, IReadOnlyList<string> Values)> rows) =>
        new(Html + "table", new XElement(Html + "tr", header.Select(h => new XElement(Html + "th", h))), rows.Select(r => Row(r.Name, r.Values)));

    static XElement Row(string name, IReadOnlyList<string> values) => new(Html + "tr", new XElement(Html + "th", name), values.Select(Cell));

    static XElement Cell(string value) => new(Html + "td", IsNumber(value) ? new XAttribute("class", "number") : null, value);

    static bool IsNumber(string value) => double.TryParse(value.TrimEnd('%'), NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out _);

    static XElement Card(ReportCard card) => new(Html + "div", new XAttribute("class", "card"),
        new XElement(Html + "div", new XAttribute("class", "name"), card.Name),
        new XElement(Html + "div", new XAttribute("class", "value"), card.Value),
        card.Notes.Select(note => new XElement(Html + "div", new XAttribute("class", "note"), note)));
}
