using AlbertCompiled.Models;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>golden/a_tiny: one group of one block.</summary>
[Albert(Vocabulary = 512, Embedding = 32, Hidden = 64, Layers = 4, Heads = 4, Intermediate = 128, Positions = 64)]
[Pretraining]
public sealed partial class GoldenTiny;

/// <summary>golden/b_groups: two groups of two blocks, each used twice.</summary>
[Albert(Vocabulary = 512, Embedding = 32, Hidden = 64, Layers = 4, Groups = 2, InnerLayers = 2, Heads = 4, Intermediate = 128, Positions = 64)]
[Pretraining]
public sealed partial class GoldenGroups;

/// <summary>golden/e_odd: sizes that no vector divides.</summary>
[Albert(Vocabulary = 101, Embedding = 20, Hidden = 48, Layers = 3, Heads = 3, Intermediate = 100, Positions = 11)]
[Pretraining]
public sealed partial class GoldenOdd;

/// <summary>golden/h_sharing, E16_attn: attention is shared, feed-forward is not.</summary>
[Albert(Vocabulary = 128, Embedding = 16, Hidden = 32, Layers = 3, Heads = 2, Intermediate = 64, Positions = 20, Sharing = Sharing.Attention)]
[Pretraining]
public sealed partial class GoldenSharedAttention;

/// <summary>golden/h_sharing, E32_ffn: feed-forward is shared, attention is not; E = H and yet a mapping.</summary>
[Albert(
    Vocabulary = 128, Embedding = 32, Hidden = 32, AlwaysMap = true, Layers = 3, Heads = 2, Intermediate = 64, Positions = 20, Sharing = Sharing.FeedForward)]
[Pretraining]
public sealed partial class GoldenSharedFeedForward;
