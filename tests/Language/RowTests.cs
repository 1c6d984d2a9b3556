using static AlbertCompiled.Primitives;
using static AlbertCompiled.Tests.Language.GradientCheck;

namespace AlbertCompiled.Tests.Language;

/// <summary>Gathering, one-hot rows and reductions.</summary>
public class RowTests
{
    [Fact]
    public void Rows_gathers_and_scatters_back()
    {
        var table = Random(4, 3, 1);
        var index = Batches.Indices(Dimension.Tokens, 2, 0, 2, 3, 2);
        var result = Rows(table, index);
        Assert.Equal((5, 3), (result.Rows, result.Columns));
        for (int i = 0; i < 5; i++) Assert.Equal(table.Values.AsSpan(index.Span[i] * 3, 3), result.Values.AsSpan(i * 3, 3));
        Check(() => Rows(table, index) * Rows(table, index), table);
    }

    [Fact]
    public void OneHot_marks_the_column()
    {
        Assert.Equal([0, 0, 1, 1, 0, 0], OneHot(Batches.Indices(Dimension.Tokens, 2, 0), 3).Values);
    }

    [Fact]
    public void An_index_outside_names_its_place()
    {
        var index = Batches.Indices(Dimension.Predictions, 1, 4);
        Assert.Equal("entry 1 along Predictions is 4, outside 0..3", Assert.Throws<BatchException>(() => Rows(Random(4, 3, 1), index)).Message);
        Assert.Equal("entry 1 along Predictions is 4, outside 0..2", Assert.Throws<BatchException>(() => OneHot(index, 3)).Message);
        Assert.Throws<BatchException>(() => Rows(Random(4, 3, 1), Batches.Indices(Dimension.Tokens, -1)));
    }

    [Fact]
    public void Sums()
    {
        Tensor x = new(2, 3, [1, 2, 3, 4, 5, 6]);
        Assert.Equal([6, 15], RowSum(x).Values);
        Assert.Equal((2, 1), (RowSum(x).Rows, RowSum(x).Columns));
        Assert.Equal([5, 7, 9], ColumnSum(x).Values);
        Assert.Equal((1, 3), (ColumnSum(x).Rows, ColumnSum(x).Columns));
        var y = Random(3, 4, 2);
        Check(() => RowSum(y * y), y);
        Check(() => ColumnSum(y * y), y);
    }

    [Fact]
    public void RowMax_sends_its_gradient_to_the_maxima()
    {
        Tensor x = new(2, 3, [1, 7, 7, -4, -5, -6]);
        Assert.Equal([7, -4], RowMax(x).Values);
        Assert.Equal([0, 1, 1, 1, 0, 0], EagerRun.Differentiate(() => ColumnSum(RowMax(x)), [x]).Gradients[0]);
        var y = Random(3, 4, 3);
        Check(() => RowMax(y) * y, y);
    }

    [Fact]
    public void GroupLogSum_is_the_logarithm_of_each_groups_exponentials()
    {
        var group = Batches.Indices(Dimension.Tokens, 0, 0, 0, 1, 2, 2);
        Tensor x = new(6, 2, [1, 1000, 2, 1000, 3, 999, -5, 7, 0, -1000, 0, -1000]);
        var result = GroupLogSum(x, group);
        Assert.Equal((3, 2), (result.Rows, result.Columns));
        Close.Assert([Math.Log(Math.Exp(1) + Math.Exp(2) + Math.Exp(3)), 1000 + Math.Log(2 + Math.Exp(-1)), -5, 7, Math.Log(2), -1000 + Math.Log(2)], result.Values, 1e-12);
        var y = Random(6, 3, 4);
        Check(() => GroupLogSum(y, group) * GroupLogSum(y * y, group), y);
        Assert.Throws<ArgumentException>(() => GroupLogSum(Random(5, 2, 1), group));
    }

    [Fact]
    public void Numbers_of_a_batch_are_a_column()
    {
        var batch = new TokenBatch(new Capacity(4, 2, 2));
        batch.AddRated([1, 2], [0, 0], 1.5f);
        batch.AddRated([3], [0], -2);
        var column = Column(batch.Targets);
        Assert.Equal((2, 1), (column.Rows, column.Columns));
        Assert.Equal([1.5, -2], column.Values);
    }

    [Fact]
    public void RowCount_counts_and_has_no_gradient()
    {
        var x = Random(3, 2, 4);
        Assert.Equal(3, RowCount(x).Scalar);
        Assert.Equal([3, 3, 3, 3, 3, 3], EagerRun.Differentiate(() => ColumnSum(RowSum(x * RowCount(x))), [x]).Gradients[0]);
    }

    [Fact]
    public void No_rows_are_fine()
    {
        var none = Rows(Random(4, 3, 1), Batches.Indices(Dimension.Predictions));
        Assert.Equal(0, none.Rows);
        Assert.Equal([0, 0, 0], ColumnSum(none + Random(1, 3, 2)).Values);
        Assert.Empty(RowMax(none).Values);
        Assert.Empty(MatMul(none, Random(2, 3, 3), transposeB: true).Values);
    }
}
