using AlbertCompiled.Models;

namespace AlbertCompiled.Tests.Onnx;

// Beside the models of the golden cases: every layer of its own, the exact GELU, no mapping, weights that pick their layer by a list.

[Bert(Vocabulary = 101, Hidden = 30, Layers = 3, Heads = 5, Intermediate = 70, Positions = 33, Deviation = 0.2)]
[Pretraining]
internal sealed partial class SmallBert;

[Albert(
    Vocabulary = 101, Embedding = 24, Hidden = 24, Layers = 5, Groups = 2, InnerLayers = 2, Heads = 3, Intermediate = 50, Positions = 33,
    Sharing = Sharing.Attention, Activation = Activation.GeluErf, Deviation = 0.2)]
[Pretraining]
internal sealed partial class UnmappedAlbert;
