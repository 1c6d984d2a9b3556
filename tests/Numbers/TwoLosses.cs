using static AlbertCompiled.Library;
using static AlbertCompiled.Primitives;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>The smallest model whose two losses are means over unlike dimensions, with every way in which gradients are added up: quick to compile for a device.</summary>
[Definition]
public sealed class TwoLossesAttribute : ArchitectureAttribute<TwoLossesGraph>
{
    public int Vocabulary { get; set; } = 37;
    public int Hidden { get; set; } = 12;
}

/// <summary>A table, a layer, a loss per prediction and one per sequence.</summary>
[Definition]
public sealed class TwoLossesGraph(TwoLossesAttribute c) : ModelGraph
{
    readonly Tensor word = Weight("word", c.Vocabulary, c.Hidden, Initial.Normal(0.5));
    readonly LinearLayer layer = new(Weight("layer.weight", c.Hidden, c.Hidden, Initial.Normal(0.5)), Weight("layer.bias", c.Hidden, Initial.Zero));
    readonly Tensor bias = Weight("bias", c.Vocabulary, Initial.Normal(0.5));
    readonly LinearLayer order = new(Weight("order.weight", 2, c.Hidden, Initial.Normal(0.5)), Weight("order.bias", 2, Initial.Zero));

    public Outputs Pretraining(TokenBatch batch)
    {
        var hidden = Tanh(Linear(Rows(word, batch.Tokens), layer));
        var logits = MatMul(Rows(hidden, batch.Predicted), word, transposeB: true) + bias;
        var mlm = Mean(CrossEntropy(logits, batch.Labels));
        var sop = Mean(CrossEntropy(Linear(Rows(hidden, batch.First), order), batch.Order));
        return new Outputs(("loss", mlm + sop), ("mlm_loss", mlm), ("sop_loss", sop), ("mlm_accuracy", Mean(Correct(logits, batch.Labels))));
    }
}

[TwoLosses]
[Pretraining]
internal sealed partial class SmallTwoLosses;

/// <summary>The same, with bands of logits; their width is one that tensor cores take.</summary>
[TwoLosses(Vocabulary = 40, Hidden = 16)]
[Pretraining]
[LogitRows(16)]
internal sealed partial class BandedTwoLosses;

[TwoLosses(Vocabulary = 40, Hidden = 16)]
[Pretraining]
internal sealed partial class WholeTwoLosses;
