namespace AlbertCompiled.Training;

/// <summary>A part of a long text.</summary>
/// <param name="First">Its first piece.</param>
/// <param name="Length">Pieces.</param>
public readonly record struct Window(int First, int Length)
{
    /// <summary>The first piece behind it.</summary>
    public int End => First + Length;
}

/// <summary>Overlapping windows over texts that are longer than a sequence (Devlin et al. 2019, run_squad.py).</summary>
public static class SlidingWindows
{
    /// <summary>Windows that begin every <paramref name="stride"/> pieces; the last one ends with the text.</summary>
    /// <param name="pieces">Pieces of the text.</param>
    /// <param name="room">Pieces of a window.</param>
    /// <param name="stride">Pieces from one window's first to the next one's.</param>
    public static IReadOnlyList<Window> Cut(int pieces, int room, int stride)
    {
        var windows = new List<Window>();
        for (int first = 0; ; first += Math.Min(stride, room))
        {
            windows.Add(new(first, Math.Min(room, pieces - first)));
            if (windows[^1].End == pieces) return windows;
        }
    }

    /// <summary>
    /// For each piece of the text the window that counts for it: where the lesser of its contexts to the left and to the right is
    /// greatest; a hundredth of the window's length decides between equals, then the earlier window.
    /// </summary>
    public static int[] WithMostContext(IReadOnlyList<Window> windows, int pieces)
    {
        var chosen = new int[pieces];
        var scores = new double[pieces];
        scores.AsSpan().Fill(double.NegativeInfinity);
        for (int w = 0; w < windows.Count; w++)
            for (int p = windows[w].First; p < windows[w].End; p++)
            {
                double score = Math.Min(p - windows[w].First, windows[w].End - 1 - p) + 0.01 * windows[w].Length;
                if (score > scores[p]) (chosen[p], scores[p]) = (w, score);
            }

        return chosen;
    }
}
