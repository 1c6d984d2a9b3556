using System.Collections.Immutable;
using System.Globalization;

namespace AlbertCompiled;

/// <summary>The forms of a kernel.</summary>
public enum KernelKind
{
    /// <summary>Elementwise work and reductions over rows.</summary>
    Row,

    /// <summary>A matrix product with what follows each of its elements.</summary>
    Product,

    /// <summary>Attention or its gradient.</summary>
    Attention,

    /// <summary>Adds up the partial column sums that a row kernel left.</summary>
    ColumnSum,

    /// <summary>Adds rows to those of a table that an index vector names.</summary>
    Scatter,
}

/// <summary>A loop over layers.</summary>
/// <param name="Name">What its iterations are.</param>
/// <param name="Iterations">Their number.</param>
/// <param name="Reversed">The last one runs first.</param>
public sealed record GraphLoop(string Name, int Iterations, bool Reversed);

/// <summary>A place in the arena for one value.</summary>
/// <param name="Name">Its name in the generated code.</param>
/// <param name="Shape">What it holds, as [rows, columns].</param>
/// <param name="Region">The part of the arena, by its property of <see cref="ArenaPlan"/>; Band for what <see cref="ArenaPlan.Bands"/> counts.</param>
/// <param name="Entries">More than 1: a stack with an entry an iteration, or the two halves of a loop's state.</param>
/// <param name="Offset">First element, per row of its region.</param>
/// <param name="Units">Elements of all entries, per row of its region.</param>
/// <param name="First">Number of the first kernel that it is kept for.</param>
/// <param name="Last">Number of the last one.</param>
public sealed record GraphSlot(string Name, string Shape, string Region, int Entries, long Offset, long Units, int First, int Last);

/// <summary>A kernel, as the passes fused it.</summary>
/// <param name="Name">Its name in the generated code.</param>
/// <param name="Kind">Its form.</param>
/// <param name="Loop">Number of the loop that it stands in, or −1.</param>
/// <param name="Backward">Belongs to the backward pass.</param>
/// <param name="Rows">The dimension of the rows that it runs over; null if the model fixes them.</param>
/// <param name="ConstantRows">Their number where the model fixes it.</param>
/// <param name="Flops">FLOPs a row (for attention: a pair of tokens).</param>
/// <param name="Bytes">Bytes read and written a row.</param>
/// <param name="Reads">Numbers of the slots that it reads.</param>
/// <param name="Writes">Numbers of the slots that it writes.</param>
/// <param name="Parameters">The parameters it reads, and the gradients (∂) it adds to.</param>
/// <param name="Operations">The operations that became this kernel, and how often each.</param>
/// <param name="Shapes">What it computes, as shapes.</param>
/// <param name="Statements">Numbers of the definition's statements that it comes from, the chief one first.</param>
public sealed record GraphKernel(
    string Name, KernelKind Kind, int Loop, bool Backward, Dimension? Rows, int ConstantRows, double Flops, double Bytes, ImmutableArray<int> Reads, ImmutableArray<int> Writes,
    ImmutableArray<string> Parameters, ImmutableArray<(string Name, int Count)> Operations, string Shapes, ImmutableArray<int> Statements);

/// <summary>What the compiler made of a program: kernels in the order in which they run, and where their values lie.</summary>
/// <param name="Statements">The statements of the definition.</param>
/// <param name="Loops">The loops.</param>
/// <param name="Slots">The memory plan.</param>
/// <param name="Kernels">The kernels; those of a loop once.</param>
public sealed record ProgramGraph(ImmutableArray<string> Statements, ImmutableArray<GraphLoop> Loops, ImmutableArray<GraphSlot> Slots, ImmutableArray<GraphKernel> Kernels)
{
    /// <summary>Reads what the compiler wrote, a line for each thing, fields between bars.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static ProgramGraph Parse(string text)
    {
        var statements = ImmutableArray.CreateBuilder<string>();
        var loops = ImmutableArray.CreateBuilder<GraphLoop>();
        var slots = ImmutableArray.CreateBuilder<GraphSlot>();
        var kernels = ImmutableArray.CreateBuilder<GraphKernel>();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] f = line.Split('|');
            switch (f[0], f.Length)
            {
                case ("statement", _): statements.Add(line["statement|".Length..]); break;
                case ("loop", 4): loops.Add(new(f[1], Int(f[2]), f[3] == "down")); break;
                case ("slot", 9): slots.Add(new(f[1], f[2], f[3], Int(f[4]), Long(f[5]), Long(f[6]), Int(f[7]), Int(f[8]))); break;
                case ("kernel", 13): kernels.Add(Kernel(f)); break;
                default: throw new FormatException($"not a line of a program's graph: {line}");
            }
        }

        return new(statements.ToImmutable(), loops.ToImmutable(), slots.ToImmutable(), kernels.ToImmutable());
    }

    static GraphKernel Kernel(string[] f)
    {
        string[] reads = List(f[8]), writes = List(f[9]);
        Dimension? rows = int.TryParse(f[5], NumberStyles.None, CultureInfo.InvariantCulture, out int constant) ? null : Enum.Parse<Dimension>(f[5], ignoreCase: true);
        return new(f[1], Enum.Parse<KernelKind>(f[2]), Int(f[3]), f[4] == "backward", rows, constant, Double(f[6]), Double(f[7]), SlotNumbers(reads), SlotNumbers(writes),
            [.. reads.Concat(writes).Where(b => !IsSlot(b))], [.. List(f[10]).Select(o => o.Split(':')).Select(o => (o[0], Int(o[1])))], f[11], [.. List(f[12]).Select(Int)]);
    }

    static ImmutableArray<int> SlotNumbers(string[] buffers) => [.. buffers.Where(IsSlot).Select(Int)];

    static bool IsSlot(string buffer) => char.IsAsciiDigit(buffer[0]);

    static string[] List(string field) => field.Split(',', StringSplitOptions.RemoveEmptyEntries);

    static int Int(string field) => int.Parse(field, CultureInfo.InvariantCulture);

    static long Long(string field) => long.Parse(field, CultureInfo.InvariantCulture);

    static double Double(string field) => double.Parse(field, CultureInfo.InvariantCulture);
}
