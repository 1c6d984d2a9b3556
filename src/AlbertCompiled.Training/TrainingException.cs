namespace AlbertCompiled.Training;

/// <summary>Something that the user can put right: the message says in one line what is wrong, where, and what to do.</summary>
public class TrainingException : Exception
{
    /// <summary>A failure with its one-line message.</summary>
    public TrainingException(string message) : base(message) { }

    /// <summary>A failure with its one-line message and its cause.</summary>
    public TrainingException(string message, Exception cause) : base(message, cause) { }
}
