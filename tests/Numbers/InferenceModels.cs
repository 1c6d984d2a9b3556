using AlbertCompiled.Models;
using static AlbertCompiled.Library;
using static AlbertCompiled.Primitives;

namespace AlbertCompiled.Tests.Numbers;

// Small models with programs of inference, alone and beside training. No size divides another.

[Albert(Vocabulary = 37, Embedding = 13, Hidden = 21, Layers = 2, Heads = 3, Intermediate = 29, Positions = 12, Deviation = 0.3, Dropout = 0.1, AttentionDropout = 0.2)]
[Encoding]
internal sealed partial class OddEncoder;

/// <summary>What <see cref="OddNone"/> computes, with all programs at once.</summary>
[Albert(Vocabulary = 37, Embedding = 13, Hidden = 21, Layers = 2, Heads = 3, Intermediate = 29, Positions = 12, Deviation = 0.3, Dropout = 0.1, AttentionDropout = 0.2)]
[Classification(labels: 5, Training = false)]
[Encoding]
[Pretraining]
internal sealed partial class OddEverything;

[Albert(Vocabulary = 37, Embedding = 13, Hidden = 21, Layers = 2, Heads = 3, Intermediate = 29, Positions = 12, Deviation = 0.3, Dropout = 0.1, AttentionDropout = 0.2)]
[Classification(labels: 5, Training = false)]
internal sealed partial class OddClassifier;

[Albert(Vocabulary = 37, Embedding = 13, Hidden = 24, Layers = 5, Groups = 2, InnerLayers = 2, Heads = 3, Intermediate = 40, Positions = 12, Deviation = 0.3)]
[Encoding]
[Precision(Compute.BFloat16)]
internal sealed partial class RoundingEncoder;

[Bert(Vocabulary = 37, Hidden = 24, Layers = 3, Heads = 3, Intermediate = 40, Positions = 12, Deviation = 0.3, Dropout = 0.1, AttentionDropout = 0.1)]
[Encoding]
[Classification(labels: 2, Training = false)]
internal sealed partial class BertEncoderAndClassifier;

/// <summary>An architecture that offers an encoder and nothing else.</summary>
[Definition]
public sealed class AveragingAttribute : ArchitectureAttribute<AveragingGraph>
{
    /// <summary>Rows of the table.</summary>
    public int Vocabulary { get; set; } = 37;
}

/// <summary>A table of words; its outputs bear names that a C# type has already.</summary>
[Definition]
public sealed class AveragingGraph(AveragingAttribute c) : ModelGraph
{
    readonly Tensor unread = Weight("unread", c.Vocabulary, 5, Initial.Normal(1));
    readonly Tensor word = Weight("word", c.Vocabulary, 7, Initial.Normal(1));

    /// <summary>The mean word, and how far it lies from zero.</summary>
    public Outputs Encoding(TokenBatch batch)
    {
        var hidden = Rows(word, batch.Tokens);
        var dead = Rows(unread, batch.Tokens);
        var mean = Mean(hidden);
        return new Outputs(("to_string", mean), ("2nd-moment", RowSum(mean * mean)), ("hidden", hidden), ("class", hidden + 1));
    }
}

[Averaging]
[Encoding]
internal sealed partial class Averaging;
