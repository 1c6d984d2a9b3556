using System.Globalization;

namespace AlbertCompiled.Training;

/// <summary>Fields of a record as what an example needs; each failure names file, line and column.</summary>
sealed class RowReader(DataRow row, IReadOnlyList<string> columns)
{
    /// <summary>Where the record stands.</summary>
    public RowPlace Place => row.Place;

    /// <summary>Text that is not empty.</summary>
    public string Text(string column)
    {
        string text = Field(column);
        return string.IsNullOrWhiteSpace(text) ? throw Place.Error($"\"{column}\" is empty") : text;
    }

    /// <summary>Text as it stands, which may be empty.</summary>
    /// <param name="column">The column.</param>
    /// <param name="orObject">A JSON object will do, as its JSON.</param>
    public string Field(string column, bool orObject = false)
    {
        var cell = Cell(column);
        if (cell.Items is not null) throw Place.Error($"\"{column}\" is a list, not text");
        if (cell.IsObject && !orObject) throw Place.Error($"\"{column}\" is a JSON object, not text");
        return cell.Text ?? throw Place.Error($"\"{column}\" is missing");
    }

    /// <summary>The index of a label.</summary>
    public int Label(string column, LabelSet labels)
    {
        string name = Field(column);
        return labels.Find(name) ?? throw Place.Error($"\"{column}\" is \"{name}\", none of the labels {labels}");
    }

    /// <summary>A finite number that a model can compute with.</summary>
    public double Number(string column)
    {
        string text = Field(column);
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number)) throw Place.Error($"\"{column}\" is \"{text}\", not a number");
        return float.IsFinite((float)number) ? number : throw Place.Error($"\"{column}\" is \"{text}\", beyond what a model computes with (32 bits)");
    }

    /// <summary>A list.</summary>
    public IReadOnlyList<string> List(string column) =>
        Filled(column, Cell(column).List ?? throw Place.Error($"\"{column}\" is \"{Field(column)}\", no JSON list such as [\"one\", \"another\"]"));

    /// <summary>A list, or words apart by white space.</summary>
    public IReadOnlyList<string> ListOfWords(string column) => Filled(column, Cell(column).List ?? Words(Field(column)));

    /// <summary>Words apart by white space.</summary>
    public static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    IReadOnlyList<string> Filled(string column, IReadOnlyList<string> items) => items.Count == 0 ? throw Place.Error($"\"{column}\" is empty") : items;

    DataCell Cell(string column)
    {
        if (row.Fault is { } fault) throw Place.Error(fault);
        int index = 0;
        while (columns[index] != column) index++;
        return row.Cells[index];
    }
}
