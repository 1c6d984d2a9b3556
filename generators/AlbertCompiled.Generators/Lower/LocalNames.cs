using System.Collections.Immutable;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Graph;
using GraphNode = AlbertCompiled.Generators.Graph.Node;

namespace AlbertCompiled.Generators.Lower;

/// <summary>
/// Names the values of one kernel: as the definition or the library calls them, else after the operation. What is written where it is read uses up no name, and
/// loops that follow each other may use the same.
/// </summary>
internal sealed class LocalNames
{
    static readonly Dictionary<Op, string> ByOp = new()
    {
        [Op.Add] = "sum",
        [Op.Subtract] = "difference",
        [Op.Multiply] = "scaled",
        [Op.Divide] = "quotient",
        [Op.Exp] = "exponential",
        [Op.RowSum] = "total",
        [Op.RowMax] = "largest",
        [Op.Rsqrt] = "inverse",
        [Op.Negate] = "negative",
        [Op.KeepMask] = "mask",
        [Op.OneHot] = "target",
        [Op.RowCount] = "count",
        [Op.Constant] = "constant",
        [Op.Max] = "larger",
        [Op.Min] = "smaller",
        [Op.Log] = "logarithm",
        [Op.Sqrt] = "root",
        [Op.GreaterOrEqual] = "reaches",
        [Op.Equal] = "equal",
        [Op.Rows] = "looked",
    };

    readonly Dictionary<string, GraphNode> values = [];

    /// <summary>A value of its own for a node, to be named once all are known.</summary>
    public string Of(GraphNode n)
    {
        string value = FormattableString.Invariant($"#{values.Count}");
        values.Add(value, n);
        return value;
    }

    /// <summary>The phases of a kernel with their values named.</summary>
    public ImmutableArray<Phase> Name(ImmutableArray<Phase> phases)
    {
        var instructions = phases.SelectMany(p => p.Instructions).ToList();
        var fields = new HashSet<string>(instructions.SelectMany(FieldsOf).Concat(Passes.Names.Words));
        var readers = phases.SelectMany(p => p.Instructions.SelectMany(Elements.ReadBy), (phase, value) => (phase, value)).ToLookup(r => r.value, r => r.phase);
        var names = new Dictionary<string, string>();

        // values per row are seen in all loops over columns, of which each is a scope of its own
        var row = Defined(phases, (phase, i) => phase.Columns == 1 || i is Reduce);
        var columns = phases.Where(p => p.Columns != 1).Select(p => Defined([p], (_, i) => i is not Reduce)).ToList();
        var ofRow = Name(row[true], []);
        var ofColumns = columns.Select(c => Name(c[true], ofRow)).ToList();
        // of what is read once only a long expression gets a line of its own: the last ones are the longest
        ofColumns = [.. columns.Zip(ofColumns, (c, taken) => Name(c[false].Reverse(), taken))];
        Name(row[false].Reverse(), ofColumns.SelectMany(n => n).Concat(ofRow));
        return [.. phases.Select(p => p with { Instructions = [.. p.Instructions.Select(i => Elements.Renamed(i, v => names.TryGetValue(v, out string? name) ? name : v))] })];

        // by whether a line of its own is certain
        ILookup<bool, Instruction> Defined(ImmutableArray<Phase> scope, Func<Phase, Instruction, bool> belongs) =>
            (from phase in scope
             from i in phase.Instructions
             where values.ContainsKey(Elements.TargetOf(i)) && belongs(phase, i)
             select (phase, i)).ToLookup(d => d.i is Reduce || !readers[Elements.TargetOf(d.i)].SequenceEqual([d.phase]), d => d.i);

        HashSet<string> Name(IEnumerable<Instruction> defined, IEnumerable<string> outer)
        {
            var taken = new HashSet<string>(outer);
            foreach (var i in defined) names[Elements.TargetOf(i)] = Unique(i, taken);
            return taken;
        }

        string Unique(Instruction instruction, HashSet<string> taken)
        {
            var n = values[Elements.TargetOf(instruction)];
            string Cased(string name) => n.IsGradient ? "d" + Passes.Names.Identifier(name) : Camel(Passes.Names.Identifier(name));
            string operation = Cased(instruction is Load { Row: not RowMode.Indexed, Source.Shape.Columns: > 1 } ? "value" : OperationOf(n));
            string name = n.Named?.Name is { } local && !fields.Contains(Cased(local)) ? Cased(local) : operation;
            string unique = name;
            for (int i = 2; fields.Contains(unique) || !taken.Add(unique); i++) unique = FormattableString.Invariant($"{name}{i}");
            return unique;
        }
    }

    public static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    static string OperationOf(GraphNode n) =>
        n.Op == Op.Multiply && n.Inputs[0] == n.Inputs[1] ? "square" : ByOp.TryGetValue(n.Op, out string? known) ? known : Camel(n.Op.ToString());

    // what the kernel's struct holds: see KernelFields
    static IEnumerable<string> FieldsOf(Instruction instruction) => instruction switch
    {
        Load l => l.Row == RowMode.Indexed ? [FieldOf(l.Source), FieldOfIndex(l.Index)] : [FieldOf(l.Source)],
        Store s => [FieldOf(s.Target)],
        AddToPartial p => [FieldOf(p.Partials)],
        OneHot o => [FieldOfIndex(o.Index)],
        KeepMask m => [FieldOf(m.Site)],
        CountRows c => [FieldOf(c.Dimension)],
        _ => [],
    };

    /// <summary>The field of a buffer's first row.</summary>
    public static string FieldOf(Buffer buffer) => buffer is ParameterBuffer { Gradient: true } ? buffer.Name + "Gradient" : buffer.Name;

    /// <summary>The field of an index vector.</summary>
    public static string FieldOfIndex(string vector) => Camel(vector) + "Index";

    /// <summary>The field of a dropout site's key.</summary>
    public static string FieldOf(Site site) => FormattableString.Invariant($"key{site.Ordinal}");

    /// <summary>The field of a dimension's size.</summary>
    public static string FieldOf(Dim dimension) => $"{dimension}Count";
}
