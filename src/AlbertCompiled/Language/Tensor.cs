using System.Diagnostics;

namespace AlbertCompiled;

/// <summary>
/// A matrix of doubles, row-major. A vector of n is [1, n], a scalar [1, 1]. In a running definition it holds numbers, and
/// after a training run its gradient; to the compiler the same expression is a node of the model's graph.
/// </summary>
[DebuggerDisplay("[{Rows}, {Columns}]")]
public sealed class Tensor
{
    readonly Func<double[]>? source;
    double[]? values;

    /// <summary>A matrix of given values.</summary>
    /// <param name="rows">Rows, may be 0.</param>
    /// <param name="columns">Columns, at least 1.</param>
    /// <param name="values">rows · columns values, row-major. Kept, not copied.</param>
    /// <exception cref="ArgumentException">The number of values does not fit the shape.</exception>
    public Tensor(int rows, int columns, double[] values) : this(rows, columns)
    {
        if (values.Length != (long)rows * columns) throw new ArgumentException($"[{rows}, {columns}] takes {(long)rows * columns} values, not {values.Length}");
        this.values = values;
    }

    /// <summary>A weight. Its values are drawn when they are first read, so that counting the weights of a large model costs no memory.</summary>
    internal Tensor(int rows, int columns, bool isVector, Func<double[]> source) : this(rows, columns) => (IsVector, this.source) = (isVector, source);

    Tensor(int rows, int columns)
    {
        if (rows < 0 || columns < 1) throw new ArgumentException($"[{rows}, {columns}] is not a shape");
        (Rows, Columns) = (rows, columns);
    }

    /// <summary>Rows: a constant or one of the batch's three sizes.</summary>
    public int Rows { get; }

    /// <summary>Columns: always a constant of the model. Definitions may use it.</summary>
    public int Columns { get; }

    /// <summary>The values, row-major. Writing into a parameter's changes the model.</summary>
    public double[] Values => Parts is null ? values ??= source!() : [.. Parts.SelectMany(p => p.Values)];

    /// <summary>∂loss/∂this of the last training run, row-major; null if nothing reached this tensor.</summary>
    public double[]? Gradient { get; internal set; }

    /// <summary>The value at a row and column.</summary>
    public double this[int row, int column] => Values[row * Columns + column];

    /// <summary>The value of a [1, 1] tensor.</summary>
    /// <exception cref="InvalidOperationException">The tensor is not a scalar.</exception>
    public double Scalar => Rows == 1 && Columns == 1 ? Values[0] : throw new InvalidOperationException($"{this} is not a scalar");

    /// <summary>A declared weight, not a value computed from others.</summary>
    internal bool IsWeight => source is not null;

    /// <summary>A weight that was declared as a vector.</summary>
    internal bool IsVector { get; }

    /// <summary>The tensors that <see cref="Primitives.Stack"/> laid end to end, or null.</summary>
    internal Tensor[]? Parts { get; private init; }

    /// <summary>The tape of the run that last saw this tensor.</summary>
    internal Tape? Tape { get; set; }

    /// <summary>False for masks, constants and detached values: nothing flows into them.</summary>
    internal bool IsDifferentiable { get; init; } = true;

    /// <summary>A constant [1, 1].</summary>
    public static implicit operator Tensor(double value) => new(1, 1, [value]) { IsDifferentiable = false };

    /// <summary>a + b, elementwise; a row or column count of 1 stretches to the other's.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => Elementwise.Apply("+", a, b, (x, y) => x + y, (_, _) => 1, (_, _) => 1);

    /// <summary>a − b, elementwise; a row or column count of 1 stretches to the other's.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => Elementwise.Apply("-", a, b, (x, y) => x - y, (_, _) => 1, (_, _) => -1);

    /// <summary>a · b, elementwise; a row or column count of 1 stretches to the other's.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => Elementwise.Apply("*", a, b, (x, y) => x * y, (_, y) => y, (x, _) => x);

    /// <summary>a / b, elementwise; a row or column count of 1 stretches to the other's.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => Elementwise.Apply("/", a, b, (x, y) => x / y, (_, y) => 1 / y, (x, y) => -x / (y * y));

    /// <summary>−x, elementwise.</summary>
    public static Tensor operator -(Tensor x) => Elementwise.Apply(x, v => -v, (_, _) => -1);

    /// <summary>The shape, [rows, columns].</summary>
    public override string ToString() => $"[{Rows}, {Columns}]";

    /// <summary>Weights stacked into one: always the present values of its parts.</summary>
    internal static Tensor Stacked(int rows, int columns, Tensor[] parts) => new(rows, columns) { Parts = parts };

    /// <summary>The gradient to add to; zeros at first.</summary>
    internal double[] Accumulator() => Gradient ??= new double[Rows * Columns];
}
