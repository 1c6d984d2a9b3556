using System.Collections.Immutable;

namespace AlbertCompiled.Training;

/// <summary>A part of a run with one longest sequence. Short sequences first: a small model learns its words there several times faster.</summary>
/// <param name="Sequence">Tokens of the longest sequence.</param>
/// <param name="Share">Share of the run's steps.</param>
public sealed record SequenceStage(int Sequence, double Share)
{
    /// <summary>The stage of a step, and the step at which it begins.</summary>
    public static (SequenceStage Stage, long Start) At(ImmutableArray<SequenceStage> stages, long steps, long step)
    {
        double share = 0;
        long start = 0;
        foreach (var stage in stages.AsSpan()[..^1])
        {
            share += stage.Share;
            long end = (long)Math.Round(share * steps);
            if (step < end) return (stage, start);
            start = end;
        }

        return (stages[^1], start);
    }
}
