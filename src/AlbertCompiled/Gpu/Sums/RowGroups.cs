using System.Numerics;
using System.Runtime.CompilerServices;
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
        staged = new(device, 1 + most + 2 * (mostRuns + 1));
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
        memory[0] = Group(entries, ref places, memory.Slice(1, most), memory.Slice(1 + most, mostRuns + 1), memory.Slice(1 + most + mostRuns + 1, mostRuns + 1));
        staged.Send();
    }

    /// <summary>Sorts the rows of a vector by what they name and cuts them into runs. Once a step on the host: optimized from the first call on.</summary>
    /// <param name="entries">[rows] names, not negative.</param>
    /// <param name="places">Scratch memory, replaced if it is too small.</param>
    /// <param name="order">[rows or more] receives the rows.</param>
    /// <param name="starts">[runs + 1 or more] receives where each run begins, then the number of rows.</param>
    /// <param name="names">[runs + 1 or more] receives what each run names; what follows the last one is arbitrary.</param>
    /// <returns>The number of runs.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int Group(ReadOnlySpan<int> entries, ref int[] places, Span<int> order, Span<int> starts, Span<int> names)
    {
        int largest = -1;
        foreach (int name in entries) largest = Math.Max(largest, name);
        if (places.Length <= largest) places = new int[BitOperations.RoundUpToPowerOf2((uint)largest + 1)];    // seldom, though a batch may name more than those before
        var counts = places.AsSpan(0, largest + 1);
        counts.Clear();

        // equal neighbours, such as segments, are counted together: a counter that is read right after it was written waits for the write
        for (int row = 0; row < entries.Length;)
        {
            int name = entries[row], first = row++;
            while (row < entries.Length && entries[row] == name) row++;
            counts[name] += row - first;
        }

        int at = 0, runs = 0;
        for (int name = 0; name < counts.Length; name++)
        {
            int count = counts[name];
            counts[name] = at;
            // written in any case and kept if there are any: which names occur is no branch that could be predicted
            starts[runs] = at;
            names[runs] = name;
            runs += count > 0 ? 1 : 0;
            for (int i = Longest; i < count; i += Longest)
            {
                starts[runs] = at + i;
                names[runs++] = name;
            }

            at += count;
        }

        starts[runs] = at;
        for (int row = 0; row < entries.Length;)
        {
            int name = entries[row], place = counts[name];
            do order[place++] = row++;
            while (row < entries.Length && entries[row] == name);
            counts[name] = place;
        }

        return runs;
    }

    /// <inheritdoc/>
    public void Dispose() => staged.Dispose();
}
