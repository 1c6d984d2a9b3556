using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit.Cpu;

/// <summary>
/// Prints the values of one phase. A value that is read once is written where it is read; others become locals.
/// </summary>
/// <param name="type">The vector type of elements, or "float" for values per row.</param>
/// <param name="phase">The instructions of the phase.</param>
/// <param name="kernel">The instructions of the whole kernel: a value per row may be read in a later phase.</param>
internal sealed class Expressions(string type, IReadOnlyList<Instruction> phase, IEnumerable<Instruction> kernel)
{
    const int LongestLine = 100;

    readonly Dictionary<string, (string Text, int Precedence)> inline = [];
    readonly Dictionary<string, int> usesHere = CountUses(phase);
    readonly Dictionary<string, int> uses = CountUses(kernel);

    bool PerRow => type == "float";

    /// <summary>True if the value should be a local of its own.</summary>
    public bool NeedsLocal(Instruction instruction, string text)
    {
        if (instruction is Literal) return false;
        string target = Elements.TargetOf(instruction);
        usesHere.TryGetValue(target, out int here);
        uses.TryGetValue(target, out int all);
        return here != 1 || all != 1 || text.Length > LongestLine;
    }

    /// <summary>A value that is written where it is read.</summary>
    public void Inline(string name, string text, int precedence) => inline[name] = (text, precedence);

    /// <summary>The value as an operand of something that binds as tightly as <paramref name="precedence"/>.</summary>
    public string Read(string name, int precedence = 0)
    {
        if (!inline.TryGetValue(name, out var value)) return name;
        return value.Precedence < precedence ? $"({value.Text})" : value.Text;
    }

    /// <summary>The text and precedence of an operation: 1 sums, 2 products, 3 unary and calls.</summary>
    public (string Text, int Precedence) Print(Compute c)
    {
        string A(int p) => Read(c.Arguments[0], p);
        string B(int p) => Read(c.Arguments[1], p);
        return c.Op switch
        {
            Op.Add => ($"{A(1)} + {B(1)}", 1),
            Op.Subtract => ($"{A(1)} - {B(2)}", 1),
            Op.Multiply => ($"{A(2)} * {B(2)}", 2),
            Op.Divide => ($"{A(2)} / {B(3)}", 2),
            Op.Negate => ($"-{A(3)}", 3),
            Op.Rsqrt when PerRow => ($"1f / MathF.Sqrt({Read(c.Arguments[0])})", 2),
            _ when PerRow => (PrintPerRow(c), 3),
            _ => ($"{type}.{c.Op}({string.Join(", ", c.Arguments.Select(a => Read(a)))})", 3),
        };
    }

    string PrintPerRow(Compute c)
    {
        string[] a = [.. c.Arguments.Select(x => Read(x))];
        return c.Op switch
        {
            Op.Exp or Op.Log or Op.Tanh or Op.Sqrt => $"MathF.{c.Op}({a[0]})",
            Op.Max or Op.Min => $"MathF.{c.Op}({a[0]}, {a[1]})",
            Op.GreaterOrEqual => $"({Read(c.Arguments[0], 1)} >= {Read(c.Arguments[1], 1)} ? 1f : 0f)",
            Op.Equal => $"({Read(c.Arguments[0], 1)} == {Read(c.Arguments[1], 1)} ? 1f : 0f)",
            _ => $"Lanes1.{c.Op}({string.Join(", ", a)}).Sum()",
        };
    }

    static Dictionary<string, int> CountUses(IEnumerable<Instruction> instructions)
    {
        var uses = new Dictionary<string, int>();
        foreach (string name in instructions.SelectMany(Reads))
        {
            uses.TryGetValue(name, out int count);
            uses[name] = count + 1;
        }

        return uses;
    }

    public static IEnumerable<string> Reads(Instruction instruction) => instruction switch
    {
        Compute c => c.Arguments,
        Reduce r => [r.Argument],
        Store s => [s.Value],
        AddToPartial a => [a.Value],
        _ => [],
    };
}
