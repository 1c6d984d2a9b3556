using AlbertCompiled.Cpu;
using AlbertCompiled.Cpu.Scalar;

namespace AlbertCompiled.Tests.Cpu;

/// <summary>Scatter, column sums and clearing against scalar loops, bit for bit.</summary>
public sealed unsafe class ArrayTests
{
    [Theory]
    [InlineData(10, 1, 40)]
    [InlineData(3, 16, 100)]
    [InlineData(50, 37, 200)]
    [InlineData(2, 128, 300)]
    [InlineData(5, 100, 1)]
    [InlineData(5, 100, 0)]
    public void ScatterAdd_adds_in_order(int tableRows, int columns, int rows)
    {
        var random = new Random(1);
        int[] index = [.. Enumerable.Range(0, rows).Select(_ => random.Next(tableRows))];
        using var source = GuardedMemory.Random(2, rows, columns, columns + 1);
        using var start = GuardedMemory.Random(3, tableRows, columns, columns + 2);
        float[] expected = start.Copy();
        fixed (float* e = expected)
        fixed (int* i = index) ScalarArrays.ScatterAdd(e, columns + 2, i, source.Pointer, columns + 1, rows, columns);
        foreach (int threads in (ReadOnlySpan<int>)[1, 2, 3])
        {
            using var team = new ThreadTeam(threads);
            Check<Lanes16>(team);
            Check<Lanes8>(team);
            Check<Lanes4>(team);
            Scatter((table, i) => Tables.ScatterAdd(team, table, columns + 2, i, source.Pointer, columns + 1, rows, columns));
        }

        void Check<V>(ThreadTeam team) where V : struct, ISimd<V> =>
            Scatter((table, i) => Tables.ScatterAdd<V>(team, table, columns + 2, i, source.Pointer, columns + 1, rows, columns));

        void Scatter(Add add)
        {
            using var table = new GuardedMemory(start.Length);
            start.Span.CopyTo(table.Span);
            fixed (int* i = index) add(table.Pointer, i);
            Assert.Equal(expected, table.Copy());
        }
    }

    delegate void Add(float* table, int* index);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, 20)]
    [InlineData(7, 37)]
    [InlineData(20, 128)]
    [InlineData(5, 1000)]
    public void Column_sums_follow_the_chunks(int chunks, int columns)
    {
        using var partials = GuardedMemory.Random(1, chunks, columns, columns);
        using var start = GuardedMemory.Random(2, 1, columns, columns);
        var sums = new float[columns];
        float[] added = start.Copy();
        fixed (float* s = sums) ScalarArrays.AddColumns(partials.Pointer, chunks, columns, s, accumulate: false);
        fixed (float* s = added) ScalarArrays.AddColumns(partials.Pointer, chunks, columns, s, accumulate: true);
        foreach (int threads in (ReadOnlySpan<int>)[1, 2, 3])
        {
            using var team = new ThreadTeam(threads);
            Check<Lanes16>(team);
            Check<Lanes8>(team);
            Check<Lanes4>(team);
        }

        void Check<V>(ThreadTeam team) where V : struct, ISimd<V>
        {
            using var sum = new GuardedMemory(columns);
            ColumnSums.Add<V>(team, partials.Pointer, chunks, columns, sum.Pointer, accumulate: false);
            Assert.Equal(sums, sum.Copy());
            start.Span.CopyTo(sum.Span);
            ColumnSums.Add<V>(team, partials.Pointer, chunks, columns, sum.Pointer, accumulate: true);
            Assert.Equal(added, sum.Copy());
        }
    }

    [Theory]
    [InlineData(0, 20)]
    [InlineData(3, 37)]
    [InlineData(8, 128)]
    [InlineData(23, 5)]
    [InlineData(6, 4500)]
    public void Sums_of_rows_go_four_at_a_time(int rows, int columns)
    {
        using var matrix = GuardedMemory.Random(1, rows, columns, columns + 3);
        using var start = GuardedMemory.Random(2, 1, columns, columns);
        float[] expected = start.Copy();
        fixed (float* s = expected) ScalarArrays.AddRows(matrix.Pointer, columns + 3, rows, columns, s);
        foreach (int threads in (ReadOnlySpan<int>)[1, 2, 3])
        {
            using var team = new ThreadTeam(threads);
            Check<Lanes16>(team);
            Check<Lanes8>(team);
            Check<Lanes4>(team);
        }

        void Check<V>(ThreadTeam team) where V : struct, ISimd<V>
        {
            using var sum = new GuardedMemory(columns);
            start.Span.CopyTo(sum.Span);
            ColumnSums.AddRows<V>(team, matrix.Pointer, columns + 3, rows, columns, sum.Pointer);
            Assert.Equal(expected, sum.Copy());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Logarithms_of_sums_are_those_of_each_group(int threads)
    {
        const int columns = 3, groups = 40;
        var random = new Random(1);
        // some groups are empty, the first rows belong to none
        int[] group = [-1, -1, .. Enumerable.Range(0, groups).SelectMany(g => Enumerable.Repeat(g, g % 5 * random.Next(1, 4)))];
        using var source = GuardedMemory.Random(2, group.Length, columns, columns + 2, scale: 100);
        using var result = new GuardedMemory(groups * columns);
        using var team = new ThreadTeam(threads);
        fixed (int* g = group) team.Rows(new GroupLogSum(source.Pointer, columns + 2, g, group.Length, result.Pointer, columns, columns), groups);
        for (int i = 0; i < groups * columns; i++)
        {
            double[] members = [.. Enumerable.Range(0, group.Length).Where(r => group[r] == i / columns).Select(r => (double)source.Pointer[r * (columns + 2) + i % columns])];
            double largest = members.Length == 0 ? double.NegativeInfinity : members.Max();
            if (members.Length == 0) Assert.Equal(float.NegativeInfinity, result.Pointer[i]);
            else Assert.Equal(largest + Math.Log(members.Sum(m => Math.Exp(m - largest))), result.Pointer[i], 1e-4);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(200_001)]
    public void Clear_clears_all(int length)
    {
        foreach (int threads in (ReadOnlySpan<int>)[1, 2, 3])
        {
            using var team = new ThreadTeam(threads);
            using var memory = new GuardedMemory(length);
            Arrays.Clear(team, memory.Pointer, length);
            Assert.Equal(-1, memory.Span.IndexOfAnyExcept(0f));
        }
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        using var team = new ThreadTeam(2);
        using var memory = new GuardedMemory(1000);
        memory.Span.Clear();
        int* index = stackalloc int[4];
        Assert.Equal(0, Allocations.Of(team, () =>
        {
            Tables.ScatterAdd(team, memory.Pointer, 100, index, memory.Pointer + 500, 100, 4, 100);
            ColumnSums.Add<Lanes16>(team, memory.Pointer, 4, 100, memory.Pointer + 500, true);
            Arrays.Clear(team, memory.Pointer, 1000);
        }));
    }
}
