using System.Globalization;

namespace AlbertCompiled.Onnx;

/// <summary>
/// The inference program of a model as an ONNX graph over padded sequences. Generated code builds it, a node a call; the weights
/// are read when the graph is saved.
/// </summary>
public sealed partial class OnnxGraph
{
    /// <summary>The version of the standard's operators that graphs are made of.</summary>
    public const int OperatorSet = 17;

    const string Batch = "batch", Sequence = "sequence";

    // before the names of constants: a weight may be called 1
    const string Numbers = "/constants/";

    readonly ParameterSet parameters;
    readonly List<OnnxNode> nodes = [];
    readonly List<OnnxPort> inputs = [], outputs = [];
    readonly Dictionary<string, (OnnxTensor Tensor, OnnxValue Value)> tensors = [];
    readonly Dictionary<string, int> names = [];

    internal OnnxGraph(ModelDescription description, ParameterSet parameters)
    {
        (Description, this.parameters) = (description, parameters);
        (Tokens, AttentionMask, Segments) = (Input("input_ids"), Input("attention_mask"), Input("token_type_ids"));
    }

    /// <summary>Goes before the names of the nodes that follow, as a folder would.</summary>
    public string Scope { get; set; } = "";

    internal ModelDescription Description { get; }

    internal IReadOnlyList<OnnxNode> Nodes => nodes;

    internal IReadOnlyList<OnnxPort> Inputs => inputs;

    internal IReadOnlyList<OnnxPort> Outputs => outputs;

    internal IEnumerable<OnnxTensor> Tensors => tensors.Values.Select(t => t.Tensor);

    /// <summary>A weight of the model: a matrix [rows, columns], a vector [size]. Stored once, however often it is used.</summary>
    public OnnxValue Weight(string name) => Constant(name, () => new OnnxWeight(name, Find(name), false, parameters));

    /// <summary>A matrix of the model that is stored transposed, [columns, rows].</summary>
    public OnnxValue Transposed(string name) => Constant($"{name}.transposed", () => new OnnxWeight($"{name}.transposed", Find(name), true, parameters));

    /// <summary>A number.</summary>
    public OnnxValue Scalar(float value)
    {
        string name = Numbers + value.ToString("R", CultureInfo.InvariantCulture);
        return Constant(name, () => new OnnxNumbers<float>(name, OnnxElement.Float, [], [value]));
    }

    /// <summary>A result of the graph with a row for every token of every sequence: [batch, sequence, columns].</summary>
    public void TokenOutput(string name, OnnxValue value, int columns) => Output(name, value, Batch, Sequence, columns);

    /// <summary>A result of the graph with a row for every sequence: [batch, columns].</summary>
    public void SequenceOutput(string name, OnnxValue value, int columns) => Output(name, value, Batch, columns);

    /// <summary>A result of the graph of a fixed shape: [rows, columns].</summary>
    public void FixedOutput(string name, OnnxValue value, int rows, int columns) => Output(name, Reshape(value, rows, columns), rows, columns);

    /// <summary>Writes the graph and its weights to a file: under a temporary name beside it, which is then renamed.</summary>
    /// <returns>Bytes of the file.</returns>
    /// <exception cref="OnnxException">The file cannot be written, would be larger than the format allows, or an output has the name of something else.</exception>
    public long Save(string path)
    {
        CheckNames();
        return OnnxFile.Write(this, path);
    }

    // the format has one space of names for all of these
    void CheckNames()
    {
        var values = inputs.Concat(outputs).Select(p => p.Value).Concat(tensors.Values.Select(t => t.Value)).Concat(nodes.Select(n => n.Output)).Distinct();
        if (values.GroupBy(v => v.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new OnnxException($"{Description.Name} has two things called {twice.Key}, which ONNX could not tell apart: an output must have another name than the inputs, the weights and the other outputs");
    }

    OnnxValue Input(string name)
    {
        var value = new OnnxValue(name, isComputed: false);
        names[name] = 1;
        inputs.Add(new(value, OnnxElement.Int64, [Batch, Sequence]));
        return value;
    }

    void Output(string name, OnnxValue value, params object[] shape)
    {
        // a value has one name: an input, a constant, or what is an output already, is handed on
        if (!value.IsComputed || outputs.Any(o => o.Value == value)) value = Node("Identity", [value]);
        value.Name = name;
        outputs.Add(new(value, OnnxElement.Float, shape));
    }

    OnnxValue Integers(params ReadOnlySpan<long> values)
    {
        long[] copy = values.ToArray();
        string name = $"{Numbers}[{string.Join(", ", copy)}]";
        return Constant(name, () => new OnnxNumbers<long>(name, OnnxElement.Int64, [copy.Length], copy));
    }

    OnnxValue Integer(long value)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{Numbers}int64 {value}");
        return Constant(name, () => new OnnxNumbers<long>(name, OnnxElement.Int64, [], [value]));
    }

    OnnxValue Constant(string name, Func<OnnxTensor> create)
    {
        if (!tensors.TryGetValue(name, out var known)) tensors[name] = known = (create(), new(name, isComputed: false));
        return known.Value;
    }

    OnnxValue Node(string type, OnnxValue[] operands, params (string, object)[] attributes)
    {
        string name = $"{Scope}/{type}";
        int count = names[name] = names.GetValueOrDefault(name) + 1;
        if (count > 1) name = string.Create(CultureInfo.InvariantCulture, $"{name}_{count}");
        var result = new OnnxValue(name, isComputed: true);
        nodes.Add(new(type, name, operands, result, attributes));
        return result;
    }

    ParameterInfo Find(string name) => Description.Parameters.FirstOrDefault(p => p.Name == name) ?? throw new KeyNotFoundException($"{Description.Name} has no parameter {name}");
}
