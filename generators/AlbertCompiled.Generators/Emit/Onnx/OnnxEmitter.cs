using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Passes;

namespace AlbertCompiled.Generators.Emit.Onnx;

/// <summary>Prints the methods that build a model's inference programs as ONNX graphs.</summary>
internal static class OnnxEmitter
{
    /// <summary>A file with every program that only infers; none if the model has no such program.</summary>
    /// <param name="ns">The model's namespace.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="graphs">Its programs.</param>
    public static IEnumerable<(string Hint, string Text)> Files(string ns, string model, IEnumerable<(ProgramRule Rule, ModelGraph Graph)> graphs)
    {
        var programs = graphs.Where(g => !g.Rule.Trains).Select(g => (Name: g.Rule.Infers, g.Graph)).ToList();
        if (programs.Count == 0) yield break;
        yield return ("Onnx", CSharpWriter.File(ns, "AlbertCompiled.Onnx", $"{model}: {string.Join(", ", programs.Select(p => p.Name))} as ONNX graphs over padded sequences.", w =>
            w.Block($"partial class {Identifier.Of(model)}", () =>
            {
                w.Line("/// <inheritdoc/>");
                w.Block("protected override void BuildOnnx(string program, OnnxGraph onnx)", () => w.Block("switch (program)", () =>
                {
                    foreach (var (name, _) in programs) w.Line($"case {CSharpWriter.Quote(name)}: {Method(name)}(onnx); break;");
                    w.Line("default: base.BuildOnnx(program, onnx); break;");
                }));
                foreach (var (name, graph) in programs)
                {
                    w.Blank();
                    Print(w, model, name, Simplify.Run(WithoutDropout.Run(graph)));
                }
            })));
    }

    // builds a program
    static string Method(string program) => $"Build{Identifier.Pascal(program)}";

    static void Print(CSharpWriter w, string model, string program, ModelGraph graph)
    {
        string heading = $"static void {Method(program)}(OnnxGraph onnx)";
        var names = new Names(["onnx"]);
        try
        {
            var selection = new OnnxSelection(graph, _ => names.Unique("state"));
            w.Block(heading, () => Print(w, new OnnxStatements(selection, names)));
        }
        catch (OnnxRefusal refusal)
        {
            w.Line($"{heading} =>");
            w.Indented(() => w.Line($"throw new OnnxException({CSharpWriter.Quote($"the program {program} of {model} has no ONNX form: {refusal.Message}")});"));
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
