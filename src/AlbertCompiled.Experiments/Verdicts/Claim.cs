using System.Globalization;

namespace AlbertCompiled.Experiments;

/// <summary>Something that the paper says and measurements can bear out or contradict.</summary>
/// <param name="Text">What the paper says, with its place.</param>
public abstract record Claim(string Text)
{
    /// <summary>Judges it; null if rows that it speaks of were not measured.</summary>
    public abstract Verdict? Judge(ResultSet results);
}

/// <summary>A weighted sum of rows is above 0 where the paper is right: +1 and −1 for "a is better than b". Rows are paired by seed: same data, same order.</summary>
/// <param name="Text">What the paper says.</param>
/// <param name="Quantity">What is compared. Of one where lower is better, the sign is turned.</param>
/// <param name="Contrast">Rows and weights.</param>
public sealed record ContrastClaim(string Text, Quantity Quantity, params IReadOnlyList<(string Row, double Weight)> Contrast) : Claim(Text)
{
    /// <summary>The first row is better than the second.</summary>
    public static ContrastClaim Better(string text, Quantity quantity, string better, string worse) => new(text, quantity, (better, 1), (worse, -1));

    /// <inheritdoc/>
    public override Verdict? Judge(ResultSet results)
    {
        var differences = results.SeedsOf([.. Contrast.Select(c => c.Row)], Quantity).Select(seed => Contrast.Sum(c => c.Weight * results.Value(c.Row, seed, Quantity))).ToList();
        if (differences.Count == 0) return null;
        var interval = Interval.Of(differences);
        double mean = Quantity.LowerIsBetter ? -interval.Mean : interval.Mean;
        var outcome = mean > interval.HalfWidth ? Outcome.Agrees : mean < -interval.HalfWidth ? Outcome.Contradicts : Outcome.Undecided;
        return new(outcome, Text, $"{Quantity.Name}, {Formula()}, is {Quantity.Difference(interval)}");
    }

    string Formula() => string.Concat(Contrast.Select((c, i) => $"{(c.Weight < 0 ? i == 0 ? "−" : " − " : i == 0 ? "" : " + ")}{c.Row}"));
}

/// <summary>A row lies at a level, to a tolerance: a coin's, say.</summary>
/// <param name="Text">What the paper says.</param>
/// <param name="Quantity">What is compared.</param>
/// <param name="Row">The row.</param>
/// <param name="Level">The level.</param>
/// <param name="Tolerance">How far from it still counts as the same.</param>
public sealed record LevelClaim(string Text, Quantity Quantity, string Row, double Level, double Tolerance) : Claim(Text)
{
    /// <inheritdoc/>
    public override Verdict? Judge(ResultSet results)
    {
        if (results.SeedsOf([Row], Quantity) is not { Count: > 0 } seeds) return null;
        var interval = Interval.Of([.. seeds.Select(seed => results.Value(Row, seed, Quantity))]);
        double off = Math.Abs(interval.Mean - Level);
        var outcome = off + interval.HalfWidth <= Tolerance ? Outcome.Agrees : off - interval.HalfWidth > Tolerance ? Outcome.Contradicts : Outcome.Undecided;
        return new(outcome, Text, $"{Quantity.Name} of {Row} is {Quantity.Format(interval)}, {(off <= Tolerance ? "within" : "beyond")} {Quantity.Number(Tolerance)} of {Quantity.Number(Level)}");
    }
}

/// <summary>A row lies above a level.</summary>
/// <param name="Text">What the paper says.</param>
/// <param name="Quantity">What is compared.</param>
/// <param name="Row">The row.</param>
/// <param name="Level">The level.</param>
public sealed record AboveClaim(string Text, Quantity Quantity, string Row, double Level) : Claim(Text)
{
    /// <inheritdoc/>
    public override Verdict? Judge(ResultSet results)
    {
        if (results.SeedsOf([Row], Quantity) is not { Count: > 0 } seeds) return null;
        var interval = Interval.Of([.. seeds.Select(seed => results.Value(Row, seed, Quantity))]);
        double above = interval.Mean - Level;
        var outcome = above > interval.HalfWidth ? Outcome.Agrees : above < -interval.HalfWidth ? Outcome.Contradicts : Outcome.Undecided;
        return new(outcome, Text, $"{Quantity.Name} of {Row} is {Quantity.Format(interval)}, {(above > 0 ? "above" : "below")} {Quantity.Number(Level)}");
    }
}

/// <summary>One of several exact counts rounds to the paper's figure in millions.</summary>
/// <param name="Row">The row.</param>
/// <param name="Millions">The paper's figure.</param>
/// <param name="Counts">What may have been counted.</param>
public sealed record RoundsClaim(string Row, int Millions, params IReadOnlyList<Quantity> Counts) : Claim($"{Row} has {Millions.ToString(CultureInfo.InvariantCulture)}M parameters (Table 1)")
{
    /// <inheritdoc/>
    public override Verdict? Judge(ResultSet results)
    {
        if (results.SeedsOf([Row], Counts) is not [var seed, ..]) return null;
        double Off(Quantity quantity) => Math.Abs(results.Value(Row, seed, quantity) - 1e6 * Millions);
        var nearest = Counts.MinBy(Off)!;
        double count = results.Value(Row, seed, nearest);
        return new(Off(nearest) <= 0.5e6 ? Outcome.Agrees : Outcome.Contradicts, Text,
            string.Create(CultureInfo.InvariantCulture, $"the nearest count is {count:#,0} ({nearest.Name})"), FullSize: true);
    }
}
