namespace AlbertCompiled.Training;

/// <summary>Which columns of a table hold texts and what is to be learned.</summary>
/// <param name="A">The text.</param>
/// <param name="B">The second text of a pair; null: single texts.</param>
/// <param name="Target">The label or the score; null: a test set, which has none.</param>
public sealed record TextColumns(string A, string? B, string? Target)
{
    internal IReadOnlyList<string> All => [.. new[] { A, B, Target }.OfType<string>()];

    // a prediction is wanted for every row of a test set, hence its texts may be empty
    internal TextExample Parse(DataRow row, LabelSet? labels)
    {
        var reader = new RowReader(row, All);
        string a = Read(A);
        string? b = B is null ? null : Read(B);
        return Target is null ? new(a, b)
            : labels is null ? new(a, b, Score: reader.Number(Target))
            : new(a, b, Label: reader.Label(Target, labels));

        string Read(string column) => Target is null ? reader.Field(column) : reader.Text(column);
    }
}
