namespace AlbertCompiled.Experiments;

/// <summary>The results of an experiment by row and seed.</summary>
/// <param name="results">A row's results; a row without any may be absent.</param>
public sealed class ResultSet(IReadOnlyDictionary<string, IReadOnlyList<RunResult>> results)
{
    /// <summary>The results of a row, in the order of their seeds.</summary>
    public IReadOnlyList<RunResult> this[string row] => results.GetValueOrDefault(row) ?? [];

    /// <summary>The seeds that all of these rows have.</summary>
    public IReadOnlyList<ulong> SeedsOf(IReadOnlyList<string> rows) => [.. this[rows[0]].Select(r => r.Key.Seed).Where(seed => rows.All(row => this[row].Any(r => r.Key.Seed == seed))).Order()];

    /// <summary>A measured value.</summary>
    public double Value(string row, ulong seed, Quantity quantity)
    {
        double value = this[row].First(r => r.Key.Seed == seed).Values[quantity.Key];
        return quantity.RelativeTo is { } reference ? value / this[reference].First(r => r.Key.Seed == seed).Values[quantity.Key] : value;
    }

    /// <summary>A column's values in a row, one a seed; empty where something is missing.</summary>
    public IReadOnlyList<double> Values(string row, Quantity quantity) =>
        [.. SeedsOf(quantity.RelativeTo is { } reference ? [row, reference] : [row]).Where(seed => this[row].First(r => r.Key.Seed == seed).Values.ContainsKey(quantity.Key)).Select(seed => Value(row, seed, quantity))];
}
