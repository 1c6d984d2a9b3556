namespace AlbertCompiled.Models;

/// <summary>A tiny ALBERT (1.3M parameters) that learns something in minutes on a processor; its position table starts ordered.</summary>
[Albert(
    Vocabulary = 8_000, Embedding = 128, Hidden = 128, Layers = 3, Heads = 2, Intermediate = 512, AlwaysMap = true,
    Deviation = 0.05, SinusoidalPositions = 0.05 * 1.4142135623730951)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class AlbertTiny;

/// <summary>A small ALBERT.</summary>
[Albert(Vocabulary = 8_000, Embedding = 128, Hidden = 256, Layers = 6, Heads = 4, Intermediate = 1024)]
[Pretraining]
[Optimizer(Optimizer.AdamW)]
public sealed partial class AlbertSmall;

/// <summary>ALBERT base, version 2 (no dropout): 12M parameters.</summary>
[Albert(Hidden = 768, Layers = 12, Heads = 12, Intermediate = 3072)]
[Pretraining]
[Optimizer(Optimizer.Lamb)]
public sealed partial class AlbertBase;

/// <summary>The encoder of <see cref="AlbertBase"/> alone, for inference: its weights come from a checkpoint.</summary>
[Albert(Hidden = 768, Layers = 12, Heads = 12, Intermediate = 3072)]
[Encoding]
public sealed partial class AlbertBaseEncoder;

/// <summary>ALBERT large, version 2 (no dropout): 18M parameters.</summary>
[Albert(Hidden = 1024, Layers = 24, Heads = 16, Intermediate = 4096)]
[Pretraining]
[Optimizer(Optimizer.Lamb)]
public sealed partial class AlbertLarge;

/// <summary>ALBERT xlarge, version 2 (no dropout): 59M parameters.</summary>
[Albert(Hidden = 2048, Layers = 24, Heads = 32, Intermediate = 8192)]
[Pretraining]
[Optimizer(Optimizer.Lamb)]
public sealed partial class AlbertXLarge;

/// <summary>ALBERT xxlarge, version 2 (no dropout): 223M parameters.</summary>
[Albert(Hidden = 4096, Layers = 12, Heads = 64, Intermediate = 16_384)]
[Pretraining]
[Optimizer(Optimizer.Lamb)]
public sealed partial class AlbertXXLarge;

/// <summary>BERT base: 110M parameters.</summary>
[Bert]
[Pretraining]
[Optimizer(Optimizer.Lamb)]
public sealed partial class BertBase;

/// <summary>BERT large: 336M parameters.</summary>
[Bert(Hidden = 1024, Layers = 24, Heads = 16, Intermediate = 4096)]
[Pretraining]
[Optimizer(Optimizer.Lamb)]
public sealed partial class BertLarge;
