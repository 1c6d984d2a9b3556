namespace AlbertCompiled.Training;

/// <summary>A table has no column of a name.</summary>
/// <param name="message">Which, and where.</param>
public sealed class MissingColumnException(string message) : TrainingException(message);
