using System.Globalization;

namespace AlbertCompiled.Training;

/// <summary>The examples of a file, in its order.</summary>
/// <param name="File">The file or folder.</param>
/// <param name="Examples">The examples, one at least.</param>
/// <param name="Skipped">Records that were left out.</param>
/// <param name="FirstSkipped">What was wrong with the first of those.</param>
public sealed record ExampleSet<T>(string File, IReadOnlyList<T> Examples, int Skipped = 0, string? FirstSkipped = null)
{
    /// <summary>What was left out, in a line; null: nothing.</summary>
    public string? LeftOut => Skipped == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{Skipped:#,0} bad row{(Skipped == 1 ? "" : "s")} left out, the first: {FirstSkipped}");

    /// <summary>Makes an example of each record.</summary>
    /// <exception cref="TrainingException">A record cannot be an example and is not to be skipped, or none is left.</exception>
    internal static ExampleSet<T> Read<TRow>(string file, IEnumerable<TRow> rows, Func<TRow, T> parse, BadRows badRows)
    {
        var examples = new List<T>();
        int skipped = 0;
        string? first = null;
        foreach (var row in rows)
        {
            try
            {
                examples.Add(parse(row));
            }
            catch (BadRowException e) when (badRows == BadRows.Skip)
            {
                skipped++;
                first ??= e.Message;
            }
        }

        if (examples.Count > 0) return new(file, examples, skipped, first);
        throw new TrainingException($"{file}: no examples{(first is null ? "" : $"; the first of {skipped} bad rows: {first}")}");
    }
}
