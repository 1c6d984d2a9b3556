using System.Text;

namespace AlbertCompiled.Training;

/// <summary>Builds a <see cref="DoubleArray"/>: node by node, each takes the first base at which all its children find a free unit.</summary>
sealed class DoubleArrayBuilder
{
    const int Block = 256, OpenBlocks = 16, LargestSize = 1 << 21, None = -1; // near offsets have 21 bits

    uint[] units = [];
    bool[] taken = [], baseTaken = [];
    int[] next = [], previous = []; // the free units of the open blocks, a list
    int head = None, tail = None, size;

    DoubleArrayBuilder() { }

    /// <summary>The trie of these keys.</summary>
    /// <param name="entries">UTF-8 without zero bytes, not empty, with values from 0 on.</param>
    /// <exception cref="TrainingException">A key is there twice, or they need more units than the layout can address.</exception>
    public static DoubleArray Build(IEnumerable<(byte[] Key, int Value)> entries)
    {
        var keys = entries.ToList();
        keys.Sort((a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
        for (int i = 1; i < keys.Count; i++)
            if (keys[i].Key.AsSpan().SequenceEqual(keys[i - 1].Key)) throw new TrainingException($"the piece {Encoding.UTF8.GetString(keys[i].Key).Replace(' ', '▁')} is there twice");
        var builder = new DoubleArrayBuilder();
        builder.Open();
        builder.Take(0);
        builder.units[0] = byte.MaxValue; // no UTF-8 text has the byte that would lead to the root
        if (keys.Count > 0) builder.Fill(keys);
        return new(builder.units.AsSpan(0, builder.size).ToArray());
    }

    void Fill(List<(byte[] Key, int Value)> keys)
    {
        var pending = new Stack<(int First, int Last, int Depth, int Node)>(); // no recursion: a key may be as long as the file
        pending.Push((0, keys.Count, 0, 0));
        var labels = new List<byte>();
        var starts = new List<int>();
        while (pending.TryPop(out var range))
        {
            var (first, last, depth, node) = range;
            labels.Clear();
            starts.Clear();
            bool ends = keys[first].Key.Length == depth;
            if (ends) labels.Add(0); // the value's place
            if (ends) starts.Add(first++);
            for (int i = first; i < last; i++)
                if (i == first || keys[i].Key[depth] != labels[^1])
                {
                    labels.Add(keys[i].Key[depth]);
                    starts.Add(i);
                }

            int at = Place(labels);
            units[node] |= (uint)(node ^ at) << DoubleArray.OffsetShift | (ends ? DoubleArray.EndsKey : 0);
            for (int i = 0; i < labels.Count; i++)
            {
                int child = at ^ labels[i];
                Take(child);
                units[child] = ends && i == 0 ? (uint)keys[starts[0]].Value | DoubleArray.IsValue : labels[i];
                if (!ends || i > 0) pending.Push((starts[i], i + 1 < starts.Count ? starts[i + 1] : last, depth + 1, child));
            }
        }
    }

    int Place(List<byte> labels)
    {
        int at = None;
        for (int unit = head; unit != None && at == None; unit = next[unit])
            if (Fits(unit ^ labels[0], labels)) at = unit ^ labels[0];
        if (at == None)
        {
            at = size;
            Open();
        }

        baseTaken[at] = true;
        return at;
    }

    bool Fits(int at, List<byte> labels)
    {
        if (baseTaken[at]) return false; // a label tells a node's own children only if no other node has its base
        foreach (byte label in labels)
            if (taken[at ^ label]) return false;
        return true;
    }

    void Open()
    {
        if (size == LargestSize) throw new TrainingException("it holds more text in its pieces than can be indexed");
        if (size >= OpenBlocks * Block) Close(size - OpenBlocks * Block);
        if (size == units.Length)
        {
            int capacity = Math.Max(Block, 2 * size);
            Array.Resize(ref units, capacity);
            Array.Resize(ref taken, capacity);
            Array.Resize(ref baseTaken, capacity);
            Array.Resize(ref next, capacity);
            Array.Resize(ref previous, capacity);
        }

        for (int unit = size; unit < size + Block; unit++)
        {
            units[unit] = DoubleArray.IsValue; // no byte leads here
            (previous[unit], next[unit]) = (tail, None);
            if (tail == None) head = unit;
            else next[tail] = unit;
            tail = unit;
        }

        size += Block;
    }

    // an old block is given up, so that the search stays short
    void Close(int block)
    {
        for (int unit = block; unit < block + Block; unit++)
            if (!taken[unit]) Unlink(unit);
    }

    void Take(int unit)
    {
        taken[unit] = true;
        units[unit] = 0;
        Unlink(unit);
    }

    void Unlink(int unit)
    {
        int before = previous[unit], after = next[unit];
        if (before == None) head = after;
        else next[before] = after;
        if (after == None) tail = before;
        else previous[after] = before;
    }
}
