namespace AlbertCompiled.Onnx;

/// <summary>A graph as the protocol buffer of the standard (onnx.proto); the numbers are its field numbers.</summary>
static class OnnxMessages
{
    // the version of the file format that came with this set of operators
    const long IrVersion = 8;

    const string Producer = "AlbertCompiled";

    /// <summary>ModelProto.</summary>
    public static ProtobufMessage Model(OnnxGraph graph) => new ProtobufMessage()
        .Add(1, IrVersion)
        .Add(2, Producer)
        .Add(3, typeof(OnnxMessages).Assembly.GetName().Version!.ToString(3))
        .Add(8, new ProtobufMessage().Add(1, "").Add(2, OnnxGraph.OperatorSet))
        .Add(7, Graph(graph))
        .AddAll(14, graph.Description.Configuration.Select(c => new ProtobufMessage().Add(1, c.Name).Add(2, c.Value)));

    // GraphProto
    static ProtobufMessage Graph(OnnxGraph graph) => new ProtobufMessage()
        .AddAll(1, graph.Nodes.Select(Node))
        .Add(2, graph.Description.Name)
        .AddAll(5, graph.Tensors.Select(Tensor))
        .AddAll(11, graph.Inputs.Select(Port))
        .AddAll(12, graph.Outputs.Select(Port));

    // NodeProto
    static ProtobufMessage Node(OnnxNode node) => new ProtobufMessage()
        .AddAll(1, node.Inputs.Select(i => i.Name))
        .Add(2, node.Output.Name)
        .Add(3, node.Name)
        .Add(4, node.Operator)
        .AddAll(5, node.Attributes.Select(a => Attribute(a.Name, a.Value)));

    // AttributeProto: name, value, type
    static ProtobufMessage Attribute(string name, object value) => value switch
    {
        float f => new ProtobufMessage().Add(1, name).Add(2, f).Add(20, 1),
        long i => new ProtobufMessage().Add(1, name).Add(3, i).Add(20, 2),
        long[] integers => new ProtobufMessage().Add(1, name).AddAll(8, integers).Add(20, 7),
        _ => throw new ArgumentException($"{name} is a {value.GetType().Name}"),
    };

    // TensorProto
    static ProtobufMessage Tensor(OnnxTensor tensor) => new ProtobufMessage()
        .AddAll(1, tensor.Shape)
        .Add(2, (long)tensor.Type)
        .Add(8, tensor.Name)
        .AddBytes(9, tensor.Bytes, tensor.Write);

    // ValueInfoProto › TypeProto › Tensor › TensorShapeProto › Dimension
    static ProtobufMessage Port(OnnxPort port)
    {
        var shape = new ProtobufMessage().AddAll(1, port.Shape.Select(size => size is string name ? new ProtobufMessage().Add(2, name) : new ProtobufMessage().Add(1, (int)size)));
        return new ProtobufMessage().Add(1, port.Value.Name).Add(2, new ProtobufMessage().Add(1, new ProtobufMessage().Add(1, (long)port.Type).Add(2, shape)));
    }
}
