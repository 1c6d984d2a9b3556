namespace AlbertCompiled;

/// <summary>The outputs of an inference run, in the memory that it computed them in. Valid until the model's next run, of whatever program, and its disposal, and refused afterwards.</summary>
public readonly ref struct InferenceOutputs
{
    readonly ModelExecutor executor;
    readonly int run;

    internal InferenceOutputs(ModelExecutor executor, ProgramDescription program) => (this.executor, run, Program) = (executor, executor.Runs, program);

    /// <summary>The program that ran, with the names and shapes of its outputs.</summary>
    public ProgramDescription Program { get; }

    /// <summary>An output by its place in <see cref="Program"/>. A GPU's is copied to page-locked memory each time it is asked for.</summary>
    /// <exception cref="InvalidOperationException">The model has run since, or was disposed of.</exception>
    public OutputRows this[int output]
    {
        get
        {
            executor.RequireRun(run);
            return executor.Rows(Program.Name, output);
        }
    }

    /// <summary>The output called <paramref name="name"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public OutputRows this[string name] => this[Program.IndexOf(name)];
}

/// <summary>
/// A matrix, [rows, columns], where a program left it: rows follow each other at a distance of <paramref name="stride"/>. Valid until the model's next run and its
/// disposal, and refused afterwards; the spans that it gives are valid as long, but cannot tell, and do not keep a model that nobody refers to from being collected.
/// </summary>
/// <param name="memory">From the first element to the last.</param>
/// <param name="count">Rows.</param>
/// <param name="columns">Columns.</param>
/// <param name="stride">Floats from one row to the next; at least <paramref name="columns"/>.</param>
/// <param name="owner">Whose memory it is; null: nobody's who could write to it.</param>
public readonly ref struct OutputRows(ReadOnlySpan<float> memory, int count, int columns, int stride, ModelExecutor? owner = null)
{
    readonly ReadOnlySpan<float> memory = memory;
    readonly int run = owner?.Runs ?? 0;

    /// <summary>Rows.</summary>
    public int Count => count;

    /// <summary>Columns.</summary>
    public int Columns => columns;

    /// <summary>One row, of <see cref="Columns"/> values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">The model has run since, or was disposed of.</exception>
    public ReadOnlySpan<float> this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, count);
            owner?.RequireRun(run);
            return memory.Slice(row * stride, columns);
        }
    }

    /// <summary>Copies all rows, without what lies between them.</summary>
    /// <exception cref="ArgumentException">The destination is too small.</exception>
    /// <exception cref="InvalidOperationException">The model has run since, or was disposed of.</exception>
    public void CopyTo(Span<float> destination)
    {
        if (destination.Length < count * columns)
            throw new ArgumentException($"{count} × {columns} values do not fit into {destination.Length}");
        for (int row = 0; row < count; row++) this[row].CopyTo(destination[(row * columns)..]);
        GC.KeepAlive(owner);
    }

    /// <summary>Floats from the first element of <paramref name="count"/> rows to the last.</summary>
    internal static int Extent(int count, int columns, long stride) => count == 0 ? 0 : checked((int)((count - 1) * stride + columns));
}
