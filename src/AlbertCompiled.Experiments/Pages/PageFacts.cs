using AlbertCompiled.Training;

namespace AlbertCompiled.Experiments;

/// <summary>What a page tells besides results.</summary>
/// <param name="Command">The command line that makes it again.</param>
/// <param name="Machine">What it was measured on.</param>
/// <param name="Text">What was read; null: nothing.</param>
/// <param name="Budget">How much was done.</param>
/// <param name="Levels">What simple rules reach, by the key of a measured value.</param>
public sealed record PageFacts(string Command, string Machine, string? Text, Budget Budget, IReadOnlyDictionary<string, IReadOnlyList<Level>> Levels)
{
    /// <summary>The levels that rules reach on held-out text.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<Level>> RuleLevels(HeldOutTasks tasks)
    {
        Baselines order = tasks.Baselines(Objective.SentenceOrder), next = tasks.Baselines(Objective.NextSentence);
        IReadOnlyList<Level> masked = [new("the most frequent piece", order.MostFrequentToken)], sop = Told(order), nsp = Told(next);
        return new Dictionary<string, IReadOnlyList<Level>>
        {
            [Measured.MlmAccuracy] = masked,
            [Measured.OwnMlmAccuracy] = masked,
            [Measured.SopAccuracy] = sop,
            [Measured.SopProbe] = sop,
            [Measured.NspAccuracy] = nsp,
            [Measured.NspProbe] = nsp,
        };

        static IReadOnlyList<Level> Told(Baselines rules) => [new("a coin", 0.5), new("a rule that sees the first tokens of A and B", rules.FirstTokens)];
    }
}
