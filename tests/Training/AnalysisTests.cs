using System.Xml.Linq;
using AlbertCompiled.Cpu;
using AlbertCompiled.Models;
using AlbertCompiled.Tests.Numbers;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>What is measured inside a model, against numbers found by hand.</summary>
public class AnalysisTests
{
    [Fact]
    public void Distance_and_cosine_of_rows()
    {
        // (3, 4) → (3, 0): distance 4, cosine 9/15; (1, 0) → (0, 2): distance √5, cosine 0
        var change = LayerChange.Of(new(2, 2, [3, 4, 1, 0]), new(2, 2, [3, 0, 0, 2]));
        Assert.Equal((4 + Math.Sqrt(5)) / 2, change.Distance.Mean, 12);
        Assert.Equal((4 - Math.Sqrt(5)) / 2, change.Distance.Deviation, 12);
        Assert.Equal(0.3, change.Cosine.Mean, 12);
        Assert.Equal(0.3, change.Cosine.Deviation, 12);
        Assert.Equal(0, LayerChange.CosineOf([0, 0], [1, 1]));
        Assert.Equal(-1, LayerChange.CosineOf([1, -2], [-2, 4]), 12);
    }

    [Fact]
    public void Neighbours_of_a_constructed_table()
    {
        // angles from row 0: 0°, 90°, 45°, 0° (longer), 180°
        var table = new EmbeddingNeighbours([1, 0, 0, 1, 1, 1, 5, 0, -1, 0], 2);
        var nearest = table.Nearest(0, [0, 1, 2, 3, 4], 3);
        Assert.Equal([3, 2, 1], nearest.Select(n => n.Piece));
        Assert.Equal([1, Math.Sqrt(0.5), 0], nearest.Select(n => n.Cosine), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([4], table.Nearest(0, [4], 3).Select(n => n.Piece));
    }

    [Fact]
    public void Shares_of_an_attention_map()
    {
        var map = new AttentionMap("1", 1, new(3, 3, [1, 0, 0, 0.6, 0.4, 0, 0.1, 0.2, 0.7]));
        Assert.Equal(0.7, map.Share(0), 12);
        Assert.Equal(0.4, map.Share(1), 12);
        Assert.Equal(0, map.Share(-1), 12);
        Assert.Equal(1.7 / 3, map.From(j => j == 0), 12);
        var mean = AttentionMap.Mean([map, new("1", 2, new(3, 3, [0, 1, 0, 0, 1, 0, 0, 1, 0]))]);
        Assert.Equal([0.5, 0.5, 0, 0.3, 0.7, 0, 0.05, 0.6, 0.35], mean.Probabilities.Values.Select(v => Math.Round(v, 12)));
    }

    [Fact]
    public void A_trace_sees_every_layer_and_every_head()
    {
        // 5 layers of 2 blocks with 3 heads
        using var model = Grouped.Create(new CpuDevice(1), new(9, 2, 1), seed: 3);
        var graph = ModelGraph.Of(model);
        var batch = new TokenBatch(new(9, 2, 1));
        batch.Add([1, 2, 3, 4], [0, 0, 0, 0]);
        batch.Add([5, 6, 7, 8, 9], [0, 0, 1, 1, 1]);
        var trace = new LayerTrace(keepsAttention: true);
        var seen = EagerRun.Evaluate(graph, g => g.Program("Encoding")!(batch), trace);
        Assert.Equal(5, trace.Changes.Count);
        Assert.All(trace.Changes, c => Assert.True(c.Distance.Mean > 0 && c.Cosine.Mean < 1));
        Assert.Equal(["1.1", "1.2", "2.1", "2.2", "3.1", "3.2", "4.1", "4.2", "5.1", "5.2"], trace.Attention.Select(b => b[0].Layer));
        Assert.All(trace.Attention, block => Assert.Equal([1, 2, 3], block.Select(m => m.Head)));
        Assert.All(trace.Attention.SelectMany(b => b), map =>
        {
            Assert.Equal(4, map.Length);
            for (int i = 0; i < 4; i++) Assert.Equal(1, Enumerable.Range(0, 4).Sum(j => map.Probabilities[i, j]), 12);
        });

        // looking changes nothing
        Assert.Equal(EagerRun.Evaluate(graph, g => g.Program("Encoding")!(batch))["hidden"].Values, seen["hidden"].Values);
        Assert.Null(graph.Program("Parsing"));
    }

    [Fact]
    public void The_changes_are_those_of_the_carried_values()
    {
        var graph = new Halving();
        var trace = new LayerTrace(keepsAttention: false);
        EagerRun.Evaluate(graph, g => g.Halve(new(2, 2, [8, 0, 0, 16])), trace);
        Assert.Equal([6, 3, 1.5], trace.Changes.Select(c => c.Distance.Mean)); // from 8 to 4 and from 16 to 8, and so on
        Assert.All(trace.Changes, c => Assert.Equal(1, c.Cosine.Mean, 12));
        Assert.Empty(trace.Attention);
    }

    [Fact]
    public void The_page_is_well_formed_and_shows_every_head()
    {
        var vocabulary = TestText.Vocabulary;
        using var model = AlbertTiny.Create(new CpuDevice(1), new(1, 1, 1));
        var heldOut = new TokenBatch(new(16, 2, 1));
        heldOut.Add([2, 100, 101, 3], [0, 0, 0, 0]);
        heldOut.Add([2, 200, 3], [0, 0, 0]);
        int[] sentence = [vocabulary.Classify, .. vocabulary.Encode("a <b> & \"c\""), vocabulary.Separator];
        var analysis = ModelAnalysis.Run(model, vocabulary, heldOut, sentence, [100, 101]);
        Assert.Equal((2, 7, 3), (analysis.Sequences, analysis.Tokens, analysis.Layers.Count));
        var page = XDocument.Parse(AnalysisPage.Draw(model.Description, "untrained", vocabulary, analysis).ToString());
        Assert.Equal(2, Count("polygon", "spread"));
        Assert.Equal(3 * 2, Count("g", "head"));
        Assert.Equal(3 * sentence.Length, Count("rect", "reach"));
        Assert.Equal(2, page.Descendants().Count(e => e.Name.LocalName == "tr"));
        Assert.Contains(page.Descendants(), e => e.Name.LocalName == "title" && e.Value.Contains("takes from: "));
        Assert.Throws<TrainingException>(() => ModelAnalysis.Run(model, vocabulary, heldOut, new int[129], []));

        int Count(string element, string style) => page.Descendants().Count(e => e.Name.LocalName == element && (e.Attribute("class")?.Value.Split(' ').Contains(style) ?? false));
    }

    sealed class Halving : ModelGraph
    {
        public Outputs Halve(Tensor x) => new(("x", Primitives.Repeat(3, x, (h, _) => 0.5 * h)));
    }
}
