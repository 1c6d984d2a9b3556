using AlbertCompiled.Models;
using AlbertCompiled.Tests.Language;

namespace AlbertCompiled.Tests.Models;

/// <summary>Whole models: gradients by finite differences, sharing, packing.</summary>
public class WholeModelTests
{
    static AlbertAttribute Tiny => new()
    {
        Vocabulary = 23,
        Embedding = 6,
        Hidden = 8,
        Layers = 3,
        Heads = 2,
        Intermediate = 10,
        Positions = 9,
        Deviation = 0.3,
    };

    public static TheoryData<string> Variants => ["all", "attention", "feed-forward", "none", "groups", "square", "mapped", "erf", "dropout"];

    [Theory, MemberData(nameof(Variants))]
    public void Albert_gradients_are_differences_of_its_loss(string variant)
    {
        var c = Tiny;
        switch (variant)
        {
            case "attention": c.Sharing = Sharing.Attention; break;
            case "feed-forward": c.Sharing = Sharing.FeedForward; break;
            case "none": c.Sharing = Sharing.None; break;
            case "groups": (c.Groups, c.InnerLayers) = (2, 2); break;
            case "square": c.Embedding = c.Hidden; break;
            case "mapped": (c.Embedding, c.AlwaysMap) = (c.Hidden, true); break;
            case "erf": c.Activation = Activation.GeluErf; break;
            case "dropout": (c.Dropout, c.AttentionDropout) = (0.2, 0.3); break;
        }

        var batch = Batches.Random(3, c.Vocabulary, 2, 5, 3);
        CheckGradients(new AlbertGraph(c) { Seed = 11 }, g => g.Pretraining(batch));
    }

    [Fact]
    public void Bert_gradients_are_differences_of_its_loss()
    {
        var c = new BertAttribute { Vocabulary = 23, Hidden = 8, Layers = 2, Heads = 2, Intermediate = 10, Positions = 9, Deviation = 0.3 };
        var batch = Batches.Random(3, c.Vocabulary, 2, 5, 3);
        CheckGradients(new BertGraph(c) { Seed = 11 }, g => g.Pretraining(batch));
    }

    [Fact]
    public void A_bert_is_an_albert_that_shares_nothing()
    {
        var bert = new BertGraph(new BertAttribute { Vocabulary = 23, Hidden = 8, Layers = 3, Heads = 2, Intermediate = 10, Positions = 9, Deviation = 0.3 }) { Seed = 11 };
        var c = Tiny;
        (c.Embedding, c.Layers, c.Sharing, c.Activation) = (c.Hidden, 3, Sharing.None, Activation.GeluErf);
        var albert = new AlbertGraph(c);
        Assert.Equal(bert.Parameters.Count, albert.Parameters.Count);
        foreach (var p in albert.Parameters) bert[BertName(p.Name)].Tensor.Values.CopyTo(p.Tensor.Values, 0);
        var batch = Batches.Random(3, 23, 2, 5, 9, 3);
        var expected = EagerRun.Evaluate(bert, g => g.Pretraining(batch));
        var actual = EagerRun.Evaluate(albert, g => g.Pretraining(batch));
        foreach (var (name, value) in expected.Outputs.Values) Assert.Equal(value.Scalar, actual[name].Scalar, 1e-12);

        static string BertName(string name) => name
            .Replace("albert.encoder.albert_layer_groups.", "bert.encoder.layer.").Replace(".albert_layers.0", "")
            .Replace(".attention.LayerNorm", ".attention.output.LayerNorm").Replace(".attention.dense", ".attention.output.dense")
            .Replace(".attention.query", ".attention.self.query").Replace(".attention.key", ".attention.self.key").Replace(".attention.value", ".attention.self.value")
            .Replace(".ffn_output", ".output.dense").Replace(".ffn", ".intermediate.dense").Replace(".full_layer_layer_norm", ".output.LayerNorm")
            .Replace("albert.pooler", "bert.pooler.dense").Replace("albert.", "bert.")
            .Replace("predictions.dense", "predictions.transform.dense").Replace("predictions.LayerNorm", "predictions.transform.LayerNorm")
            .Replace("predictions.", "cls.predictions.").Replace("sop_classifier.classifier", "cls.seq_relationship");
    }

    // The float formula of the original, int(l / L · G), gives layer 15 of 22 in 22 groups the weights of layer 14.
    [Fact]
    public void As_many_groups_as_layers_share_nothing()
    {
        var c = Tiny;
        (c.Layers, c.Groups) = (22, 22);
        var batch = Batches.Random(3, c.Vocabulary, 2, 5);
        var run = EagerRun.Train(new AlbertGraph(c) { Seed = 1 }, g => g.Pretraining(batch));
        for (int l = 0; l < 22; l++)
            Assert.Contains(run.Gradients[$"albert.encoder.albert_layer_groups.{l}.albert_layers.0.ffn.weight"], v => v != 0);
    }

    [Fact]
    public void A_sequence_does_not_see_its_neighbours()
    {
        var graph = new AlbertGraph(Tiny) { Seed = 11 };
        TokenBatch one = Batches.Random(4, 23, 2, 5), three = new(new Capacity(40, 4));
        void Add(TokenBatch from) => three.Add(from.Tokens.Span, from.Segments.Span, from.Predicted.Span, from.Labels.Span, from.Order.Span[0]);
        Add(Batches.Random(5, 23, 1, 7));
        Add(one);
        Add(Batches.Random(6, 23, 1, 3));
        var alone = EagerRun.Evaluate(graph, g => g.Prediction(one));
        var among = EagerRun.Evaluate(graph, g => g.Prediction(three));
        Close.Assert(alone["hidden"].Values, among["hidden"].Values[(7 * 8)..(12 * 8)], 1e-13);
        Close.Assert(alone["order"].Values, among["order"].Values[2..4], 1e-13);
        Close.Assert(alone["logits"].Values, among["logits"].Values[23..(3 * 23)], 1e-13);
    }

    [Fact]
    public void Without_predictions_only_sentence_order_counts()
    {
        var graph = new AlbertGraph(Tiny) { Seed = 11 };
        var batch = Batches.Random(3, 23, 0, 5, 4);
        var run = EagerRun.Train(graph, g => g.Pretraining(batch));
        Assert.Equal(0, run["mlm_loss"].Scalar);
        Assert.Equal(run["sop_loss"].Scalar, run.Loss);
        Assert.All(run.Gradients["predictions.bias"], v => Assert.Equal(0, v));
        Assert.Contains(run.Gradients["albert.pooler.weight"], v => v != 0);
    }

    static void CheckGradients<TGraph>(TGraph graph, Func<TGraph, Outputs> program) where TGraph : ModelGraph
    {
        EagerResult Run() => EagerRun.Train(graph, program, seed: 2, step: 3);
        var gradients = Run().Gradients;
        var random = new Random(1);
        foreach (var p in graph.Parameters)
        {
            int[] entries = [.. Enumerable.Range(0, 2).Select(_ => random.Next((int)p.Length))];
            var numeric = entries.Select(i => GradientCheck.Slope(() => Run().Loss, p.Tensor.Values, i)).ToArray();
            Close.Assert(numeric, [.. entries.Select(i => gradients[p.Name][i])], 2e-8, 0, p.Name);
            if (!p.Name.EndsWith("key.bias")) Assert.Contains(gradients[p.Name], v => Math.Abs(v) > 1e-4);
        }
    }
}
