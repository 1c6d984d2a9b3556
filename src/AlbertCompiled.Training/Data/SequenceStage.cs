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

    /// <summary>The stages with a last one of <paramref name="longest"/> tokens; earlier ones that are not shorter fall away.</summary>
    public static ImmutableArray<SequenceStage> UpTo(ImmutableArray<SequenceStage> stages, int longest)
    {
        var shorter = stages.RemoveAt(stages.Length - 1).RemoveAll(s => s.Sequence >= longest);
        return shorter.Add(new(longest, 1 - shorter.Sum(s => s.Share)));
    }
}
