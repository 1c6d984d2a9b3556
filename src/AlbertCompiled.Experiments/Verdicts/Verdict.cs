namespace AlbertCompiled.Experiments;

/// <summary>How measurements stand to a claim of the paper.</summary>
public enum Outcome
{
    /// <summary>They show the same.</summary>
    Agrees,

    /// <summary>They show the opposite.</summary>
    Contradicts,

    /// <summary>What they show may be chance.</summary>
    Undecided,
}

/// <summary>A claim of the paper, judged by rule from what was measured.</summary>
/// <param name="Outcome">How it came out.</param>
/// <param name="Claim">What the paper says.</param>
/// <param name="Evidence">What was measured, in words.</param>
/// <param name="FullSize">It was measured on models of the paper's size, not on small ones.</param>
public sealed record Verdict(Outcome Outcome, string Claim, string Evidence, bool FullSize = false)
{
    string Scale => FullSize ? "" : " at this scale";

    /// <summary>The sentence on the page.</summary>
    public string Sentence => Outcome switch
    {
        Outcome.Agrees => $"As in the paper: {Claim}. Here {Evidence}.",
        Outcome.Contradicts => $"Contradicts the paper{Scale}: {Claim}. Here {Evidence}.",
        _ => $"Not decided{Scale}: {Claim}. Here {Evidence}; the seeds leave it open.",
    };
}
