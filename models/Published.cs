namespace AlbertCompiled.Models;

// Checkpoints that were published with another configuration than the zoo's.

/// <summary>ALBERT base, version 1, as it was published: dropout, and GELU in its exact form.</summary>
[Albert(Hidden = 768, Layers = 12, Heads = 12, Intermediate = 3072, Activation = Activation.GeluErf, Dropout = 0.1, AttentionDropout = 0.1)]
[Pretraining]
[Optimizer(Optimizer.Lamb)]
public sealed partial class AlbertBaseV1;

/// <summary>ALBERT large, version 1, as it was published.</summary>
[Albert(Hidden = 1024, Layers = 24, Heads = 16, Intermediate = 4096, Activation = Activation.GeluErf, Dropout = 0.1, AttentionDropout = 0.1)]
[Pretraining]
[Optimizer(Optimizer.Lamb)]
public sealed partial class AlbertLargeV1;

/// <summary>ALBERT xlarge, version 1, as it was published.</summary>
[Albert(Hidden = 2048, Layers = 24, Heads = 16, Intermediate = 8192, Activation = Activation.GeluErf, Dropout = 0.1, AttentionDropout = 0.1)]
[Pretraining]
[Optimizer(Optimizer.Lamb)]
public sealed partial class AlbertXLargeV1;

/// <summary>ALBERT xxlarge, version 1, as it was published.</summary>
[Albert(Hidden = 4096, Layers = 12, Heads = 64, Intermediate = 16_384, Activation = Activation.GeluErf)]
[Pretraining]
[Optimizer(Optimizer.Lamb)]
public sealed partial class AlbertXXLargeV1;

/// <summary>ALBERT xlarge, version 2, as it was published: with half the heads of <see cref="AlbertXLarge"/>, whose number the paper gives.</summary>
[Albert(Hidden = 2048, Layers = 24, Heads = 16, Intermediate = 8192)]
[Pretraining]
[Optimizer(Optimizer.Lamb)]
public sealed partial class AlbertXLargeV2;
