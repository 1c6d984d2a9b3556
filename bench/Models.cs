using AlbertCompiled.Models;

namespace AlbertCompiled.Bench;

// What the zoo has no use for: ALBERT with dropout, version 1's, and ALBERT base with one size changed.

[Albert(Hidden = 768, Layers = 12, Heads = 12, Intermediate = 3072, Dropout = 0.1, AttentionDropout = 0.1)]
[Pretraining]
internal sealed partial class AlbertBaseDropout;

[Albert(Vocabulary = 8_000, Embedding = 128, Hidden = 256, Layers = 6, Heads = 4, Intermediate = 1024, Dropout = 0.1, AttentionDropout = 0.1)]
[Pretraining]
internal sealed partial class AlbertSmallDropout;

[Albert(Hidden = 768, Layers = 1, Heads = 12, Intermediate = 3072)]
[Pretraining]
internal sealed partial class AlbertLayers1;

[Albert(Hidden = 768, Layers = 3, Heads = 12, Intermediate = 3072)]
[Pretraining]
internal sealed partial class AlbertLayers3;

[Albert(Hidden = 768, Layers = 6, Heads = 12, Intermediate = 3072)]
[Pretraining]
internal sealed partial class AlbertLayers6;

[Albert(Hidden = 768, Layers = 24, Heads = 12, Intermediate = 3072)]
[Pretraining]
internal sealed partial class AlbertLayers24;

[Albert(Hidden = 256, Layers = 12, Heads = 4, Intermediate = 1024)]
[Pretraining]
internal sealed partial class AlbertHidden256;

[Albert(Hidden = 512, Layers = 12, Heads = 8, Intermediate = 2048)]
[Pretraining]
internal sealed partial class AlbertHidden512;

[Albert(Hidden = 1024, Layers = 12, Heads = 16, Intermediate = 4096)]
[Pretraining]
internal sealed partial class AlbertHidden1024;

[Albert(Hidden = 2048, Layers = 12, Heads = 32, Intermediate = 8192)]
[Pretraining]
internal sealed partial class AlbertHidden2048;

// Judges tell two classes of sentences apart.

[Albert(Hidden = 768, Layers = 12, Heads = 12, Intermediate = 3072)]
[Classification(labels: 2, Dropout = 0)]
internal sealed partial class AlbertBaseJudge;

[Albert(Hidden = 768, Layers = 12, Heads = 12, Intermediate = 3072, Dropout = 0.1, AttentionDropout = 0.1)]
[Classification(labels: 2)]
internal sealed partial class AlbertBaseDropoutJudge;

[Albert(Vocabulary = 8_000, Embedding = 128, Hidden = 256, Layers = 6, Heads = 4, Intermediate = 1024)]
[Classification(labels: 2, Dropout = 0)]
internal sealed partial class AlbertSmallJudge;

[Albert(Vocabulary = 8_000, Embedding = 128, Hidden = 256, Layers = 6, Heads = 4, Intermediate = 1024, Dropout = 0.1, AttentionDropout = 0.1)]
[Classification(labels: 2)]
internal sealed partial class AlbertSmallDropoutJudge;
