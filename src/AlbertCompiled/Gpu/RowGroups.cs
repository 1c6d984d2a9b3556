using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// The entries of an index vector by what they name, for gradients of tables: all rows that go to one row of the table stand together, cut
/// into runs of at most <see cref="Longest"/>, so that what many tokens share (a segment, the mask) is not one group's work alone.
/// </summary>
public sealed class RowGroups : IDisposable
{
    /// <summary>Rows of a run at most.</summary>
    public const int Longest = 64;

    readonly StagedBuffer<int> staged;
    readonly int most, mostRuns;
    int[] places = [];      // per row of the table: how many entries name it, then where the next one goes

    internal RowGroups(GpuDevice device, int capacity)
    {
        most = Math.Max(1, capacity);
        mostRuns = most + most / Longest;
        staged = new(device, 1 + most + mostRuns + 1 + mostRuns);
        Runs = new(mostRuns, staged.View, 0);
    }

    /// <summary>How many runs there are.</summary>
    internal Extent Runs { get; }

    /// <summary>[entries] rows by what they name, each name's in their own order.</summary>
    internal ArrayView<int> Order => staged.View.SubView(1, most);

    /// <summary>[runs + 1] where in <see cref="Order"/> each run begins.</summary>
    internal ArrayView<int> Starts => staged.View.SubView(1 + most, mostRuns + 1);

    /// <summary>[runs] what the entries of each run name: ascending, so that runs of one name follow each other.</summary>
    internal ArrayView<int> Names => staged.View.SubView(1 + most + mostRuns + 1, mostRuns);

    /// <summary>Groups the entries of a vector and queues their copy to the device.</summary>
    internal void Upload(ReadOnlySpan<int> entries)
    {
        var memory = staged.Next();
        var order = memory.Slice(1, most);
        var starts = memory.Slice(1 + most, mostRuns + 1);
        var names = memory.Slice(1 + most + mostRuns + 1, mostRuns);
        int largest = -1;
        foreach (int name in entries) largest = Math.Max(largest, name);
        if (places.Length <= largest) places = new int[largest + 1];
        var counts = places.AsSpan(0, largest + 1);
        counts.Clear();
        foreach (int name in entries) counts[name]++;
        int at = 0, runs = 0;
        for (int name = 0; name <= largest; name++)
        {
            int count = counts[name];
            counts[name] = at;
            for (int i = 0; i < count; i += Longest)
            {
                starts[runs] = at + i;
                names[runs++] = name;
            }

            at += count;
        }

        starts[runs] = at;
        for (int row = 0; row < entries.Length; row++) order[counts[entries[row]]++] = row;
        memory[0] = runs;
        staged.Send();
    }

    /// <inheritdoc/>
    public void Dispose() => staged.Dispose();
}
