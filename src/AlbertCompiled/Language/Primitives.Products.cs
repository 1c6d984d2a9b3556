using System.Numerics;

namespace AlbertCompiled;

public static partial class Primitives
{
    const long ParallelWork = 1 << 20; // products

    /// <summary>The matrix product [M, K] · [K, N] → [M, N] of the operands or their transposes.</summary>
    /// <exception cref="ArgumentException">The inner sizes differ.</exception>
    public static Tensor MatMul(Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)
    {
        var (rows, inner) = transposeA ? (a.Columns, a.Rows) : (a.Rows, a.Columns);
        var (other, columns) = transposeB ? (b.Columns, b.Rows) : (b.Rows, b.Columns);
        if (inner != other) throw new ArgumentException($"MatMul cannot multiply {a}{(transposeA ? "ᵀ" : "")} and {b}{(transposeB ? "ᵀ" : "")}");

        // Three plain layouts serve all cases: X·Yᵀ of row-major X [rows, inner] and Y [columns, inner].
        double[] x = transposeA ? Transpose(a.Values, a.Rows, a.Columns) : a.Values;
        double[] y = transposeB ? b.Values : Transpose(b.Values, b.Rows, b.Columns);
        var values = new double[rows * columns];
        AddProduct(values, x, y, rows, columns, inner);
        return Elementwise.Finish(rows, columns, values, [a, b], gradient =>
        {
            if (a.IsDifferentiable)
            {
                var yT = Transpose(y, columns, inner);
                if (transposeA) AddProduct(a.Accumulator(), yT, gradient, inner, rows, columns);
                else AddProduct(a.Accumulator(), gradient, yT, rows, inner, columns);
            }

            if (b.IsDifferentiable)
            {
                double[] gT = Transpose(gradient, rows, columns), xT = Transpose(x, rows, inner);
                if (transposeB) AddProduct(b.Accumulator(), gT, xT, columns, inner, rows);
                else AddProduct(b.Accumulator(), xT, gT, inner, columns, rows);
            }
        });
    }

    /// <summary>
    /// Weights laid end to end, adjacent in memory: matrices of equal columns stack their rows, vectors [1, n] their columns,
    /// so that one product serves them all. They stay weights of their own, with optimizer statistics of their own.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes do not stack, or a part is not a weight but computed.</exception>
    public static Tensor Stack(params Tensor[] parts)
    {
        if (parts.Length == 0 || !parts.All(p => p.IsWeight)) throw new ArgumentException("Stack takes weights, one at least");
        var first = parts[0];
        if (parts.Any(p => p.IsVector != first.IsVector || !p.IsVector && p.Columns != first.Columns))
            throw new ArgumentException($"{string.Join(" and ", (object[])parts)} cannot be stacked");
        return first.IsVector ? Tensor.Stacked(1, parts.Sum(p => p.Columns), parts) : Tensor.Stacked(parts.Sum(p => p.Rows), first.Columns, parts);
    }

    /// <summary>A loop: x₁ = body(x₀, 0), x₂ = body(x₁, 1), … The body appears once in the compiled model, whatever the count.</summary>
    /// <param name="count">Iterations, at least 1.</param>
    /// <param name="x">The carried value; the body must keep its shape.</param>
    /// <param name="body">Given the carried value and the iteration, which may choose weights.</param>
    public static Tensor Repeat(int count, Tensor x, Func<Tensor, int, Tensor> body) => EagerScope.Loop(count, x, body);

    /// <summary>result += x · yᵀ of row-major x [rows, inner] and y [columns, inner].</summary>
    static void AddProduct(double[] result, double[] x, double[] y, int rows, int columns, int inner)
    {
        // a row of y, usually a weight, stays in the cache for all rows of x; threads change no order of summation
        if ((long)rows * columns * inner < ParallelWork)
            for (int c = 0; c < columns; c++) AddColumn(c);
        else
            Parallel.For(0, columns, AddColumn);

        void AddColumn(int c)
        {
            for (int r = 0; r < rows; r++) result[r * columns + c] += Dot(Row(x, r, inner), Row(y, c, inner));
        }
    }

    static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var lanes = Vector<double>.Zero;
        int i = 0;
        for (; i <= a.Length - Vector<double>.Count; i += Vector<double>.Count) lanes += new Vector<double>(a[i..]) * new Vector<double>(b[i..]);
        double sum = Vector.Sum(lanes);
        for (; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    static double[] Transpose(double[] values, int rows, int columns)
    {
        var result = new double[values.Length];
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++)
                result[c * rows + r] = values[r * columns + c];
        return result;
    }
}
