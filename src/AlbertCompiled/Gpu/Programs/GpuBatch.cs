using System.Runtime.InteropServices;
using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>The index vectors of a batch in device memory: one buffer with a fixed place for each.</summary>
public sealed class GpuBatch : IDisposable
{
    const int SizeCount = 6;

    readonly GpuDevice device;
    readonly ArrayView<int> sizes, targets;
    readonly StagedBuffer<int> staged;
    readonly List<(Func<TokenBatch, Indices> Vector, RowGroups Groups)> grouped = [];
    readonly Capacity capacity;
    readonly bool replays;
    readonly AttentionTileLists tiles;
    int used;

    internal GpuBatch(GpuDevice device, Capacity capacity)
    {
        int length = 4 * Room(capacity.Tokens) + 3 * Room(capacity.Sequences) + 3 * Room(capacity.Predictions) + Room(capacity.Sequences + 1) + Room(SizeCount);
        (this.device, this.capacity, replays) = (device, capacity, device.ReplaysSteps);
        staged = new(device, length);
        Tokens = Take(capacity.Tokens);
        Segments = Take(capacity.Tokens);
        Positions = Take(capacity.Tokens);
        SequenceOf = Take(capacity.Tokens);
        First = Take(capacity.Sequences);
        Order = Take(capacity.Sequences);
        QuestionOf = Take(capacity.Sequences);
        Predicted = Take(capacity.Predictions);
        Labels = Take(capacity.Predictions);
        targets = Take(capacity.Predictions);
        Starts = Take(capacity.Sequences + 1);
        sizes = Take(SizeCount);
        tiles = new(device, capacity.Tokens, capacity.Sequences);
    }

    /// <summary>[tokens] vocabulary ids.</summary>
    public ArrayView<int> Tokens { get; }

    /// <summary>[tokens] segment, 0 or 1.</summary>
    public ArrayView<int> Segments { get; }

    /// <summary>[tokens] position within the sequence.</summary>
    public ArrayView<int> Positions { get; }

    /// <summary>[tokens] number of the sequence.</summary>
    public ArrayView<int> SequenceOf { get; }

    /// <summary>[sequences] row of each sequence's first token.</summary>
    public ArrayView<int> First { get; }

    /// <summary>[sequences] 1 where the two segments were swapped.</summary>
    public ArrayView<int> Order { get; }

    /// <summary>[sequences] number of the question.</summary>
    public ArrayView<int> QuestionOf { get; }

    /// <summary>[predictions] rows of what is predicted.</summary>
    public ArrayView<int> Predicted { get; }

    /// <summary>[predictions] their labels.</summary>
    public ArrayView<int> Labels { get; }

    /// <summary>[predictions] numbers in their place.</summary>
    public ArrayView<float> Targets => targets.Cast<float>();

    /// <summary>[sequences + 1] first row of each sequence, then the number of tokens.</summary>
    public ArrayView<int> Starts { get; }

    /// <summary>The entries of a vector by what they name, from the next batch on: for gradients of tables.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="dimension">What its entries run over.</param>
    public RowGroups GroupsOf(Func<TokenBatch, Indices> vector, Dimension dimension)
    {
        var groups = new RowGroups(device, capacity[dimension]);
        grouped.Add((vector, groups));
        return groups;
    }

    /// <summary>Tokens, for launches.</summary>
    internal Extent TokenExtent => new(replays ? capacity.Tokens : TokenCount, sizes, 0);

    /// <summary>Sequences, for launches.</summary>
    internal Extent SequenceExtent => new(replays ? capacity.Sequences : SequenceCount, sizes, 1);

    /// <summary>Predictions, for launches.</summary>
    internal Extent PredictionExtent => new(replays ? capacity.Predictions : PredictionCount, sizes, 2);

    /// <summary>Tokens of the whole batch, of which this may be a part: for kernels.</summary>
    internal Extent WholeTokenExtent => new(int.MaxValue, sizes, 3);

    /// <summary>Sequences of the whole batch.</summary>
    internal Extent WholeSequenceExtent => new(int.MaxValue, sizes, 4);

    /// <summary>Predictions of the whole batch.</summary>
    internal Extent WholePredictionExtent => new(int.MaxValue, sizes, 5);

    /// <summary>The tiles of the sequences, for attention.</summary>
    internal AttentionTiles Tiles => tiles.Within(TokenExtent.Most, SequenceExtent.Most);

    /// <summary>Queues the listing of <see cref="Tiles"/>.</summary>
    internal void ListTiles() => tiles.Build(Starts, SequenceExtent);

    /// <summary>The number of tokens.</summary>
    public int TokenCount { get; private set; }

    /// <summary>The number of sequences.</summary>
    public int SequenceCount { get; private set; }

    /// <summary>The number of predictions.</summary>
    public int PredictionCount { get; private set; }

    /// <summary>Queues the copy of a batch to the device. The batch may be filled anew once this returns.</summary>
    public void Upload(in BatchPart part)
    {
        var (batch, whole, _) = part;
        (TokenCount, SequenceCount, PredictionCount) = (batch.Tokens.Count, batch.First.Count, batch.Predicted.Count);
        var staging = staged.Next();
        int at = 0;     // in the order in which the places were taken
        Stage(staging, batch.Tokens.Span, Tokens, ref at);
        Stage(staging, batch.Segments.Span, Segments, ref at);
        Stage(staging, batch.Positions.Span, Positions, ref at);
        Stage(staging, batch.SequenceOf.Span, SequenceOf, ref at);
        Stage(staging, batch.First.Span, First, ref at);
        Stage(staging, batch.Order.Span, Order, ref at);
        Stage(staging, batch.QuestionOf.Span, QuestionOf, ref at);
        Stage(staging, batch.Predicted.Span, Predicted, ref at);
        Stage(staging, batch.Labels.Span, Labels, ref at);
        Stage(staging, MemoryMarshal.Cast<float, int>(batch.Targets.Span), targets, ref at);
        staging.Slice(at, capacity.Sequences + 1).Fill(TokenCount);     // what follows the last sequence is empty
        Stage(staging, batch.Starts, Starts, ref at);
        Stage(staging, [TokenCount, SequenceCount, PredictionCount, whole.Tokens, whole.Sequences, whole.Predictions], sizes, ref at);
        staged.Send();
        foreach (var (vector, groups) in grouped) groups.Upload(vector(batch).Span);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        tiles.Dispose();
        staged.Dispose();
        foreach (var (_, groups) in grouped) groups.Dispose();
    }

    ArrayView<int> Take(int count)
    {
        var view = staged.View.SubView(used, Math.Max(1, count));
        used += Room(count);
        return view;
    }

    static void Stage(Span<int> staging, ReadOnlySpan<int> values, ArrayView<int> place, ref int at)
    {
        values.CopyTo(staging[at..]);
        at += Room(place.IntLength);
    }

    /// <summary>Each vector starts on a 64-byte boundary.</summary>
    static int Room(int count) => (int)ArenaPlan.Round(Math.Max(1, count));
}
