using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Passes;
using Microsoft.CodeAnalysis.CSharp;

namespace AlbertCompiled.Generators.Emit.Onnx;

/// <summary>
/// The calls of a graph as C# statements. A call that one other of the same statement of the definition reads is written as its
/// argument; what the definition names, or is read more than once, gets a local.
/// </summary>
internal sealed class OnnxStatements
{
    const int LongestLine = 140;

    readonly OnnxSelection selection;
    readonly HashSet<OnnxExpression> read;
    readonly Dictionary<OnnxCall, string> locals = [];

    public OnnxStatements(OnnxSelection selection, Names names)
    {
        this.selection = selection;
        var blocks = Graph.Blocks.SelectMany((b, i) => b.Nodes.Select(n => (n.Id, Block: i))).ToDictionary(n => n.Id, n => n.Block);
        var outputs = Graph.Outputs.ToLookup(o => o.Node, o => o.Name);
        var ends = new HashSet<OnnxExpression>(Graph.Outputs.Select(o => o.Node).Concat(Graph.Blocks.SelectMany(b => b.Carries).SelectMany(c => new[] { c.Initial, c.Output }))
            .Select(id => selection.ValueOf(selection.Find(id))));
        read = Reachable(ends);
        var calls = Roots(Graph.Nodes).SelectMany(Parts).ToList();
        var readers = calls.SelectMany(reader => reader.Arguments.OfType<OnnxCall>().Select(call => (Call: call, Reader: reader))).ToLookup(r => r.Call, r => r.Reader);

        var aliases = Graph.Nodes.Where(n => n.Origin.Name is not null && selection.IsNeeded(n)).ToLookup(selection.ValueOf, n => n.Origin.Name);

        bool IsNode(OnnxCall call) => selection.CallOf(call.Node) == call;

        string? NameOf(OnnxCall call) => call.Local ?? (IsNode(call) ? outputs[call.Node.Id].FirstOrDefault() ?? call.Origin.Name ?? aliases[call].FirstOrDefault() : null);

        bool IsArgument(OnnxCall call) => NameOf(call) is null && !ends.Contains(call) && readers[call].Count() == 1 && readers[call].Single() is var reader
            && blocks[reader.Node.Id] == blocks[call.Node.Id] && reader.Origin.Statement == call.Origin.Statement;

        // names of the definition come first, so that its values get them and not what leads there
        foreach (var call in calls.Where(c => !IsArgument(c)).OrderBy(c => NameOf(c) is null ? 1 : 0))
            locals[call] = names.Unique(Camel(NameOf(call) ?? names.Kernel(call.Node)));
    }

    public ModelGraph Graph => selection.Graph;

    /// <summary>The statements of a block in order, with the places that they come from.</summary>
    public IEnumerable<(Origin Origin, string Text)> Of(Block block)
    {
        foreach (var root in Roots(block.Nodes))
        {
            foreach (var call in Parts(root).Where(locals.ContainsKey))
                yield return (call.Origin, $"var {locals[call]} = {string.Join("\n", Lines(call, isDefinition: true))};");
        }
    }

    /// <summary>A node's value as it is read.</summary>
    public string Text(int id) => Flat(selection.ValueOf(selection.Find(id)));

    // weights that their readers take in another form are left out
    IEnumerable<OnnxCall> Roots(IEnumerable<Node> nodes) => nodes.Select(selection.CallOf).OfType<OnnxCall>().Where(read.Contains);

    static HashSet<OnnxExpression> Reachable(IEnumerable<OnnxExpression> ends)
    {
        var reached = new HashSet<OnnxExpression>();
        var stack = new Stack<OnnxExpression>(ends);
        while (stack.Count > 0)
        {
            if (stack.Pop() is { } expression && reached.Add(expression) && expression is OnnxCall call)
                foreach (var argument in call.Arguments) stack.Push(argument);
        }

        return reached;
    }

    // a call with the calls that are made for it alone, these first
    IEnumerable<OnnxCall> Parts(OnnxCall call) =>
        call.Arguments.OfType<OnnxCall>().Where(part => part.Node.Id == call.Node.Id).SelectMany(Parts).Append(call);

    List<string> Lines(OnnxExpression expression, bool isDefinition = false)
    {
        string flat = Flat(expression, isDefinition);
        if (flat.Length <= LongestLine || expression is not OnnxCall { Arguments.IsEmpty: false } call || !isDefinition && locals.ContainsKey(call)) return [flat];
        var lines = new List<string> { $"onnx.{call.Method}(" };
        for (int i = 0; i < call.Arguments.Length; i++)
        {
            lines.AddRange(Lines(call.Arguments[i]).Select(line => $"    {line}"));
            lines[^1] += i < call.Arguments.Length - 1 ? "," : ")";
        }

        return lines;
    }

    string Flat(OnnxExpression expression, bool isDefinition = false) => expression switch
    {
        OnnxText text => text.Text,
        OnnxCall call when !isDefinition && locals.TryGetValue(call, out string? local) => local,
        OnnxCall call => $"onnx.{call.Method}({string.Join(", ", call.Arguments.Select(a => Flat(a)))})",
        _ => throw new InvalidOperationException(),
    };

    // an output may be called class
    static string Camel(string name)
    {
        string pascal = Names.Identifier(name), camel = char.ToLowerInvariant(pascal[0]) + pascal[1..];
        return SyntaxFacts.GetKeywordKind(camel) == SyntaxKind.None ? camel : "@" + camel;
    }
}
