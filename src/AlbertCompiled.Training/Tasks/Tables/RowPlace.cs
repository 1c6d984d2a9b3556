namespace AlbertCompiled.Training;

/// <summary>Where a record stands: what a message about it begins with.</summary>
/// <param name="File">The file.</param>
/// <param name="Row">The record's place in it, such as "line 5".</param>
public readonly record struct RowPlace(string File, string Row)
{
    /// <summary>A line, from 1.</summary>
    public RowPlace(string file, long line) : this(file, $"line {line}") { }

    /// <summary>A failure of this record.</summary>
    public BadRowException Error(string message) => new($"{this}: {message}");

    /// <inheritdoc/>
    public override string ToString() => $"{File}, {Row}";
}

/// <summary>A record that cannot be an example, while those around it may.</summary>
/// <param name="message">What is wrong, and where.</param>
public sealed class BadRowException(string message) : TrainingException(message);

/// <summary>What becomes of records that cannot be examples.</summary>
public enum BadRows
{
    /// <summary>The first one is an error.</summary>
    Refuse,

    /// <summary>They are left out and counted.</summary>
    Skip,
}
