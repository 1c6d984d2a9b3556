using AlbertCompiled.Models;

namespace AlbertCompiled.Tests.Numbers;

// Small models that together have every choice of the two architectures. No size divides another.

[Albert(Vocabulary = 37, Embedding = 13, Hidden = 21, Layers = 2, Heads = 3, Intermediate = 29, Positions = 12, Deviation = 0.3, Dropout = 0.1, AttentionDropout = 0.2)]
[Pretraining]
[Recompute(Recompute.None)]
internal sealed partial class OddNone;

[Albert(Vocabulary = 37, Embedding = 13, Hidden = 21, Layers = 2, Heads = 3, Intermediate = 29, Positions = 12, Deviation = 0.3, Dropout = 0.1, AttentionDropout = 0.2)]
[Pretraining]
[Recompute(Recompute.Cheap)]
internal sealed partial class OddCheap;

[Albert(Vocabulary = 37, Embedding = 13, Hidden = 21, Layers = 2, Heads = 3, Intermediate = 29, Positions = 12, Deviation = 0.3, Dropout = 0.1, AttentionDropout = 0.2)]
[Pretraining]
[Recompute(Recompute.Layer)]
internal sealed partial class OddLayer;

[Albert(Vocabulary = 37, Embedding = 13, Hidden = 16, Layers = 3, Heads = 2, Intermediate = 32, Positions = 12, Deviation = 0.3, Sharing = Sharing.All)]
[Pretraining]
internal sealed partial class SharedAll;

[Albert(Vocabulary = 37, Embedding = 13, Hidden = 16, Layers = 3, Heads = 2, Intermediate = 32, Positions = 12, Deviation = 0.3, Sharing = Sharing.Attention)]
[Pretraining]
[Recompute(Recompute.Cheap)]
internal sealed partial class SharedAttention;

[Albert(Vocabulary = 37, Embedding = 13, Hidden = 16, Layers = 3, Heads = 2, Intermediate = 32, Positions = 12, Deviation = 0.3, Sharing = Sharing.FeedForward)]
[Pretraining]
internal sealed partial class SharedFeedForward;

[Albert(Vocabulary = 37, Embedding = 13, Hidden = 16, Layers = 3, Heads = 2, Intermediate = 32, Positions = 12, Deviation = 0.3, Sharing = Sharing.None, Dropout = 0.1)]
[Pretraining]
[Recompute(Recompute.Layer)]
internal sealed partial class SharedNone;

[Albert(Vocabulary = 37, Embedding = 16, Hidden = 16, Layers = 3, Heads = 2, Intermediate = 32, Positions = 12, Deviation = 0.3)]
[Pretraining]
internal sealed partial class Square;

[Albert(Vocabulary = 37, Embedding = 16, Hidden = 16, AlwaysMap = true, Layers = 3, Heads = 2, Intermediate = 32, Positions = 12, Deviation = 0.3)]
[Pretraining]
internal sealed partial class SquareMapped;

// ten blocks: a smaller deviation keeps float32 rounding from growing through them
[Albert(Vocabulary = 37, Embedding = 13, Hidden = 24, Layers = 5, Groups = 2, InnerLayers = 2, Heads = 3, Intermediate = 40, Positions = 12, Deviation = 0.2, Dropout = 0.1)]
[Pretraining]
[Recompute(Recompute.Cheap)]
internal sealed partial class Grouped;

[Albert(
    Vocabulary = 37, Embedding = 13, Hidden = 24, Layers = 3, InnerLayers = 2, Heads = 3, Intermediate = 40, Positions = 12, Deviation = 0.3,
    Sharing = Sharing.FeedForward, AttentionDropout = 0.1)]
[Pretraining]
[Recompute(Recompute.Layer)]
internal sealed partial class GroupedLayer;

[Albert(Vocabulary = 37, Embedding = 13, Hidden = 16, Layers = 1, Heads = 1, Intermediate = 32, Positions = 12, Deviation = 0.3, Activation = Activation.GeluErf)]
[Pretraining]
internal sealed partial class OneLayer;

[Bert(Vocabulary = 37, Hidden = 24, Layers = 3, Heads = 3, Intermediate = 40, Positions = 12, Deviation = 0.3, Dropout = 0.1, AttentionDropout = 0.1)]
[Pretraining]
internal sealed partial class SmallBert;
