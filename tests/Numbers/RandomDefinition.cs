using System.Globalization;
using System.Text;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>
/// Writes a random definition: operations of the language in random order over values of random shapes, in straight code and in
/// loops. A bound is kept for every value, so that what comes out is of moderate size and single precision suffices.
/// </summary>
internal sealed class RandomDefinition
{
    const int Vocabulary = 23, LongestSequence = 12;
    const double Largest = 4;

    static readonly string[] Unary = ["Exp({0})", "Log({0} * {0} + 0.3)", "Tanh({0})", "Erf({0})", "Sqrt({0} * {0} + 0.2)", "Rsqrt({0} * {0} + 0.5)", "-{0}", "Relu({0})", "Sigmoid({0})", "GeluTanh({0})", "0.7 * {0} - 0.2", "1.5 / ({0} * {0} + 1)", "Detach({0})", "{0} * {0}",
        "0.5 * {0} * (1 + Tanh(0.8 * {0}))", "{0} * ({0} * 0.3) * 0.5 - 0.7 * {0}", "({0} + {0} - 0.5 * {0}) / 3", "{0} * Sigmoid({0} / 2) - {0}"];
    static readonly string[] Binary = ["{0} + {1}", "{0} - {1}", "{0} * {1}", "{0} / ({1} * {1} + 0.8)", "Max({0}, {1})", "Min({0}, {1})", "GreaterOrEqual({0}, {1}) * {0}", "Tanh({0} + {1}) * {1}"];
    static readonly int[] Widths = [1, 2, 3, 8, 16, 17, 33];

    // names that generated code uses itself, and some that it does not
    static readonly string[] Names =
    [
        "row", "column", "layer", "x", "x2", "xRow", "sum", "sum2", "index", "entry", "first", "last", "chunk", "product", "mask", "key0", "value", "v", "w", "dX", "total",
        "largest", "xLanes", "tail", "constant", "executor", "token", "tokens", "sequence", "sequences", "loss", "scaled", "hidden", "wide", "a", "b", "tokensIndex", "xSum", "dSum",
    ];

    readonly Random random;
    readonly StringBuilder fields = new(), methods = new();
    readonly List<(string Name, int Rows, int Columns)> matrices = [];
    int weights, loops, locals;

    RandomDefinition(int seed) => random = new(seed);

    /// <summary>The file of a definition in a namespace, with a model called Model.</summary>
    public static string Write(int seed, string ns) => new RandomDefinition(seed).File(ns);

    /// <summary>Rows: T, S, P for the batch's three sizes, C for the constant <paramref name="Count"/>.</summary>
    sealed record Value(string Name, char Rows, int Count, int Columns, double Bound)
    {
        public bool IsScalar => Rows == 'C' && Count == 1 && Columns == 1;
    }

    /// <summary>A method under construction: its statements and the values it can read.</summary>
    sealed class Frame(bool inLoop, string iteration, int iterations)
    {
        public readonly StringBuilder Statements = new();
        public readonly List<Value> Values = [];
        public readonly HashSet<string> Names = [];
        public bool InLoop => inLoop;
        public string Iteration => iteration;
        public int Iterations => iterations;
    }

    string File(string ns)
    {
        var frame = new Frame(false, "", 0);
        string[] indices = ["Tokens", "Segments", "Positions"];
        Add(frame, $"Rows({Weight(Vocabulary, Width())}, batch.Tokens)", 'T', 0, lastColumns, 1);
        for (int i = 0, count = random.Next(8, 22); i < count; i++) Grow(frame);
        var computed = frame.Values.ToList();
        string loss = string.Join(" + ", Enumerable.Range(0, 3).Select(i => i == 0 ? Loss(computed) : Scalar(Any(computed))));
        string outputs = string.Join(", ", computed.Skip(Math.Max(0, computed.Count - 6)).Select((v, i) => $"(\"{v.Name}{i}\", {v.Name})"));
        var sums = computed.Where((_, i) => i % 4 == 1).Select((v, i) => $", (\"out{i}\", {Scalar(v)})");
        return $$"""
            using static AlbertCompiled.Library;
            using static AlbertCompiled.Primitives;
            namespace {{ns}};

            [Definition]
            public sealed class CaseAttribute : ArchitectureAttribute<CaseGraph>;

            [Definition]
            public sealed class CaseGraph(CaseAttribute c) : ModelGraph
            {
            {{fields}}
                public Outputs Pretraining(TokenBatch batch)
                {
            {{frame.Statements}}        return new Outputs(("loss", {{loss}}){{string.Concat(sums)}});
                }

                public Outputs Prediction(TokenBatch batch)
                {
            {{frame.Statements}}        return new Outputs({{outputs}});
                }
            {{methods}}}

            [Case]
            [Pretraining]
            [Recompute(Recompute.{{(Recompute)random.Next(3)}})]{{(random.Next(2) == 0 ? " [LogitRows(16)]" : "")}}
            public sealed partial class Model;
            """;
    }

    void Grow(Frame frame)
    {
        switch (random.Next(20))
        {
            case < 4: Elementwise(frame); break;
            case < 7: Combine(frame); break;
            case < 9: Reduce(frame); break;
            case < 13: Product(frame); break;
            case < 15: Look(frame); break;
            case 15: Add(frame, Over(frame, out var d, v => !v.IsScalar) is var x && random.Next(2) == 0 ? $"Dropout({x}, 0.25)" : $"{x} * KeepMask({x}, 0.5)", d, d.Bound * 2); break;
            case 16: Normalise(frame); break;
            case 17: Attend(frame); break;
            default:
                if (frame.InLoop) Combine(frame);
                else Loop(frame);
                break;
        }
    }

    void Elementwise(Frame frame)
    {
        string x = Over(frame, out var v), text = Any(Unary);
        double bound = text switch
        {
            "Exp({0})" => Math.Exp(v.Bound),
            "{0} * {0}" => v.Bound * v.Bound,
            "Log({0} * {0} + 0.3)" => 3,
            "Rsqrt({0} * {0} + 0.5)" or "1.5 / ({0} * {0} + 1)" => 1.5,
            "Tanh({0})" or "Erf({0})" or "Sigmoid({0})" => 1,
            "{0} * ({0} * 0.3) * 0.5 - 0.7 * {0}" => v.Bound * (0.7 + 0.15 * v.Bound),
            _ => v.Bound + 0.3,
        };
        Add(frame, string.Format(CultureInfo.InvariantCulture, text, x), v, bound);
    }

    void Combine(Frame frame)
    {
        var a = Any(frame.Values);
        var b = Any([.. frame.Values.Where(v => (v.Rows == a.Rows && v.Count == a.Count || IsOne(v) || IsOne(a)) && (v.Columns == a.Columns || v.Columns == 1 || a.Columns == 1))]);
        if (random.Next(3) == 0 && a.Columns > 1) b = new(Vector(a.Columns), 'C', 1, a.Columns, 1.3);
        if (random.Next(2) == 0) (a, b) = (b, a);
        string text = Any(Binary);
        double bound = text switch { "{0} * {1}" => a.Bound * b.Bound, "{0} / ({1} * {1} + 0.8)" => a.Bound * 1.25, "Tanh({0} + {1}) * {1}" => b.Bound, _ => a.Bound + b.Bound };
        var rows = IsOne(a) ? b : a;
        Add(frame, string.Format(CultureInfo.InvariantCulture, text, a.Name, b.Name), rows.Rows, rows.Count, Math.Max(a.Columns, b.Columns), bound);
    }

    void Reduce(Frame frame)
    {
        string x = Over(frame, out var v);
        switch (random.Next(5))
        {
            case 0: Add(frame, $"RowMean({x})", v.Rows, v.Count, 1, v.Bound); break;
            case 1: Add(frame, $"RowMax({x})", v.Rows, v.Count, 1, v.Bound); break;
            case 2: Add(frame, $"Mean({x})", 'C', 1, v.Columns, v.Bound); break;
            case 3: Add(frame, $"ColumnSum({x}) * 0.05", 'C', 1, v.Columns, v.Bound * 2); break;
            default: Add(frame, $"Equal({x}, RowMax({x})) * {x}", v, v.Bound); break;
        }
    }

    void Product(Frame frame)
    {
        string x = Over(frame, out var v);
        int columns = matrices.Where(m => m.Rows == v.Columns).Select(m => m.Columns).ToList() is { Count: > 0 } used && random.Next(3) == 0 ? Any(used) : Width();
        string scale = Number(1 / Math.Sqrt(v.Columns));
        switch (random.Next(8))
        {
            case 0: Add(frame, $"MatMul({x}, {Weight(columns, v.Columns)}, transposeB: true) * {scale}", v.Rows, v.Count, columns, v.Bound); break;
            case 1: Add(frame, $"Tanh(MatMul({x}, {Weight(v.Columns, columns)}) + {Vector(columns)})", v.Rows, v.Count, columns, 1); break;
            case 2 when v.Rows != 'C':
                var other = Any([.. frame.Values.Where(o => o.Rows == v.Rows)]);
                Add(frame, $"MatMul({x}, {other.Name}, transposeA: true) / Max(RowCount({x}), 1)", 'C', v.Columns, other.Columns, v.Bound * other.Bound);
                break;
            case 3 when frame.Values.Where(o => o.Rows == 'C' && o.Columns == v.Columns).ToList() is { Count: > 0 } matrices:
                var m = Any(matrices);
                Add(frame, $"MatMul({x}, {m.Name}, transposeB: true) * {scale}", v.Rows, v.Count, m.Count, v.Bound * m.Bound);
                break;
            case 4:
                int half = random.Next(1, 6);
                string first = NewWeight(half, v.Columns);
                Add(frame, $"MatMul({x}, Stack({first}, {NewWeight(columns, v.Columns)}), transposeB: true) * {scale}", v.Rows, v.Count, half + columns, v.Bound);
                // the stack's first part alone begins where the stack does
                if (frame.InLoop) Add(frame, $"MatMul({x}, {first}, transposeB: true) * {scale}", v.Rows, v.Count, half, v.Bound);
                break;
            case 5 when frame.InLoop: Add(frame, $"MatMul({x}, {Weights(frame, v.Columns, columns)}) * {scale}", v.Rows, v.Count, columns, v.Bound); break;
            default: Add(frame, $"MatMul({x}, {Weight(v.Columns, columns)}) * {scale}", v.Rows, v.Count, columns, v.Bound); break;
        }
    }

    void Look(Frame frame)
    {
        switch (random.Next(10))
        {
            case 0: Add(frame, $"Rows({Weight(LongestSequence, Width())}, batch.Positions)", 'T', 0, lastColumns, 1.2); break;
            case 1: Add(frame, $"Rows({Weight(2, Width())}, batch.Order)", 'S', 0, lastColumns, 1.2); break;
            case 2: Add(frame, $"OneHot(batch.Labels, {Vocabulary + random.Next(5)})", 'P', 0, Vocabulary, 1, exactly: false); break;
            case 3 when frame.Values.Where(v => v.Columns >= 2 && v.Rows == 'T').ToList() is { Count: > 0 } wide:
                Add(frame, $"Pick({Any(wide).Name}, batch.Segments)", 'T', 0, 1, Largest);
                break;
            case 4 when frame.Values.Where(v => v.Rows == 'C' && v.Count >= 2).ToList() is { Count: > 0 } tables:
                var table = Any(tables);
                Add(frame, $"Rows({table.Name}, batch.Segments)", 'T', 0, table.Columns, table.Bound);
                break;
            case 5: Add(frame, $"Rows({Weight(Vocabulary, Width())}, batch.Labels)", 'P', 0, lastColumns, 1.2); break;
            case 6:
                string twice = Weight(Vocabulary, Width());
                Add(frame, $"Rows({twice}, batch.Tokens) - Rows({twice}, batch.Segments)", 'T', 0, lastColumns, 2.4);
                break;
            default:
                var tokens = frame.Values.Where(v => v.Rows == 'T').ToList();
                if (tokens.Count == 0) break;
                var of = Any(tokens);
                if (random.Next(3) == 0)
                {
                    Add(frame, $"{of.Name} + Rows({of.Name}, batch.SequenceOf)", 'T', 0, of.Columns, 2 * of.Bound);
                    break;
                }

                bool sequences = random.Next(2) == 0;
                Add(frame, $"Rows({of.Name}, batch.{(sequences ? "First" : "Predicted")})", sequences ? 'S' : 'P', 0, of.Columns, of.Bound);
                break;
        }
    }

    void Normalise(Frame frame)
    {
        string x = Over(frame, out var v);
        if (random.Next(3) == 0) Add(frame, $"Softmax({x})", v, 1);
        else Add(frame, $"LayerNorm({x}, new({Vector(v.Columns)}, {Vector(v.Columns)}), 0.1)", v, Largest);
    }

    void Attend(Frame frame)
    {
        var tokens = frame.Values.Where(v => v.Rows == 'T').ToList();
        if (tokens.Count == 0) return;
        var v = Any(tokens);
        int heads = random.Next(1, 4), hidden = heads * random.Next(1, 9);
        string dropout = random.Next(2) == 0 ? ", 0.2" : "";
        Add(frame, $"Attention(MatMul({v.Name}, {Weight(v.Columns, 3 * hidden)}), {heads}, batch{dropout})", 'T', 0, hidden, v.Bound);
    }

    // a method of its own, which reads the carried value, the iteration and a few values from outside
    void Loop(Frame outer)
    {
        string x = Over(outer, out var v);
        int count = random.Next(1, 5), id = loops++;
        var frame = new Frame(true, "l", count);
        frame.Names.Add("l");
        frame.Names.Add("h");
        frame.Values.Add(v with { Name = "h" });
        var captured = Enumerable.Range(0, random.Next(3)).Select(_ => Any(outer.Values)).Distinct().ToList();
        foreach (var c in captured) frame.Values.Add(c with { Name = Local(frame) });
        string parameters = string.Concat(frame.Values.Skip(1).Select(c => $", Tensor {c.Name}")), arguments = string.Concat(captured.Select(c => $", {c.Name}"));
        for (int i = 0, steps = random.Next(1, 6); i < steps; i++) Grow(frame);
        var last = frame.Values[^1];
        bool same = last.Rows == v.Rows && last.Count == v.Count && last.Columns == v.Columns && last.Name != "h";
        string result = same ? $"Tanh({last.Name}) * 0.9 + h * 0.2"
            : last.Rows == v.Rows && last.Count == v.Count ? $"Tanh(h + RowSum({last.Name}) * 0.1)" : $"Tanh(h * {Vector(v.Columns)} + {Scalar(last)})";
        methods.Append($"\n    Tensor Body{id}(Tensor h, int l, TokenBatch batch{parameters})\n    {{\n{frame.Statements}        return {result};\n    }}\n");
        Add(outer, $"Repeat({count}, {x}, (h, l) => Body{id}(h, l, batch{arguments}))", v, 1.2);
    }

    void Add(Frame frame, string text, Value shape, double bound) => Add(frame, text, shape.Rows, shape.Count, shape.Columns, bound);

    // exactly: false if the columns must be read off the value itself
    void Add(Frame frame, string text, char rows, int count, int columns, double bound, bool exactly = true)
    {
        if (!exactly) columns = int.Parse(text[(text.IndexOf(", ", StringComparison.Ordinal) + 2)..^1], CultureInfo.InvariantCulture);
        if (bound > Largest) (text, bound) = random.Next(2) == 0 ? ($"Tanh({text})", 1) : ($"({text}) * {Number(2 / bound)}", 2);
        string name = Local(frame);
        frame.Statements.Append($"        var {name} = {text};\n");
        frame.Values.Add(new(name, rows, count, columns, bound));
    }

    // the later a value, the likelier
    string Over(Frame frame, out Value value, Func<Value, bool>? which = null)
    {
        var values = which is null ? frame.Values : frame.Values.Where(which).ToList();
        value = values[Math.Max(random.Next(values.Count), random.Next(values.Count))];
        return value.Name;
    }

    static string PerRow(Value v) => $"RowMean({v.Name} * {v.Name} + {v.Name})";

    static string Scalar(Value v) => $"Mean({PerRow(v)})";

    // of several values of the same rows, one row's mean by another's
    string Loss(IReadOnlyList<Value> values)
    {
        var last = values[^1];
        var beside = values.Where(v => v.Rows == last.Rows && v.Count == last.Count).ToList();
        return $"Mean(Tanh({PerRow(Any(beside))}) * {PerRow(last)} + {PerRow(Any(beside))})";
    }

    static bool IsOne(Value v) => v.Rows == 'C' && v.Count == 1;

    string Local(Frame frame)
    {
        string name;
        do name = random.Next(3) == 0 ? $"t{locals++}" : Any(Names);
        while (!frame.Names.Add(name));
        return name;
    }

    int lastColumns;

    // now and then one that is there already: its gradients add up
    string Weight(int rows, int columns)
    {
        var known = matrices.Where(m => m.Rows == rows && m.Columns == columns).ToList();
        if (known.Count > 0 && random.Next(3) > 0)
        {
            lastColumns = columns;
            return Any(known).Name;
        }

        string name = NewWeight(rows, columns);
        matrices.Add((name, rows, columns));
        return name;
    }

    // a part of a stack has one place, and so is in no other
    string NewWeight(int rows, int columns)
    {
        lastColumns = columns;
        string name = $"matrix{weights++}";
        fields.Append(CultureInfo.InvariantCulture, $"    readonly Tensor {name} = Weight(\"{name}\", {rows}, {columns}, Initial.Normal(0.5));\n");
        return name;
    }

    string Vector(int size)
    {
        string name = $"vector{weights++}";
        fields.Append(CultureInfo.InvariantCulture, $"    readonly Tensor {name} = Weight(\"{name}\", {size}, Initial.Normal(0.5));\n");
        return name;
    }

    // weights that iterations choose from
    string Weights(Frame frame, int rows, int columns)
    {
        string name = $"choice{weights++}";
        fields.Append(CultureInfo.InvariantCulture, $"    readonly Tensor[] {name} = Each({frame.Iterations + 1}, i => Weight($\"{name}.{{i}}.weight\", {rows}, {columns}, Initial.Normal(0.5)));\n");
        string l = frame.Iteration;
        return $"{name}[{Any([l, $"{l} / 2", $"{frame.Iterations} - {l}", $"{l} + 1", "0"])}]";
    }

    int Width() => Any(Widths);

    static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    T Any<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
