using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Passes;
using GraphNode = AlbertCompiled.Generators.Graph.Node;

namespace AlbertCompiled.Generators.Lower;

/// <summary>What both emitters print: kernels over arena slots, with loops. It knows nothing of CPU or GPU.</summary>
/// <param name="Name">train, evaluate, predict, encode, classify, …</param>
/// <param name="Steps">In order.</param>
/// <param name="Plan">The arena.</param>
/// <param name="Outputs">Results and where they are.</param>
internal sealed record LoweredProgram(
    string Name, ImmutableArray<Step> Steps, MemoryPlan Plan, ImmutableArray<(string Name, SlotBuffer Value)> Outputs)
{
    /// <summary>Every kernel with the loop it stands in, in order.</summary>
    public IEnumerable<(Kernel Kernel, LoopStep? Loop)> Kernels => Steps.SelectMany(s => s.Kernels.Select(k => (k, s as LoopStep)));

    /// <summary>The program with each kernel as it is given back.</summary>
    public LoweredProgram Select(Func<Kernel, Kernel> change) => this with { Steps = [.. Steps.Select(s => s.Select(change))] };

    /// <summary>Every parameter and gradient that a kernel touches.</summary>
    public IEnumerable<ParameterBuffer> ParameterBuffers() => Kernels.SelectMany(k => k.Kernel.Reads.Concat(k.Kernel.Writes)).OfType<ParameterBuffer>();
}

internal abstract record Step
{
    public abstract ImmutableArray<Kernel> Kernels { get; }

    /// <summary>The step with each kernel as it is given back.</summary>
    public abstract Step Select(Func<Kernel, Kernel> change);
}

internal sealed record KernelStep(Kernel Kernel) : Step
{
    public override ImmutableArray<Kernel> Kernels => [Kernel];

    public override Step Select(Func<Kernel, Kernel> change) => new KernelStep(change(Kernel));
}

/// <summary>A loop over layers; its variable is called layer. A reversed one counts down.</summary>
internal sealed record LoopStep(string Name, int Count, bool Reversed, ImmutableArray<Kernel> Body) : Step
{
    public override ImmutableArray<Kernel> Kernels => Body;

    public override Step Select(Func<Kernel, Kernel> change) => this with { Body = [.. Body.Select(change)] };
}

/// <summary>
/// A loop over bands of <paramref name="Most"/> rows, the last of which may be shorter: its variables are called begin and rows. Its kernels run over the rows of a
/// band; slots of so many rows hold a band, of all other matrices of <paramref name="Rows"/> they see what begins at the first row.
/// </summary>
internal sealed record BandStep(Dim Rows, int Most, ImmutableArray<Kernel> Body) : Step
{
    public override ImmutableArray<Kernel> Kernels => Body;

    public override Step Select(Func<Kernel, Kernel> change) => this with { Body = [.. Body.Select(change)] };
}

/// <summary>A matrix in memory.</summary>
internal abstract record Buffer(string Name, Shape Shape)
{
    /// <summary>Floats from one row to the next.</summary>
    public abstract int Stride { get; }
}

/// <summary>A slot of the arena, or one entry of it.</summary>
internal sealed record SlotBuffer(Slot Slot, Entry Entry, int Constant) : Buffer(Slot.Name, Slot.Shape)
{
    public override int Stride => Slot.Stride;
}

/// <summary>A parameter, several adjacent ones, or their gradients.</summary>
internal sealed record ParameterBuffer(string Name, Shape Shape, ParameterReference Reference, bool Gradient) : Buffer(Name, Shape)
{
    public override int Stride => Shape.Columns;
}

/// <summary>A vector of numbers of the batch.</summary>
internal sealed record BatchBuffer(string Vector, Shape Shape) : Buffer(LocalNames.Camel(Vector), Shape)
{
    public override int Stride => 1;
}

/// <summary>What a kernel's heading tells.</summary>
/// <param name="Source">The line of the definition that it comes from.</param>
/// <param name="Path">The methods on the way to it.</param>
/// <param name="Flops">FLOPs per row of <paramref name="Rows"/> (for attention: per pair of tokens).</param>
/// <param name="Bytes">Bytes read and written per row.</param>
/// <param name="Rows">The rows it runs over.</param>
/// <param name="Backward">Belongs to the backward pass.</param>
/// <remarks><see cref="Position"/> and <see cref="Nodes"/> are known once the kernel is placed in its program.</remarks>
internal sealed record KernelInfo(string Source, string Path, double Flops, double Bytes, Dim Rows, bool Backward)
{
    /// <summary>The place in the schedule that live ranges count: kernels that were fused from the same nodes share it.</summary>
    public int Position { get; init; }

    /// <summary>What was fused into it, in order.</summary>
    public ImmutableArray<GraphNode> Nodes { get; init; } = [];
}

internal abstract record Kernel(string Name, KernelInfo Info)
{
    /// <summary>The matrices it reads.</summary>
    public abstract IEnumerable<Buffer> Reads { get; }

    /// <summary>The matrices it writes or adds to.</summary>
    public abstract IEnumerable<Buffer> Writes { get; }

    protected static IEnumerable<Buffer> Loaded(IEnumerable<Instruction> instructions) => instructions.OfType<Load>().Select(i => i.Source);

    protected static IEnumerable<Buffer> Stored(IEnumerable<Instruction> instructions) =>
        instructions.Select(i => i switch { Store s => s.Target, AddToPartial p => p.Partials, _ => null }).OfType<Buffer>();
}

/// <summary>
/// Runs over rows; each phase is one pass over the columns of a row, between them values per row.
/// Partial column sums of the rows of a chunk go to slots that <see cref="ColumnSumKernel"/> adds up.
/// </summary>
internal sealed record RowKernel(string Name, KernelInfo Info, Dim Rows, ImmutableArray<Phase> Phases) : Kernel(Name, Info)
{
    public IEnumerable<Instruction> Instructions => Phases.SelectMany(p => p.Instructions);

    public override IEnumerable<Buffer> Reads => Phases.SelectMany(p => Loaded(p.Instructions));

    public override IEnumerable<Buffer> Writes => Phases.SelectMany(p => Stored(p.Instructions));
}

/// <summary>Straight code for each row (<paramref name="Columns"/> = 1) or for each element of a row.</summary>
internal sealed record Phase(int Columns, ImmutableArray<Instruction> Instructions);

/// <summary>C = op(A)·op(B), then the epilogue for each element; <paramref name="Epilogue"/> reads <see cref="Accumulator"/> for the product.</summary>
internal sealed record ProductKernel(
    string Name, KernelInfo Info, Buffer A, Buffer B, bool TransposeA, bool TransposeB, Dim M, int N, Dim K, ImmutableArray<Instruction> Epilogue) : Kernel(Name, Info)
{
    /// <summary>The sum over the columns of what it stores, in which an epilogue for a GPU may end; null if it does not.</summary>
    public AddToPartial? ColumnSum => Epilogue.LastOrDefault() as AddToPartial;

    public override IEnumerable<Buffer> Reads => Loaded(Epilogue).Concat([A, B]);

    public override IEnumerable<Buffer> Writes => Stored(Epilogue);
}

internal sealed record AttentionKernel(
    string Name, KernelInfo Info, Buffer QueryKeyValue, Buffer Context, Buffer LogSum, int Heads, double Dropout, Site Site) : Kernel(Name, Info)
{
    public override IEnumerable<Buffer> Reads => [QueryKeyValue];

    public override IEnumerable<Buffer> Writes => [Context, LogSum];
}

internal sealed record AttentionGradientKernel(
    string Name, KernelInfo Info, Buffer QueryKeyValue, Buffer Context, Buffer LogSum, Buffer Gradient, Buffer Result, int Heads, double Dropout, Site Site) : Kernel(Name, Info)
{
    public override IEnumerable<Buffer> Reads => [QueryKeyValue, Context, LogSum, Gradient];

    public override IEnumerable<Buffer> Writes => [Result];
}

/// <summary>Table[index[r]] += source[r]. A slot as target is cleared first.</summary>
internal sealed record ScatterKernel(string Name, KernelInfo Info, Buffer Source, string Index, Buffer Target) : Kernel(Name, Info)
{
    public override IEnumerable<Buffer> Reads => [Source];

    public override IEnumerable<Buffer> Writes => [Target];
}

/// <summary>Result[g] = ln Σ exp source[r] over the rows r with index[r] = g.</summary>
internal sealed record GroupLogSumKernel(string Name, KernelInfo Info, Buffer Source, string Index, Buffer Result) : Kernel(Name, Info)
{
    public override IEnumerable<Buffer> Reads => [Source];

    public override IEnumerable<Buffer> Writes => [Result];
}

/// <summary>Adds the partial sums of all chunks in order, into a slot or onto a gradient.</summary>
internal sealed record ColumnSumKernel(string Name, KernelInfo Info, SlotBuffer Partials, Dim Rows, int Columns, Buffer Target) : Kernel(Name, Info)
{
    public override IEnumerable<Buffer> Reads => [Partials];

    public override IEnumerable<Buffer> Writes => [Target];
}

/// <summary>Adds the rows of a matrix onto a gradient.</summary>
internal sealed record MatrixSumKernel(string Name, KernelInfo Info, Buffer Source, Dim Rows, int Columns, Buffer Target) : Kernel(Name, Info)
{
    public override IEnumerable<Buffer> Reads => [Source];

    public override IEnumerable<Buffer> Writes => [Target];
}

/// <summary>Which row of a buffer an instruction touches.</summary>
internal enum RowMode
{
    /// <summary>The kernel's own row.</summary>
    Own,

    /// <summary>The only row: a vector for all rows.</summary>
    First,

    /// <summary>The row that an index vector names.</summary>
    Indexed,
}

/// <summary>One instruction on one value per element (or per row, in a phase of one column). Values are named by <see cref="Target"/>.</summary>
internal abstract record Instruction;

/// <summary>Reads an element. A buffer of one column is the same for the whole row.</summary>
internal sealed record Load(string Target, Buffer Source, RowMode Row, string Index) : Instruction;

/// <summary>A constant of the program.</summary>
internal sealed record Literal(string Target, double Value) : Instruction;

/// <summary>The number of rows of a dimension, as a float.</summary>
internal sealed record CountRows(string Target, Dim Dimension) : Instruction;

/// <summary>1 in the column that the index vector names for this row, else 0.</summary>
internal sealed record OneHot(string Target, string Index) : Instruction;

/// <summary>A dropout mask; 1 everywhere outside training.</summary>
internal sealed record KeepMask(string Target, double Probability, Site Site) : Instruction;

/// <summary>An elementwise operation.</summary>
internal sealed record Compute(string Target, Op Op, ImmutableArray<string> Arguments) : Instruction;

/// <summary>Reduces the row: the target is a value per row from the next phase on.</summary>
internal sealed record Reduce(string Target, Op Op, string Argument) : Instruction;

/// <summary>Writes an element, or adds to it.</summary>
internal sealed record Store(string Value, Buffer Target, RowMode Row, bool Accumulate) : Instruction;

/// <summary>Adds an element to its column's partial sum of this chunk.</summary>
internal sealed record AddToPartial(string Value, SlotBuffer Partials) : Instruction;
