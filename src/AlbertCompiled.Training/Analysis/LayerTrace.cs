namespace AlbertCompiled.Training;

/// <summary>Notes what the layers of a running definition do: how far they move their vectors, and where their heads look.</summary>
/// <param name="keepsAttention">Keep the attention maps of the first sequence.</param>
public sealed class LayerTrace(bool keepsAttention) : IEagerObserver
{
    readonly List<LayerChange> changes = [];
    readonly List<(int Layer, List<AttentionMap> Heads)> blocks = [];

    /// <summary>Each layer's change.</summary>
    public IReadOnlyList<LayerChange> Changes => changes;

    /// <summary>The heads of every block, in order.</summary>
    public IReadOnlyList<IReadOnlyList<AttentionMap>> Attention
    {
        get
        {
            bool several = blocks.Select(b => b.Layer).Distinct().Count() < blocks.Count;
            return [.. blocks.Select((b, i) => several
                ? [.. b.Heads.Select(h => h with { Layer = $"{h.Layer}.{1 + blocks.Take(i).Count(earlier => earlier.Layer == b.Layer)}" })]
                : (IReadOnlyList<AttentionMap>)b.Heads)];
        }
    }

    /// <inheritdoc/>
    public void Iterated(int iteration, Tensor before, Tensor after) => changes.Add(LayerChange.Of(before, after));

    /// <inheritdoc/>
    public void Attended(int iteration, int sequence, int head, Tensor probabilities)
    {
        if (!keepsAttention || sequence > 0) return;
        if (head == 0) blocks.Add((iteration, []));
        blocks[^1].Heads.Add(new($"{iteration + 1}", head + 1, probabilities));
    }
}
