using System.Text;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Trace;
using AlbertCompiled.Tests.Infrastructure;
using Graph = AlbertCompiled.Generators.Graph.ModelGraph;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>Golden graphs: a traced program, node by node.</summary>
public class GraphSnapshotTests
{
    [Fact]
    public Task Layers_of_their_own()
    {
        string source = Subject.Source(
            fields: Subject.Fields + """
                sealed record Block(LinearLayer Query, LinearLayer Key, LinearLayer Value);
                readonly Block[] blocks = Each(c.Layers, i => new Block(Line(c, $"{i}.query"), Line(c, $"{i}.key"), Line(c, $"{i}.value")));
                static LinearLayer Line(NetAttribute c, string name) => new(Weight($"{name}.weight", c.Hidden, c.Hidden, Initial.One), Weight($"{name}.bias", c.Hidden, Initial.Zero));
                """,
            members: """
                Tensor Layer(Tensor x, Block block, TokenBatch batch)
                {
                    var context = Attention(Linear(x, Library.Stack(block.Query, block.Key, block.Value)), c.Heads, batch);
                    return x + Dropout(context, 0.1);
                }
                """,
            body: "var x = Repeat(c.Layers, Rows(table, batch.Tokens), (h, l) => Layer(h, blocks[c.Layers - 1 - l], batch)); var loss = Mean(CrossEntropy(Linear(Rows(x, batch.First), head), batch.Order)); return new Outputs((\"loss\", loss));");
        var result = GeneratorHarness.Run(GeneratorHarness.Compilation(source));
        Assert.Empty(result.Diagnostics);
        return Verifier.Verify(Print(((TracedModel)result.TrackedSteps["Trace"].Single().Outputs.Single().Value).Program("Pretraining")!));
    }

    static string Print(Graph graph)
    {
        var text = new StringBuilder();
        foreach (var p in graph.Parameters) text.Append($"weight {p.Name} {p.Shape} {p.Initial}\n");
        foreach (var block in graph.Blocks)
        {
            text.Append(block.IsLoop ? $"\nloop {block.Name}, {block.Iterations} iterations\n" : "\nblock\n");
            foreach (var node in block.Nodes)
            {
                text.Append($"  %{node.Id} = {node.Op} {node.Shape} ({string.Join(", ", node.Inputs.Select(i => $"%{i}"))}){Details(node, graph)}");
                text.Append($"    // {node.Origin.Path}{(node.Origin.Name is { } name ? $": {name}" : "")}\n");
            }

            foreach (var carry in block.Carries) text.Append($"  carries %{carry.Initial} → %{carry.Input}, %{carry.Output} → %{carry.Result}\n");
        }

        return text.Append('\n').AppendJoin("\n", graph.Outputs.Select(o => $"output {o.Name} = %{o.Node}")).ToString();
    }

    static string Details(Node node, Graph graph) => node.Op switch
    {
        Op.Parameter => $" {string.Join(" | ", node.Parameter!.Choices.Select(c => string.Join(" ", c.Select(p => graph.Parameters[p].Name))))}",
        Op.Constant => $" {FormattableString.Invariant($"{node.Value:R}")}",
        Op.Rows or Op.OneHot => $" by {node.Index}",
        Op.RowCount => $" of {node.Counted}",
        Op.MatMul => $"{(node.TransposeA ? " ᵀA" : "")}{(node.TransposeB ? " Bᵀ" : "")}",
        Op.KeepMask => FormattableString.Invariant($" p {node.Probability} site {node.Site.Ordinal}"),
        Op.Attention => $" {node.Heads} heads",
        _ => "",
    };
}
