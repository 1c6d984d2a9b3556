using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Passes;

namespace AlbertCompiled.Generators.Emit.Onnx;

/// <summary>Prints the method that builds a model's inference program as an ONNX graph.</summary>
internal static class OnnxEmitter
{
    /// <param name="ns">The model's namespace.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="prediction">Its traced Prediction.</param>
    public static (string Hint, string Text) File(string ns, string model, ModelGraph prediction) =>
        ("Onnx", CSharpWriter.File(ns, "AlbertCompiled.Onnx", $"{model}: the predict program as an ONNX graph over padded sequences.", w =>
            w.Block($"partial class {model}", () =>
            {
                w.Line("/// <inheritdoc/>");
                Print(w, Simplify.Run(WithoutDropout.Run(prediction)));
            })));

    static void Print(CSharpWriter w, ModelGraph graph)
    {
        const string Heading = "protected override void BuildOnnx(OnnxGraph onnx)";
        var names = new Names(["onnx"]);
        try
        {
            var selection = new OnnxSelection(graph, _ => names.Unique("state"));
            w.Block(Heading, () => Print(w, new OnnxStatements(selection, names)));
        }
        catch (OnnxRefusal refusal)
        {
            w.Line($"{Heading} =>");
            w.Indented(() => w.Line($"throw new OnnxException($\"the inference program of {{Description.Name}} has no ONNX form: {refusal.Message}\");"));
        }
    }

    static void Print(CSharpWriter w, OnnxStatements statements)
    {
        foreach (var block in statements.Graph.Blocks)
        {
            if (block.IsLoop)
            {
                w.Blank();
                foreach (var c in block.Carries) w.Line($"var {statements.Text(c.Input)} = {statements.Text(c.Initial)};");
                w.Block(FormattableString.Invariant($"for (int layer = 0; layer < {block.Iterations}; layer++)"), () =>
                {
                    w.Line($"onnx.Scope = $\"/{block.Name}.{{layer}}\";");
                    Print(w, statements, block);
                    w.Blank();
                    foreach (var c in block.Carries) w.Line($"{statements.Text(c.Input)} = {statements.Text(c.Output)};");
                });
                w.Blank();
            }
            else
            {
                Print(w, statements, block);
            }
        }

        w.Blank();
        w.Line("onnx.Scope = \"\";");
        foreach (var (name, id) in statements.Graph.Outputs) w.Line(Output(name, statements.Graph.Nodes.First(n => n.Id == id).Shape, statements.Text(id)));
    }

    // calls of one statement of the definition stand together under it, those of one of its methods in one scope
    static void Print(CSharpWriter w, OnnxStatements statements, Block block)
    {
        string? source = null, scope = null;
        foreach (var (origin, lines) in statements.Of(block))
        {
            string line = Headings.OneLine(origin.Statement), method = origin.Path.Split('/').Skip(1).DefaultIfEmpty("").First();
            if (source is not null && line != source) w.Blank();
            if (!block.IsLoop && method != scope) w.Line($"onnx.Scope = \"{(method.Length > 0 ? $"/{method}" : "")}\";");
            if (line != source && line.Length > 0) w.Line($"// {line}");
            (source, scope) = (line, method);
            w.Lines(lines);
        }
    }

    static string Output(string name, Shape shape, string value) => shape.Rows.Kind switch
    {
        DimensionKind.Constant => FormattableString.Invariant($"onnx.FixedOutput({CSharpWriter.Quote(name)}, {value}, {shape.Rows.Size}, {shape.Columns});"),
        DimensionKind.Sequences => FormattableString.Invariant($"onnx.SequenceOutput({CSharpWriter.Quote(name)}, {value}, {shape.Columns});"),
        _ => FormattableString.Invariant($"onnx.TokenOutput({CSharpWriter.Quote(name)}, {value}, {shape.Columns});"),
    };
}
