namespace AlbertCompiled;

public static partial class Primitives
{
    /// <summary>Rows of a table: [R, C] → [entries of <paramref name="index"/>, C]. The gradient adds up where a row is taken more than once.</summary>
    /// <exception cref="BatchException">An index lies outside the table.</exception>
    public static Tensor Rows(Tensor table, Indices index)
    {
        int columns = table.Columns;
        int[] rows = index.Span.ToArray();
        double[] source = table.Values, values = new double[rows.Length * columns];
        for (int i = 0; i < rows.Length; i++)
        {
            CheckIndex(rows[i], table.Rows, i, index);
            source.AsSpan(rows[i] * columns, columns).CopyTo(values.AsSpan(i * columns));
        }

        return Elementwise.Finish(rows.Length, columns, values, [table], gradient =>
        {
            var sum = table.Accumulator();
            for (int i = 0; i < rows.Length; i++)
                for (int c = 0; c < columns; c++)
                    sum[rows[i] * columns + c] += gradient[i * columns + c];
        });
    }

    /// <summary>[entries of <paramref name="index"/>, <paramref name="columns"/>]: 1 at each entry's column, else 0. No gradient.</summary>
    /// <exception cref="BatchException">An index lies outside the columns.</exception>
    public static Tensor OneHot(Indices index, int columns)
    {
        var values = new double[index.Count * columns];
        for (int i = 0; i < index.Count; i++)
        {
            CheckIndex(index.Span[i], columns, i, index);
            values[i * columns + index.Span[i]] = 1;
        }

        return new(index.Count, columns, values) { IsDifferentiable = false };
    }

    /// <summary>The sum of each row: [R, C] → [R, 1].</summary>
    public static Tensor RowSum(Tensor x)
    {
        double[] source = x.Values, values = new double[x.Rows];
        for (int r = 0; r < x.Rows; r++) values[r] = Sum(Row(source, r, x.Columns));
        return Elementwise.Finish(x.Rows, 1, values, [x], gradient =>
        {
            var sum = x.Accumulator();
            for (int i = 0; i < sum.Length; i++) sum[i] += gradient[i / x.Columns];
        });
    }

    /// <summary>The largest element of each row: [R, C] → [R, 1]. The gradient goes to every element that equals it.</summary>
    public static Tensor RowMax(Tensor x)
    {
        double[] source = x.Values, values = new double[x.Rows];
        for (int r = 0; r < x.Rows; r++)
        {
            values[r] = double.NegativeInfinity;
            foreach (double v in Row(source, r, x.Columns)) values[r] = Math.Max(values[r], v);
        }

        return Elementwise.Finish(x.Rows, 1, values, [x], gradient =>
        {
            var sum = x.Accumulator();
            for (int i = 0; i < sum.Length; i++)
                if (source[i] == values[i / x.Columns]) sum[i] += gradient[i / x.Columns];
        });
    }

    /// <summary>The sum of each column: [R, C] → [1, C]; zeros if there are no rows.</summary>
    public static Tensor ColumnSum(Tensor x)
    {
        var source = x.Values;
        var values = new double[x.Columns];
        for (int i = 0; i < source.Length; i++) values[i % x.Columns] += source[i];
        return Elementwise.Finish(1, x.Columns, values, [x], gradient =>
        {
            var sum = x.Accumulator();
            for (int i = 0; i < sum.Length; i++) sum[i] += gradient[i % x.Columns];
        });
    }

    /// <summary>
    /// ln Σ exp over the rows of each group: [members, C] → [groups, C]. <paramref name="group"/> says which group each row belongs to:
    /// <see cref="TokenBatch.SequenceOf"/> or <see cref="TokenBatch.QuestionOf"/>.
    /// </summary>
    /// <exception cref="ArgumentException">There is not one row for each entry of the index.</exception>
    public static Tensor GroupLogSum(Tensor x, Indices group)
    {
        int[] groups = group.Span.ToArray();
        if (groups.Length != x.Rows) throw new ArgumentException($"GroupLogSum takes a group for each row, not {groups.Length} for {x}");
        int columns = x.Columns, count = groups.Length == 0 ? 0 : groups[^1] + 1;
        double[] source = x.Values, largest = new double[count * columns], values = new double[count * columns];
        Array.Fill(largest, double.NegativeInfinity);
        for (int i = 0; i < source.Length; i++) largest[At(i)] = Math.Max(largest[At(i)], source[i]);
        for (int i = 0; i < source.Length; i++) values[At(i)] += Math.Exp(source[i] - largest[At(i)]);
        for (int i = 0; i < values.Length; i++) values[i] = largest[i] + Math.Log(values[i]);
        return Elementwise.Finish(count, columns, values, [x], gradient =>
        {
            var sum = x.Accumulator();
            for (int i = 0; i < sum.Length; i++) sum[i] += gradient[At(i)] * Math.Exp(source[i] - values[At(i)]);
        });

        int At(int element) => groups[element / columns] * columns + element % columns;
    }

    /// <summary>A vector of numbers of the batch: [entries, 1]. No gradient.</summary>
    public static Tensor Column(Numbers numbers) => new(numbers.Count, 1, [.. numbers.Span.ToArray().Select(v => (double)v)]) { IsDifferentiable = false };

    /// <summary>The number of rows as [1, 1]: compiled, those of the whole batch that a step may take in parts. No gradient.</summary>
    public static Tensor RowCount(Tensor x) => x.Rows;

    static ReadOnlySpan<double> Row(double[] values, int row, int columns) => values.AsSpan(row * columns, columns);

    static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double v in values) sum += v;
        return sum;
    }

    static void CheckIndex(int value, int size, int entry, Indices index)
    {
        if ((uint)value >= (uint)size) throw new BatchException($"entry {entry} along {index.Dimension} is {value}, outside 0..{size - 1}");
    }
}
