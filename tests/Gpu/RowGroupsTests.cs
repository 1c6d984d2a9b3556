using AlbertCompiled.Gpu;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>How the host sorts an index vector for gradients of tables.</summary>
public sealed class RowGroupsTests
{
    [Theory]
    [InlineData(0, 1)]          // no rows
    [InlineData(1, 1)]
    [InlineData(64, 1)]         // one name: a whole run
    [InlineData(65, 1)]         // and one row more
    [InlineData(500, 2)]
    [InlineData(500, 30_000)]   // most names do not occur
    [InlineData(3000, 40)]
    public void Rows_stand_by_what_they_name_in_runs(int rows, int table)
    {
        var random = new Random(rows + table);
        int[] places = [];
        Compare([.. Enumerable.Range(0, rows).Select(_ => random.Next(table))]);
        Compare([.. Enumerable.Range(0, rows).Select(r => r * table / rows)]);                   // ascending: equal neighbours
        Compare([.. Enumerable.Range(0, rows).Select(r => r % 2 == 0 ? table - 1 : 0)]);         // the ends
        Compare([.. Enumerable.Range(0, rows).Select(r => r % Math.Min(table, 3))]);             // fewer names than before in the same scratch memory

        void Compare(int[] entries)
        {
            int most = Math.Max(1, rows), mostRuns = most + most / RowGroups.Longest;
            int[] order = new int[most], starts = new int[mostRuns + 1], names = new int[mostRuns + 1];
            int runs = RowGroups.Group(entries, ref places, order, starts, names);

            var expected = Enumerable.Range(0, rows).GroupBy(r => entries[r]).OrderBy(g => g.Key)
                .SelectMany(g => g.Chunk(RowGroups.Longest).Select(rows => (Name: g.Key, Rows: rows))).ToArray();
            Assert.Equal(expected.Select(e => e.Name), names[..runs]);
            Assert.Equal(expected.Select(e => e.Rows), Enumerable.Range(0, runs).Select(i => order[starts[i]..starts[i + 1]]));
            Assert.Equal(0, starts[0]);
            Assert.Equal(rows, starts[runs]);
        }
    }

    [Fact]
    public void As_many_names_as_there_is_room_for()
    {
        // every row another name: the largest number of runs
        int[] places = new int[100], entries = [.. Enumerable.Range(0, 63).Reverse()], order = new int[63], starts = new int[64], names = new int[64];
        Assert.Equal(63, RowGroups.Group(entries, ref places, order, starts, names));
        Assert.Equal(Enumerable.Range(0, 63), names[..63]);
        Assert.Equal(entries, order);
    }
}
