using System.Collections.Immutable;

namespace AlbertCompiled.Generators.Graph;

/// <summary>An operation whose operands do not fit. The tracer turns it into a diagnostic at the line it is interpreting.</summary>
internal sealed class GraphException(string message) : Exception(message)
{
    /// <summary>The nodes whose shapes clash, so that a diagnostic can name their origins.</summary>
    public ImmutableArray<int> Operands { get; init; } = [];
}

/// <summary>Appends operations, checks their operands and infers their shapes.</summary>
internal sealed class GraphBuilder
{
    readonly List<ParameterDeclaration> parameters = [];
    readonly HashSet<string> names = [];
    readonly List<Block> blocks = [];
    readonly List<Node> nodes = [];
    readonly Dictionary<int, Node> byId = [];
    (string Name, int Iterations, int Initial, int Input)? open;
    int next;
    int sites;

    /// <summary>Set before each operation: where it comes from.</summary>
    public Origin Origin { get; set; } = Origin.None;

    /// <summary>True between <see cref="BeginLoop"/> and <see cref="EndLoop"/>.</summary>
    public bool InLoop => open is not null;

    public Node this[int id] => byId[id];

    public Shape ShapeOf(int id) => byId[id].Shape;

    public IReadOnlyList<ParameterDeclaration> Parameters => parameters;

    /// <summary>Notes the variable that a node of the open block was assigned to, in the definition or in the library.</summary>
    public void Name(int id, string variable, bool inLibrary)
    {
        int index = nodes.FindLastIndex(n => n.Id == id);
        if (index < 0) return;
        var origin = nodes[index].Origin;
        byId[id] = nodes[index] = nodes[index] with { Origin = inLibrary ? origin with { Part = origin.Part ?? variable } : origin with { Variable = origin.Variable ?? variable } };
    }

    /// <summary>Declares a parameter and returns its index.</summary>
    public int Declare(ParameterDeclaration parameter)
    {
        if (parameter.Shape.Rows.Size <= 0 || parameter.Shape.Columns <= 0)
            throw new GraphException($"the weight {parameter.Name} has the shape {parameter.Shape}; sizes must be positive");
        if (parameter.Length > int.MaxValue / 2) throw new GraphException($"the weight {parameter.Name} {parameter.Shape} has more than 2^30 values");
        if (!names.Add(parameter.Name)) throw new GraphException($"the weight {parameter.Name} is declared twice");
        parameters.Add(parameter);
        return parameters.Count - 1;
    }

    /// <summary>Reads a parameter; choices: per iteration, the adjacent parts.</summary>
    public int Parameter(ParameterReference reference)
    {
        Shape Span(ImmutableArray<int> parts)
        {
            var first = parameters[parts[0]].Shape;
            bool vector = parameters[parts[0]].IsVector;
            foreach (int p in parts)
            {
                if (parameters[p].IsVector != vector || !vector && parameters[p].Shape.Columns != first.Columns)
                    throw new GraphException($"{parameters[parts[0]].Name} {first} and {parameters[p].Name} {parameters[p].Shape} cannot be stacked");
            }

            return vector
                ? new(Dim.One, parts.Sum(p => parameters[p].Shape.Columns))
                : new(Dim.Of(parts.Sum(p => parameters[p].Shape.Rows.Size)), first.Columns);
        }

        var shape = Span(reference.Choices[0]);
        foreach (var parts in reference.Choices)
        {
            if (Span(parts) != shape)
                throw new GraphException($"{parameters[reference.Choices[0][0]].Name} {shape} and {parameters[parts[0]].Name} {Span(parts)} take turns in a Repeat but differ in shape");
        }

        if (reference.Choices.All(parts => parts.SequenceEqual(reference.Choices[0]))) reference = new([reference.Choices[0]]);
        return Add(New(Op.Parameter, shape, []) with { Parameter = reference });
    }

    public int Constant(double value) => Add(New(Op.Constant, Shape.Scalar, []) with { Value = value });

    /// <summary>The number of rows of <paramref name="x"/> as a scalar.</summary>
    public int RowCount(int x) => ShapeOf(x).Rows is { IsConstant: true } rows
        ? Constant(rows.Size)
        : Add(New(Op.RowCount, Shape.Scalar, []) with { Counted = ShapeOf(x).Rows });

    public int Unary(Op op, int x) => Add(op, ShapeOf(x), [x]);

    public int Binary(Op op, int a, int b)
    {
        Shape x = ShapeOf(a), y = ShapeOf(b);
        if (!(x.Rows == y.Rows || x.Rows.IsOne || y.Rows.IsOne) || !(x.Columns == y.Columns || x.Columns == 1 || y.Columns == 1))
            throw new GraphException($"{op} takes equal shapes or rows and columns of 1, not {x} and {y}") { Operands = [a, b] };
        return Add(op, new(x.Rows.IsOne ? y.Rows : x.Rows, x.Columns == 1 ? y.Columns : x.Columns), [a, b]);
    }

    public int RowSum(int x) => Add(Op.RowSum, new(ShapeOf(x).Rows, 1), [x]);

    public int RowMax(int x) => Add(Op.RowMax, new(ShapeOf(x).Rows, 1), [x]);

    public int ColumnSum(int x) => Add(Op.ColumnSum, new(Dim.One, ShapeOf(x).Columns), [x]);

    /// <summary>Rows of a table by one of the batch's index vectors.</summary>
    public int Rows(int table, string index, Dim dimension) => Add(New(Op.Rows, new(dimension, ShapeOf(table).Columns), [table]) with { Index = index });

    public int OneHot(string index, Dim dimension, int columns)
    {
        if (columns <= 0) throw new GraphException($"OneHot needs a positive number of columns, not {columns}");
        return Add(New(Op.OneHot, new(dimension, columns), []) with { Index = index });
    }

    /// <summary>A vector of numbers of the batch.</summary>
    public int Column(string vector, Dim dimension) => Add(New(Op.Column, new(dimension, 1), []) with { Index = vector });

    /// <summary>ln Σ exp over the rows of each group, by an index vector that says each row's group.</summary>
    public int GroupLogSum(int x, string index, Dim members, Dim groups)
    {
        if (ShapeOf(x).Rows != members) throw new GraphException($"GroupLogSum by {index} takes [{members}, ·], not {ShapeOf(x)}") { Operands = [x] };
        return Add(New(Op.GroupLogSum, new(groups, ShapeOf(x).Columns), [x]) with { Index = index });
    }

    /// <summary>A dropout mask of the shape of <paramref name="x"/>.</summary>
    public int KeepMask(int x, double probability)
    {
        CheckProbability(probability);
        return probability == 0 ? Constant(1) : Add(New(Op.KeepMask, ShapeOf(x), []) with { Probability = probability, Site = NextSite() });
    }

    public int MatMul(int a, int b, bool transposeA, bool transposeB)
    {
        Shape x = ShapeOf(a), y = ShapeOf(b);
        Dim rows = transposeA ? Dim.Of(x.Columns) : x.Rows, inner = transposeA ? x.Rows : Dim.Of(x.Columns);
        Dim other = transposeB ? Dim.Of(y.Columns) : y.Rows, columns = transposeB ? y.Rows : Dim.Of(y.Columns);
        if (inner != other || !columns.IsConstant)
            throw new GraphException($"MatMul cannot multiply {x}{(transposeA ? "ᵀ" : "")} and {y}{(transposeB ? "ᵀ" : "")}") { Operands = [a, b] };
        return Add(New(Op.MatMul, new(rows, columns.Size), [a, b]) with { TransposeA = transposeA, TransposeB = transposeB });
    }

    /// <summary>Multi-head attention over packed sequences: [tokens, 3H] → [tokens, H].</summary>
    public int Attention(int queryKeyValue, int heads, double probability)
    {
        var shape = ShapeOf(queryKeyValue);
        CheckProbability(probability);
        if (shape.Rows != Dim.Tokens || shape.Columns % 3 != 0)
            throw new GraphException($"Attention takes queries, keys and values side by side, [tokens, 3·hidden], not {shape}") { Operands = [queryKeyValue] };
        int hidden = shape.Columns / 3;
        if (heads <= 0 || hidden % heads != 0)
            throw new GraphException($"{heads} heads do not divide the hidden size {hidden}") { Operands = [queryKeyValue] };
        int attention = Add(New(Op.Attention, new(Dim.Tokens, hidden), [queryKeyValue]) with { Heads = heads, Probability = probability, Site = probability > 0 ? NextSite() : default });
        Add(New(Op.AttentionLogSum, new(Dim.Tokens, heads), [attention]));
        return attention;
    }

    /// <summary>The second result of an attention node, the logarithm of each row's sum of exponentials, stands right behind it.</summary>
    public static int LogSumOf(Node attention) => attention.Id + 1;

    /// <summary>Opens a loop and returns the node that carries <paramref name="initial"/> through it.</summary>
    public int BeginLoop(string name, int iterations, int initial)
    {
        if (InLoop) throw new GraphException("a Repeat cannot stand inside a Repeat");
        if (iterations <= 0) throw new GraphException($"Repeat needs a positive number of iterations, not {iterations}");
        Close("", 1, []);
        int input = Add(Op.Carry, ShapeOf(initial), []);
        open = (name, iterations, initial, input);
        return input;
    }

    /// <summary>Closes the loop and returns the node that holds the carried value after the last iteration.</summary>
    public int EndLoop(int output)
    {
        var (name, iterations, initial, input) = open!.Value;
        if (ShapeOf(output) != ShapeOf(input))
            throw new GraphException($"Repeat carries {ShapeOf(input)} but its body returns {ShapeOf(output)}") { Operands = [input, output] };
        if (output == input) throw new GraphException("the body of a Repeat returns its argument unchanged");
        open = null;
        int result = next;
        Close(name, iterations, [new(initial, input, output, result)]);
        return Add(Op.LoopResult, ShapeOf(output), [output]);
    }

    /// <summary>The finished program.</summary>
    public ModelGraph Build(ImmutableArray<(string Name, int Node)> outputs)
    {
        Close("", 1, []);
        return new([.. parameters], [.. blocks], outputs);
    }

    void Close(string name, int iterations, ImmutableArray<Carry> carries)
    {
        blocks.Add(new(name, iterations, false, [.. nodes], carries));
        nodes.Clear();
    }

    Site NextSite() => new(sites++, InLoop);

    static void CheckProbability(double probability)
    {
        if (!(probability >= 0 && probability < 1)) throw new GraphException($"a dropout probability lies in [0, 1), not at {probability}");
    }

    int Add(Op op, Shape shape, ImmutableArray<int> inputs) => Add(New(op, shape, inputs));

    int Add(Node node)
    {
        if (node.Shape.Columns <= 0) throw new GraphException($"{node.Op} would have the shape {node.Shape}");
        node = node with { Id = next++, Origin = Origin };
        nodes.Add(node);
        byId[node.Id] = node;
        return node.Id;
    }

    static Node New(Op op, Shape shape, ImmutableArray<int> inputs) => new(0, op, shape, inputs);
}
