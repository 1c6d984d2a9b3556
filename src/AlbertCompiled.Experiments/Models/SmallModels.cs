using AlbertCompiled.Models;

namespace AlbertCompiled.Experiments;

// A model is a type: what an experiment compares stands here, a class for each configuration.

/// <summary>All layers share their weights; E = 8.</summary>
[Albert(
    Vocabulary = Shape.Vocabulary, Embedding = 8, Hidden = Shape.Hidden, Layers = Shape.Layers, Heads = Shape.Heads, Intermediate = Shape.Intermediate, Positions = Shape.Positions,
    Deviation = Shape.Deviation, SinusoidalPositions = Shape.Sines)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class SharedE8;

/// <summary>All layers share their weights; E = 16.</summary>
[Albert(
    Vocabulary = Shape.Vocabulary, Embedding = 16, Hidden = Shape.Hidden, Layers = Shape.Layers, Heads = Shape.Heads, Intermediate = Shape.Intermediate, Positions = Shape.Positions,
    Deviation = Shape.Deviation, SinusoidalPositions = Shape.Sines)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class SharedE16;

/// <summary>All layers share their weights; E = 32.</summary>
[Albert(
    Vocabulary = Shape.Vocabulary, Embedding = 32, Hidden = Shape.Hidden, Layers = Shape.Layers, Heads = Shape.Heads, Intermediate = Shape.Intermediate, Positions = Shape.Positions,
    Deviation = Shape.Deviation, SinusoidalPositions = Shape.Sines)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class SharedE32;

/// <summary>All layers share their weights; E = H.</summary>
[Albert(
    Vocabulary = Shape.Vocabulary, Embedding = Shape.Hidden, Hidden = Shape.Hidden, Layers = Shape.Layers, Heads = Shape.Heads, Intermediate = Shape.Intermediate, Positions = Shape.Positions,
    Deviation = Shape.Deviation, SinusoidalPositions = Shape.Sines)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class SharedE64;

/// <summary>Every layer has weights of its own; E = 8.</summary>
[Albert(
    Vocabulary = Shape.Vocabulary, Embedding = 8, Hidden = Shape.Hidden, Layers = Shape.Layers, Heads = Shape.Heads, Intermediate = Shape.Intermediate, Positions = Shape.Positions,
    Deviation = Shape.Deviation, SinusoidalPositions = Shape.Sines, Sharing = Sharing.None)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class OwnE8;

/// <summary>Every layer has weights of its own; E = 16.</summary>
[Albert(
    Vocabulary = Shape.Vocabulary, Embedding = 16, Hidden = Shape.Hidden, Layers = Shape.Layers, Heads = Shape.Heads, Intermediate = Shape.Intermediate, Positions = Shape.Positions,
    Deviation = Shape.Deviation, SinusoidalPositions = Shape.Sines, Sharing = Sharing.None)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class OwnE16;

/// <summary>Every layer has weights of its own; E = 32.</summary>
[Albert(
    Vocabulary = Shape.Vocabulary, Embedding = 32, Hidden = Shape.Hidden, Layers = Shape.Layers, Heads = Shape.Heads, Intermediate = Shape.Intermediate, Positions = Shape.Positions,
    Deviation = Shape.Deviation, SinusoidalPositions = Shape.Sines, Sharing = Sharing.None)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class OwnE32;

/// <summary>Every layer has weights of its own; E = H: as BERT spends parameters.</summary>
[Albert(
    Vocabulary = Shape.Vocabulary, Embedding = Shape.Hidden, Hidden = Shape.Hidden, Layers = Shape.Layers, Heads = Shape.Heads, Intermediate = Shape.Intermediate, Positions = Shape.Positions,
    Deviation = Shape.Deviation, SinusoidalPositions = Shape.Sines, Sharing = Sharing.None)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class OwnE64;

/// <summary>Attention is shared; E = 16.</summary>
[Albert(
    Vocabulary = Shape.Vocabulary, Embedding = 16, Hidden = Shape.Hidden, Layers = Shape.Layers, Heads = Shape.Heads, Intermediate = Shape.Intermediate, Positions = Shape.Positions,
    Deviation = Shape.Deviation, SinusoidalPositions = Shape.Sines, Sharing = Sharing.Attention)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class SharedAttentionE16;

/// <summary>Attention is shared; E = H.</summary>
[Albert(
    Vocabulary = Shape.Vocabulary, Embedding = Shape.Hidden, Hidden = Shape.Hidden, Layers = Shape.Layers, Heads = Shape.Heads, Intermediate = Shape.Intermediate, Positions = Shape.Positions,
    Deviation = Shape.Deviation, SinusoidalPositions = Shape.Sines, Sharing = Sharing.Attention)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class SharedAttentionE64;

/// <summary>Feed-forward is shared; E = 16.</summary>
[Albert(
    Vocabulary = Shape.Vocabulary, Embedding = 16, Hidden = Shape.Hidden, Layers = Shape.Layers, Heads = Shape.Heads, Intermediate = Shape.Intermediate, Positions = Shape.Positions,
    Deviation = Shape.Deviation, SinusoidalPositions = Shape.Sines, Sharing = Sharing.FeedForward)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class SharedFeedForwardE16;

/// <summary>Feed-forward is shared; E = H.</summary>
[Albert(
    Vocabulary = Shape.Vocabulary, Embedding = Shape.Hidden, Hidden = Shape.Hidden, Layers = Shape.Layers, Heads = Shape.Heads, Intermediate = Shape.Intermediate, Positions = Shape.Positions,
    Deviation = Shape.Deviation, SinusoidalPositions = Shape.Sines, Sharing = Sharing.FeedForward)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class SharedFeedForwardE64;

/// <summary>Two groups of layers, each shared; E = 16.</summary>
[Albert(
    Vocabulary = Shape.Vocabulary, Embedding = 16, Hidden = Shape.Hidden, Layers = Shape.Layers, Heads = Shape.Heads, Intermediate = Shape.Intermediate, Positions = Shape.Positions,
    Deviation = Shape.Deviation, SinusoidalPositions = Shape.Sines, Groups = 2)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class TwoGroupsE16;

/// <summary><see cref="SharedE16"/> with dropout.</summary>
[Albert(
    Vocabulary = Shape.Vocabulary, Embedding = 16, Hidden = Shape.Hidden, Layers = Shape.Layers, Heads = Shape.Heads, Intermediate = Shape.Intermediate, Positions = Shape.Positions,
    Deviation = Shape.Deviation, SinusoidalPositions = Shape.Sines, Dropout = 0.1, AttentionDropout = 0.1)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class DropoutE16;

/// <summary>Twice as wide as <see cref="SharedE16"/>.</summary>
[Albert(
    Vocabulary = Shape.Vocabulary, Embedding = 16, Hidden = Shape.WideHidden, Layers = Shape.Layers, Heads = 2 * Shape.Heads, Intermediate = 4 * Shape.WideHidden, Positions = Shape.Positions,
    Deviation = Shape.Deviation, SinusoidalPositions = Shape.Sines)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class WideE16;

/// <summary><see cref="SharedE16"/> with more layers.</summary>
[Albert(
    Vocabulary = Shape.Vocabulary, Embedding = 16, Hidden = Shape.Hidden, Layers = Shape.DeepLayers, Heads = Shape.Heads, Intermediate = Shape.Intermediate, Positions = Shape.Positions,
    Deviation = Shape.Deviation, SinusoidalPositions = Shape.Sines)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class DeepSharedE16;

/// <summary><see cref="OwnE64"/> with more layers.</summary>
[Albert(
    Vocabulary = Shape.Vocabulary, Embedding = Shape.Hidden, Hidden = Shape.Hidden, Layers = Shape.DeepLayers, Heads = Shape.Heads, Intermediate = Shape.Intermediate, Positions = Shape.Positions,
    Deviation = Shape.Deviation, SinusoidalPositions = Shape.Sines, Sharing = Sharing.None)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class DeepOwnE64;
