using System.Globalization;
using System.Xml.Linq;

namespace AlbertCompiled.Training;

/// <summary>Writes the page that shows a <see cref="ModelAnalysis"/>.</summary>
public static class AnalysisPage
{
    static readonly XNamespace Html = HtmlPage.Html;

    /// <summary>Draws the page.</summary>
    /// <param name="model">The model.</param>
    /// <param name="state">How far it is trained, in a few words.</param>
    /// <param name="vocabulary">Its vocabulary.</param>
    /// <param name="analysis">What was seen.</param>
    public static XDocument Draw(ModelDescription model, string state, Vocabulary vocabulary, ModelAnalysis analysis) => HtmlPage.Of($"Inside {model.Name}",
        Paragraph(string.Create(CultureInfo.InvariantCulture,
            $"{model.ParameterCount:#,0} parameters, {state}. The definition ran op by op in double precision, on {analysis.Sequences} held-out sequences of {analysis.Tokens:#,0} tokens together.")),
        Heading("What the layers do"),
        Paragraph("The L2 distance and the cosine similarity between a token's vector before a layer and after it: mean and standard deviation over all tokens (Lan et al. 2020, Figure 1). Shared layers that neared a fixed point would bring the distance to 0 and the cosine to 1."),
        Part("charts", Charts(analysis.Layers).Select(HtmlPage.Figure)),
        Heading("Where it looks"),
        Paragraph($"Each row shows what its piece takes from every piece, the mean of all heads: the stronger the colour the more, by the square root, up to {Percent(Means(analysis))}. Rest the pointer on a row."),
        Part("maps", Means(analysis).Select(map => Figure($"Layer {map.Layer}", AttentionPicture.Labelled(map, Pieces(vocabulary, analysis.Sentence), AttentionPicture.Darkest(Means(analysis)))))),
        Part("charts", [Figure($"Every head, up to {Percent(analysis.Attention.SelectMany(l => l))}", AttentionPicture.Grid(analysis.Attention, i => analysis.Sentence[i] == vocabulary.Classify || analysis.Sentence[i] == vocabulary.Separator))]),
        Heading("Which pieces are near each other"),
        Paragraph("The nearest rows of the embedding table by cosine. A hyphen stands where a piece goes on with a word."),
        Neighbours(vocabulary, analysis.Neighbours));

    static IEnumerable<Chart> Charts(IReadOnlyList<LayerChange> layers)
    {
        Chart Of(string title, string format, Func<LayerChange, Moments> value) => new(title,
        [
            new("mean ± deviation", [.. layers.Select((l, i) => (i + 1.0, value(l).Mean))], "train", Marks: true)
            {
                Spread = [.. layers.Select((l, i) => (i + 1.0, value(l).Mean - value(l).Deviation, value(l).Mean + value(l).Deviation))],
            },
        ], [], format)
        {
            Across = "layer",
            From = layers.Count > 1 ? 1 : 0,
        };

        yield return Of("L2 distance", "0.##", l => l.Distance) with { FromZero = true };
        yield return Of("Cosine similarity", "0.###", l => l.Cosine);
    }

    // the first, the middle and the last one: more would not be looked at
    static IEnumerable<AttentionMap> Means(ModelAnalysis analysis) =>
        ((int[])[0, analysis.Attention.Count / 2, analysis.Attention.Count - 1]).Distinct().Select(i => AttentionMap.Mean(analysis.Attention[i]));

    static string Percent(IEnumerable<AttentionMap> maps) => AttentionPicture.Darkest(maps).ToString("0%", CultureInfo.InvariantCulture);

    static string[] Pieces(Vocabulary vocabulary, IReadOnlyList<int> tokens) => [.. tokens.Select(t => WordPieces.Shown(vocabulary.Piece(t)))];

    static XElement Neighbours(Vocabulary vocabulary, IReadOnlyList<PieceNeighbours> pieces) => new(Html + "table", pieces.Select(p => new XElement(Html + "tr",
        new XElement(Html + "th", WordPieces.Shown(vocabulary.Piece(p.Piece))),
        p.Nearest.Select(n => new XElement(Html + "td", WordPieces.Shown(vocabulary.Piece(n.Piece)), " ",
            new XElement(Html + "small", n.Cosine.ToString("0.00", CultureInfo.InvariantCulture)))))));

    static XElement Heading(string text) => new(Html + "h2", text);

    static XElement Paragraph(string text) => new(Html + "p", new XAttribute("class", "lead"), text);

    static XElement Part(string style, IEnumerable<XElement> content) => new(Html + "div", new XAttribute("class", style), content);

    static XElement Figure(string title, XElement drawing) => new(Html + "figure", new XElement(Html + "figcaption", title), drawing);
}
