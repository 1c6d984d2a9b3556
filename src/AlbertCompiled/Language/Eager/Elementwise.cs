namespace AlbertCompiled;

/// <summary>Elementwise functions of one and two operands with broadcasting, forward and backward.</summary>
internal static class Elementwise
{
    /// <summary>f(x); the slope is given x and f(x). No slope: no gradient.</summary>
    public static Tensor Apply(Tensor x, Func<double, double> f, Func<double, double, double>? slope)
    {
        var source = x.Values;
        var values = new double[source.Length];
        for (int i = 0; i < values.Length; i++) values[i] = f(source[i]);
        return Finish(x.Rows, x.Columns, values, slope is null ? [] : [x], gradient =>
        {
            var sum = x.Accumulator();
            for (int i = 0; i < sum.Length; i++) sum[i] += gradient[i] * slope!(source[i], values[i]);
        });
    }

    /// <summary>f(a, b) with both slopes. No slopes: no gradient.</summary>
    public static Tensor Apply(
        string name, Tensor a, Tensor b, Func<double, double, double> f,
        Func<double, double, double>? slopeA = null, Func<double, double, double>? slopeB = null)
    {
        if (!(a.Rows == b.Rows || a.Rows == 1 || b.Rows == 1) || !(a.Columns == b.Columns || a.Columns == 1 || b.Columns == 1))
            throw new ArgumentException($"{name} takes equal shapes or rows and columns of 1, not {a} and {b}");
        int rows = a.Rows == 1 ? b.Rows : a.Rows, columns = a.Columns == 1 ? b.Columns : a.Columns;
        double[] x = a.Values, y = b.Values, values = new double[rows * columns];
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++)
                values[r * columns + c] = f(x[Index(a, r, c)], y[Index(b, r, c)]);
        return Finish(rows, columns, values, slopeA is null ? [] : [a, b], gradient =>
        {
            Scatter(a, slopeA!);
            Scatter(b, slopeB!);

            // Several elements of the result may stem from one of the operand: their gradients add up.
            void Scatter(Tensor operand, Func<double, double, double> slope)
            {
                if (!operand.IsDifferentiable) return;
                var sum = operand.Accumulator();
                for (int r = 0; r < rows; r++)
                    for (int c = 0; c < columns; c++)
                        sum[Index(operand, r, c)] += gradient[r * columns + c] * slope(x[Index(a, r, c)], y[Index(b, r, c)]);
            }
        });
    }

    /// <summary>A result, noted on the tape if a gradient can flow through it.</summary>
    public static Tensor Finish(int rows, int columns, double[] values, Tensor[] operands, Action<double[]> backward)
    {
        bool differentiable = operands.Any(o => o.IsDifferentiable);
        var result = new Tensor(rows, columns, values) { IsDifferentiable = differentiable };
        if (differentiable) EagerScope.Current?.Tape?.Record(result, operands, backward);
        return result;
    }

    static int Index(Tensor x, int row, int column) => (x.Rows == 1 ? 0 : row) * x.Columns + (x.Columns == 1 ? 0 : column);
}
