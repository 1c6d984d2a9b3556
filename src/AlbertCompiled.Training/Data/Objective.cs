namespace AlbertCompiled.Training;

/// <summary>What the second task of pretraining asks about two segments (Lan et al. 2020, Table 5).</summary>
public enum Objective
{
    /// <summary>Were two segments in a row swapped?</summary>
    SentenceOrder,

    /// <summary>Does the second segment come from another document? (Devlin et al. 2019)</summary>
    NextSentence,

    /// <summary>Nothing: a sequence is one segment. The label is 0 throughout, which the order head learns at once and then sends no gradient.</summary>
    None,
}

/// <summary>What the objectives are called.</summary>
public static class ObjectiveNames
{
    /// <summary>What the second task tells, in words; null if there is none.</summary>
    public static string? Task(this Objective objective) => objective switch
    {
        Objective.SentenceOrder => "Sentence order",
        Objective.NextSentence => "Next sentence",
        _ => null,
    };
}

/// <summary>Where a document is cut into sequences.</summary>
public enum Chunking
{
    /// <summary>
    /// A chunk takes the sentences that fit, and its end moves back to the end of a section where that keeps at least two sentences and half
    /// the target: a sequence that ends inside a thought teaches little about order. A sentence left alone has none to tell and is left out.
    /// </summary>
    Sections,

    /// <summary>A chunk ends with the sentence that reaches the target, and truncation takes what is too much: the original's rule.</summary>
    Original,
}

/// <summary>How documents become sequences.</summary>
/// <param name="Objective">The second task.</param>
/// <param name="Chunking">Where documents are cut.</param>
/// <param name="ShortShare">Share of documents with a target length drawn at random instead of the longest.</param>
public sealed record PackingOptions(Objective Objective = Objective.SentenceOrder, Chunking Chunking = Chunking.Sections, double ShortShare = 0.1);
