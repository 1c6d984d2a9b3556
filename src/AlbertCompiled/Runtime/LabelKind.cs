namespace AlbertCompiled;

/// <summary>What the labels of a batch are, by the method that fills it.</summary>
public enum LabelKind
{
    /// <summary>There are none.</summary>
    None,

    /// <summary>Masked pieces: <see cref="TokenBatch.Add(ReadOnlySpan{int}, ReadOnlySpan{int}, ReadOnlySpan{int}, ReadOnlySpan{int}, int)"/>.</summary>
    Pieces,

    /// <summary>A class of each sequence: <see cref="TokenBatch.AddLabelled"/>.</summary>
    Classes,

    /// <summary>A number of each sequence: <see cref="TokenBatch.AddRated"/>.</summary>
    Ratings,

    /// <summary>Where answers begin and end: <see cref="TokenBatch.AddAnswered"/>.</summary>
    Answers,

    /// <summary>Tags of tokens: <see cref="TokenBatch.AddTagged"/>.</summary>
    Tags,

    /// <summary>The right one of a question's choices: <see cref="TokenBatch.Ask"/>.</summary>
    Choices,
}

/// <summary>Names of kinds in messages.</summary>
static class LabelKinds
{
    /// <summary>The method that gives such labels.</summary>
    public static string Method(this LabelKind kind) => kind switch
    {
        LabelKind.Classes => nameof(TokenBatch.AddLabelled),
        LabelKind.Ratings => nameof(TokenBatch.AddRated),
        LabelKind.Answers => nameof(TokenBatch.AddAnswered),
        LabelKind.Tags => nameof(TokenBatch.AddTagged),
        LabelKind.Choices => nameof(TokenBatch.Ask),
        _ => nameof(TokenBatch.Add),
    };
}
