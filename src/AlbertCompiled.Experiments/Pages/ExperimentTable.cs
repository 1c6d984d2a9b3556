using System.Globalization;

namespace AlbertCompiled.Experiments;

/// <summary>The table of an experiment in words: ours, mean ± standard deviation over seeds, and the paper's beside it.</summary>
/// <param name="Header">Names of the columns, the rows' first.</param>
/// <param name="Rows">A row's name and cells.</param>
public sealed record ExperimentTable(IReadOnlyList<string> Header, IReadOnlyList<(string Name, IReadOnlyList<string> Values)> Rows)
{
    const string Missing = "–";

    /// <summary>The table of some results.</summary>
    public static ExperimentTable Of(Experiment experiment, ResultSet results) => new(
        ["", .. experiment.Columns.Select(c => c.Name), .. experiment.PaperColumns.Select(c => c.Name)],
        [.. experiment.Rows.Select(row => (row.Name, (IReadOnlyList<string>)[.. experiment.Columns.Select(c => Cell(results, row, c)), .. experiment.PaperColumns.Select((c, i) => Cell(row, c, i))]))]);

    /// <summary>The same for a page of Markdown.</summary>
    public string Markdown()
    {
        string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |\n";
        return Line(Header) + Line(Header.Select((_, i) => i == 0 ? "---" : "---:")) + string.Concat(Rows.Select(r => Line([r.Name, .. r.Values])));
    }

    static string Cell(ResultSet results, ExperimentRow row, Quantity quantity) =>
        results.Values(row.Name, quantity) is { Count: > 0 } values ? quantity.Format(Interval.Of(values)) : Missing;

    static string Cell(ExperimentRow row, PaperColumn column, int index) =>
        index < row.Paper.Count ? row.Paper[index].ToString(column.Format, CultureInfo.InvariantCulture) : Missing;
}
