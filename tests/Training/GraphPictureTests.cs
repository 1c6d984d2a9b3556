using System.Xml.Linq;
using AlbertCompiled.Models;
using AlbertCompiled.Tests.Numbers;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>The compiled graph as data, held to the rest of the description, and its picture.</summary>
public class GraphPictureTests
{
    public static TheoryData<string> Models => new(Described.Keys);

    static readonly Dictionary<string, ModelDescription> Described = ((ModelDescription[])[AlbertTiny.Compiled, AlbertBase.Compiled, AlbertBaseEncoder.Compiled, BertBase.Compiled, OddLayer.Compiled, Grouped.Compiled])
        .ToDictionary(m => m.Name);

    [Theory]
    [MemberData(nameof(Models))]
    public void The_graph_agrees_with_the_description(string model)
    {
        foreach (var program in Described[model].Programs)
        {
            var graph = ProgramGraph.Parse(program.Graph);
            long Units(string region) => graph.Slots.Where(s => s.Region == region).Select(s => s.Offset + s.Units).DefaultIfEmpty(0).Max();
            Assert.Equal(program.Arena.Token, Units("Token"));
            Assert.Equal(program.Arena.Prediction, Units("Prediction"));
            Assert.Equal(program.Arena.ExactToken, Units("ExactToken"));
            Assert.Equal(program.Arena.TokenChunk, Units("TokenChunk"));
            Assert.Equal(program.FlopsPerToken, Flops(graph, k => k.Kind == KernelKind.Product && k.Rows == Dimension.Tokens));
            Assert.Equal(program.FlopsPerTokenPair, Flops(graph, k => k.Kind == KernelKind.Attention));
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_kernel_touches_only_slots_that_are_kept_for_it(string model)
    {
        foreach (var graph in Described[model].Programs.Select(p => ProgramGraph.Parse(p.Graph)))
        {
            for (int k = 0; k < graph.Kernels.Length; k++)
            {
                Assert.NotEmpty(graph.Kernels[k].Statements);
                Assert.All(graph.Kernels[k].Reads.Concat(graph.Kernels[k].Writes), s => Assert.InRange(k, graph.Slots[s].First, graph.Slots[s].Last));
            }

            for (int s = 0; s < graph.Slots.Length; s++) Assert.Contains(graph.Kernels, k => k.Writes.Contains(s));
            foreach (var a in graph.Slots)
                foreach (var b in graph.Slots.Where(b => a.Name != b.Name && a.Region == b.Region && a.First <= b.Last && b.First <= a.Last))
                    Assert.True(a.Offset + a.Units <= b.Offset || b.Offset + b.Units <= a.Offset, $"{a.Name} and {b.Name} overlap");
        }
    }

    [Fact]
    public void Lines_become_kernels_and_slots()
    {
        var graph = ProgramGraph.Parse("statement|var x = a || b;\nloop|layer|3|down\nslot|x|[tokens, 4]|Token|3|16|12|0|1\n" +
            "kernel|XLinear|Product|0|backward|tokens|24|48.5|0,word|0,∂word|MatMul:1,Add:2|[tokens, 4] = x|0\nkernel|Sum|ColumnSum|-1|forward|7|1|2||0||s|0");
        Assert.Equal("var x = a || b;", Assert.Single(graph.Statements));
        Assert.Equal(new GraphLoop("layer", 3, true), Assert.Single(graph.Loops));
        Assert.Equal(new GraphSlot("x", "[tokens, 4]", "Token", 3, 16, 12, 0, 1), Assert.Single(graph.Slots));
        var product = graph.Kernels[0];
        Assert.Equal(("XLinear", KernelKind.Product, 0, true, Dimension.Tokens, 24, 48.5), (product.Name, product.Kind, product.Loop, product.Backward, product.Rows, product.Flops, product.Bytes));
        Assert.Equal(["word", "∂word"], product.Parameters.AsEnumerable());
        Assert.Equal([("MatMul", 1), ("Add", 2)], product.Operations.AsEnumerable());
        Assert.Equal((null, 7, -1), (graph.Kernels[1].Rows, graph.Kernels[1].ConstantRows, graph.Kernels[1].Loop));
        Assert.Throws<FormatException>(() => ProgramGraph.Parse("kernel|x"));
    }

    [Fact]
    public void The_picture_shows_every_kernel_and_slot()
    {
        var model = AlbertTiny.Compiled;
        var graph = ProgramGraph.Parse(model.Programs[0].Graph);
        var drawing = XDocument.Parse(GraphPicture.Draw(model, model.Programs[0], new(4096, 32)).ToString());
        Assert.Equal("svg", drawing.Root!.Name.LocalName);
        int Count(string style) => drawing.Descendants().Count(e => e.Name.LocalName == "g" && e.Attribute("class")!.Value.Split(' ')[0] == style);
        Assert.Equal((graph.Kernels.Length, graph.Slots.Length), (Count("kernel"), Count("slot")));
        Assert.Equal(graph.Kernels.Length, drawing.Descendants().Count(e => e.Attribute("class")?.Value == "link"));
        Assert.Equal(["for each of 3 layers", "for each of 3 layers, the last one first"], drawing.Descendants().Where(e => e.Attribute("class")?.Value == "loop-name").Select(e => e.Value));
        Assert.DoesNotContain(drawing.Descendants(), e => e.Name.LocalName == "script");
        double width = double.Parse(drawing.Root.Attribute("width")!.Value, System.Globalization.CultureInfo.InvariantCulture), height = double.Parse(drawing.Root.Attribute("height")!.Value, System.Globalization.CultureInfo.InvariantCulture);
        foreach (var box in drawing.Descendants().Where(e => e.Name.LocalName == "rect" && e.Attribute("class")!.Value == "box"))
        {
            double Of(string name) => double.Parse(box.Attribute(name)!.Value, System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(Of("x") >= 0 && Of("y") >= 0 && Of("x") + Of("width") <= width && Of("y") + Of("height") <= height);
        }
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(12_345, "12.3 kB")]
    [InlineData(1e9, "1 GB")]
    public void Quantities_have_a_prefix(double value, string shown) => Assert.Equal(shown, GraphPicture.Quantity(value, "B"));

    static double Flops(ProgramGraph graph, Func<GraphKernel, bool> which) => graph.Kernels.Where(which).Sum(k => k.Flops * (k.Loop < 0 ? 1 : graph.Loops[k.Loop].Iterations));
}
