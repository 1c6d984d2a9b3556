using AlbertCompiled.Models;

namespace AlbertCompiled.Tests.Numbers;

// One ALBERT that drops values in every place it can, large enough that all threads get rows, under each rule of recomputation.

[Albert(Vocabulary = 211, Embedding = 24, Hidden = 48, Layers = 3, Heads = 3, Intermediate = 100, Positions = 40, Deviation = 0.1, Dropout = 0.1, AttentionDropout = 0.1)]
[Pretraining]
[Recompute(Recompute.None)]
[LogitRows(32)]
internal sealed partial class DroppingNone;

[Albert(Vocabulary = 211, Embedding = 24, Hidden = 48, Layers = 3, Heads = 3, Intermediate = 100, Positions = 40, Deviation = 0.1, Dropout = 0.1, AttentionDropout = 0.1)]
[Pretraining]
[Recompute(Recompute.Cheap)]
[LogitRows(32)]
internal sealed partial class DroppingCheap;

[Albert(Vocabulary = 211, Embedding = 24, Hidden = 48, Layers = 3, Heads = 3, Intermediate = 100, Positions = 40, Deviation = 0.1, Dropout = 0.1, AttentionDropout = 0.1)]
[Pretraining]
[Recompute(Recompute.Layer)]
[LogitRows(32)]
internal sealed partial class DroppingLayer;
