using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>Readable, unique, stable names for slots and kernels: taken from the definition's own locals and methods.</summary>
internal sealed class Names
{
    /// <summary>What no slot, parameter or local may be called: words of C# and names that are printed around them.</summary>
    public static readonly string[] Words =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default", "delegate",
        "do", "double", "else", "enum", "event", "explicit", "extern", "false", "field", "finally", "fixed", "float", "for", "foreach", "goto", "if", "implicit",
        "in", "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out", "override", "params", "private",
        "protected", "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this",
        "throw", "true", "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while",
        "row", "rows", "column", "begin", "end", "chunk", "layer", "entry", "index", "executor", "product", "nameof",
    ];

    /// <summary>Members of every type.</summary>
    public static readonly string[] OfObject = ["Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "ReferenceEquals", "ToString"];

    /// <summary>What no kernel or method may be called: members of the classes that a program is printed into, with their bases.</summary>
    public static readonly string[] Members =
    [
        "Apply", "Attention", "BandRows", "BandSlot", "Batch", "BytesPerRow", "Chunks", "Clear", "ClearGradients", "Compiled", "CountOf", "CpuKernels", "Description", "Device", "DropoutKey",
        "ExactFixedSlot", "ExactPredictionSlot", "ExactSequenceSlot", "ExactTokenSlot", "FixedSlot", "From", "GpuKernels", "Gradient", "Gradients", "Offset", "Operations", "Output",
        "Own", "PackWeights", "Packed", "Pointer", "PredictionChunkRows", "PredictionChunkSlot", "PredictionRows", "PredictionSlot", "Predictions", "Prefetch", "Queue", "Run",
        "Scratch", "SequenceChunkRows", "SequenceChunkSlot", "SequenceRows", "SequenceSlot", "Sequences", "Size", "Team", "TokenChunkRows", "TokenChunkSlot", "TokenRows",
        "TokenSlot", "Tokens", "Value", "Values", "Weight", "WeightsChanged", "WholePredictions", "WholeSequences", "WholeTokens",
        .. OfObject,
        .. ProgramRule.All.Select(rule => Declare.Identifier.Pascal(rule.Infers)).Append("Train").SelectMany(program => new[] { "Cpu" + program, "Gpu" + program }),
        // type parameters
        "V", "P", "T", "W", "L",
    ];

    readonly Dictionary<string, int> used = [];

    public Names(params IEnumerable<string>[] reserved)
    {
        foreach (string name in Words.Concat(Members).Concat(RuntimeTypes.All.Select(t => t.Name)).Concat(reserved.SelectMany(r => r))) used[name] = 1;
    }

    /// <summary>camelCase: the definition's local; a gradient begins with d.</summary>
    public string Slot(Node n, string suffix = "")
    {
        var value = n.Named ?? n.Origin with { Part = null };
        string name = (LocalOf(value), value) switch
        {
            ({ } local, { Variable: null, Part: { } part }) => Identifier(local) + Identifier(part),
            (null, { Part: { } part }) => Identifier(part),
            var (local, _) => Identifier(local ?? Segment(value.Path, 0)),
        };
        name += suffix.Length == 0 && n.Named is null ? ResultOf(n) : suffix;
        string Cased(string name) => n.IsGradient ? "d" + name : char.ToLowerInvariant(name[0]) + name[1..];
        // a step on the way to a local leaves the local's name to it
        string function = Declare.Identifier.Pascal(Segment(value.Path, 0));
        if (n.Named is null && n.Origin.Variable is null && ResultOf(n) + suffix == "" && used.ContainsKey(Cased(name)) && !name.EndsWith(function, StringComparison.Ordinal)) name += function;
        return Unique(Cased(name));
    }

    static string ResultOf(Node n) => n.Op switch
    {
        Op.RowSum or Op.ColumnSum => "Sum",
        Op.RowMax => "Maximum",
        Op.MatMul => "Product",
        Op.AttentionLogSum or Op.GroupLogSum => "LogSum",
        Op.Divide when n.Shape.Columns == 1 && !n.Shape.Rows.IsOne => "Quotient",
        _ => "",
    };

    /// <summary>PascalCase: local + library function, Gradient if it belongs to the backward pass. What has no local is called after its method.</summary>
    public string Kernel(Node n)
    {
        var path = n.Origin.Path.Split('/');
        int library = n.Origin.Function is null ? -1 : Array.LastIndexOf(path, n.Origin.Function);
        string function = n.Origin.Function is null ? "" : Identifier(n.Origin.Function);
        string local = Identifier(LocalOf(n.Origin) ?? path[(library > 0 ? library : path.Length) - 1]);
        string name = local == function ? local : local + function;
        return Unique(n.Backward ? name + "Gradient" : name);
    }

    public string Unique(string name)
    {
        used.TryGetValue(name, out int count);
        used[name] = count + 1;
        return count == 0 ? name : Unique($"{name}{count + 1}");
    }

    /// <summary>The local itself, or the one whose statement the node is a part of, or the output; null if the statement returns.</summary>
    public static string? LocalOf(Origin origin)
    {
        if (origin.Variable is not null) return origin.Variable;
        if (origin.Statement.StartsWith("(\"", StringComparison.Ordinal) && origin.Statement.IndexOf('"', 2) is > 2 and int end) return origin.Statement[2..end];
        int equals = origin.Statement.IndexOf(" = ", StringComparison.Ordinal);
        if (equals < 0) return null;
        string target = origin.Statement[..equals];
        string name = target[(target.LastIndexOf(' ') + 1)..];
        return name.All(c => char.IsLetterOrDigit(c) || c == '_') ? name : null;
    }

    static string Segment(string path, int fromEnd)
    {
        var parts = path.Split('/');
        return parts.Length > fromEnd ? parts[parts.Length - 1 - fromEnd] : parts[0];
    }

    /// <summary>PascalCase that begins with a letter: an output may be called 2nd-moment.</summary>
    public static string Identifier(string name) => Declare.Identifier.Pascal(name) is var pascal && char.IsDigit(pascal[0]) ? "Value" + pascal : pascal;
}
