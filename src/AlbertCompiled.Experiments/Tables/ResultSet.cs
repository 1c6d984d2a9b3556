namespace AlbertCompiled.Experiments;

/// <summary>The results of an experiment by row and seed.</summary>
/// <param name="results">A row's results; a row without any may be absent.</param>
public sealed class ResultSet(IReadOnlyDictionary<string, IReadOnlyList<RunResult>> results)
{
    /// <summary>The results of a row, in the order of their seeds.</summary>
    public IReadOnlyList<RunResult> this[string row] => results.GetValueOrDefault(row) ?? [];

    /// <summary>The seeds for which something was measured of all of these rows.</summary>
    /// <param name="rows">The rows, one at least.</param>
    /// <param name="quantities">What was measured.</param>
    public IReadOnlyList<ulong> SeedsOf(IReadOnlyList<string> rows, params IReadOnlyList<Quantity> quantities) =>
        [.. this[rows[0]].Select(r => r.Key.Seed).Where(seed => rows.All(row => quantities.All(q => Has(row, seed, q) && (q.RelativeTo is not { } reference || Has(reference, seed, q))))).Order()];

    /// <summary>A measured value.</summary>
    public double Value(string row, ulong seed, Quantity quantity)
    {
        double value = this[row].First(r => r.Key.Seed == seed).Values[quantity.Key];
        return quantity.RelativeTo is { } reference ? value / this[reference].First(r => r.Key.Seed == seed).Values[quantity.Key] : value;
    }

    /// <summary>A column's values in a row, one a seed; empty where something is missing.</summary>
    public IReadOnlyList<double> Values(string row, Quantity quantity) =>
        [.. SeedsOf([row], quantity).Select(seed => Value(row, seed, quantity))];

    bool Has(string row, ulong seed, Quantity quantity) => this[row].FirstOrDefault(r => r.Key.Seed == seed) is { } result && result.Values.ContainsKey(quantity.Key);
}
