using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit;

/// <summary>
/// Prints the values of one phase. A value that is read once is written where it is read; others become locals.
/// Precedence: 1 sums, 2 products, 3 unary minus, 4 calls, members, literals.
/// </summary>
/// <param name="dialect">The device's way to write.</param>
/// <param name="type">The type of the values.</param>
/// <param name="phase">The instructions of the phase.</param>
/// <param name="kernel">The instructions that may read them.</param>
internal sealed class Expressions(Dialect dialect, string type, IReadOnlyList<Instruction> phase, IEnumerable<Instruction> kernel)
{
    const int LongestLine = 100;

    readonly Dictionary<string, (string Text, int Precedence)> inline = [];
    readonly Dictionary<string, int> usesHere = CountUses(phase);
    readonly Dictionary<string, int> uses = CountUses(kernel);

    /// <summary>Prints a value: a line that declares it, or null if it is written where it is read.</summary>
    public string? Define(Instruction instruction, string valueType, string text, int precedence)
    {
        string target = Elements.TargetOf(instruction);
        usesHere.TryGetValue(target, out int here);
        uses.TryGetValue(target, out int all);
        if (instruction is not Literal && (here != 1 || all != 1 || text.Length > LongestLine)) return $"{valueType} {target} = {text};";
        inline[target] = (text, precedence);
        return null;
    }

    /// <summary>The value as an operand of something that binds as tightly as <paramref name="precedence"/>.</summary>
    public string Read(string name, int precedence = 0)
    {
        if (!inline.TryGetValue(name, out var value)) return name;
        return value.Precedence < precedence ? $"({value.Text})" : value.Text;
    }

    /// <summary>An operation.</summary>
    public (string Text, int Precedence) Print(Compute c)
    {
        string A(int p) => Read(c.Arguments[0], p);
        string B(int p) => Read(c.Arguments[1], p);
        return c.Op switch
        {
            // C# adds and multiplies from the left, and rounds on the way: what the definition grouped otherwise stays so
            Op.Add => ($"{A(1)} + {B(2)}", 1),
            Op.Subtract => ($"{A(1)} - {B(2)}", 1),
            Op.Multiply => ($"{A(2)} * {B(3)}", 2),
            Op.Divide => dialect.Quotient(type, A(2), B(3)),
            Op.Negate => ($"-{A(4)}", 3),
            _ => dialect.Function(type, c.Op, [.. c.Arguments.Select(a => Read(a))]),
        };
    }

    static Dictionary<string, int> CountUses(IEnumerable<Instruction> instructions)
    {
        var uses = new Dictionary<string, int>();
        foreach (string name in instructions.SelectMany(Elements.ReadBy))
        {
            uses.TryGetValue(name, out int count);
            uses[name] = count + 1;
        }

        return uses;
    }
}
