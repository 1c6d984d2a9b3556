using System.Xml.Linq;

namespace AlbertCompiled.Training;

/// <summary>The frame and the look of all pages.</summary>
static class HtmlPage
{
    public static readonly XNamespace Html = "http://www.w3.org/1999/xhtml";

    /// <summary>A page under a heading.</summary>
    public static XDocument Of(string title, params object[] content) => new(
        new XElement(Html + "html", new XAttribute("lang", "en"),
            new XElement(Html + "head",
                new XElement(Html + "meta", new XAttribute("charset", "utf-8")),
                new XElement(Html + "meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
                new XElement(Html + "title", title),
                new XElement(Html + "style", Style)),
            new XElement(Html + "body", new XElement(Html + "h1", title), content)));

    /// <summary>A chart with its title and legend.</summary>
    public static XElement Figure(Chart chart) => new(Html + "figure",
        new XElement(Html + "figcaption", chart.Title, new XElement(Html + "span", new XAttribute("class", "legend"),
            chart.Series.Where(s => s.Points.Count > 0).Select(s => new XElement(Html + "span", new XAttribute("class", $"key {s.Style}"), s.Name)))),
        SvgChart.Draw(chart));

    const string Style = """

        :root { --ink: #1c2330; --faint: #6b7486; --page: #f6f7f9; --sheet: #ffffff; --rule: #e3e6ec; --train: #3b6fd4; --held: #d2562b; --level: #8a6d3b; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --faint: #98a1b3; --page: #14171c; --sheet: #1d2128; --rule: #303641; --train: #7da6f5; --held: #f08a62; --level: #d3b173; } }
        body { margin: 0 auto; padding: 2.2rem 1.4rem 4rem; max-width: 1180px; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
        h1 { margin: 0; font-size: 1.7rem; } h2 { margin: 2.4rem 0 .6rem; font-size: 1.15rem; }
        .lead { margin: .3rem 0 1.6rem; color: var(--faint); max-width: 60rem; }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); gap: 14px; }
        .card, figure { background: var(--sheet); border: 1px solid var(--rule); border-radius: 10px; padding: 14px 16px; margin: 0; }
        .name { color: var(--faint); font-size: .85rem; } .value { font-size: 1.75rem; font-weight: 650; font-variant-numeric: tabular-nums; } .note { color: var(--faint); font-size: .8rem; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(440px, 100%), 1fr)); gap: 14px; margin-top: 14px; }
        figcaption { font-weight: 600; display: flex; justify-content: space-between; gap: 1rem; flex-wrap: wrap; }
        .legend { font-weight: 400; font-size: .82rem; color: var(--faint); display: flex; gap: 1rem; }
        .key::before { content: ""; display: inline-block; width: 14px; height: 3px; border-radius: 2px; margin-right: 6px; vertical-align: middle; }
        .key.train::before { background: var(--train); } .key.held::before { background: var(--held); }
        svg { width: 100%; height: auto; display: block; margin-top: 6px; }
        .grid, .change { stroke: var(--rule); stroke-width: 1; } .change { stroke-width: 1.5; stroke-dasharray: 2 3; stroke: var(--faint); } .tick, .level-label { font-size: 11px; fill: var(--faint); } .end { text-anchor: end; } .middle { text-anchor: middle; }
        .curve { fill: none; stroke-width: 1.8; stroke-linejoin: round; } .curve.train { stroke: var(--train); } .curve.held { stroke: var(--held); }
        .mark.train { fill: var(--train); } .mark.held { fill: var(--held); }
        .spread { stroke: none; fill-opacity: .16; } .spread.train { fill: var(--train); } .spread.held { fill: var(--held); }
        .level { stroke: var(--level); stroke-width: 1.2; stroke-dasharray: 6 4; } .level-label { fill: var(--level); stroke: var(--sheet); stroke-width: 4; stroke-linejoin: round; paint-order: stroke; }
        table { border-collapse: collapse; background: var(--sheet); border: 1px solid var(--rule); border-radius: 10px; font-size: .88rem; }
        th { text-align: left; font-weight: 400; color: var(--faint); } th, td { padding: 4px 16px; border-bottom: 1px solid var(--rule); }
        td { overflow-wrap: anywhere; } .number { text-align: right; font-variant-numeric: tabular-nums; }
        .maps { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); gap: 14px; }
        td:has(small) { white-space: nowrap; } td small { color: var(--faint); } .piece { font-family: ui-monospace, monospace; fill: var(--ink); } .reach { fill: transparent; } .reach:hover { fill: var(--held); fill-opacity: .12; }
        .map { fill: var(--sheet); stroke: var(--rule); } .head:hover .map { stroke: var(--held); } .shade { fill: var(--train); } .s1 { fill-opacity: 0.1; } .s2 { fill-opacity: 0.2; } .s3 { fill-opacity: 0.3; } .s4 { fill-opacity: 0.4; } .s5 { fill-opacity: 0.5; } .s6 { fill-opacity: 0.6; } .s7 { fill-opacity: 0.7; } .s8 { fill-opacity: 0.8; } .s9 { fill-opacity: 0.9; } .s10 { fill-opacity: 1.0; }

        """;
}
