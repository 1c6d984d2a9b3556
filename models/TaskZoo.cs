namespace AlbertCompiled.Models;

/// <summary><see cref="AlbertTiny"/> for up to 32 classes.</summary>
[Albert(Vocabulary = 8_000, Embedding = 128, Hidden = 128, Layers = 3, Heads = 2, Intermediate = 512, AlwaysMap = true, Deviation = 0.05, SinusoidalPositions = 0.05 * 1.4142135623730951)]
[Classification(labels: 32)]
[Optimizer(Optimizer.AdamW)]
public sealed partial class AlbertTinyClassifier;

/// <summary><see cref="AlbertTiny"/> for a score.</summary>
[Albert(Vocabulary = 8_000, Embedding = 128, Hidden = 128, Layers = 3, Heads = 2, Intermediate = 512, AlwaysMap = true, Deviation = 0.05, SinusoidalPositions = 0.05 * 1.4142135623730951)]
[Regression]
[Optimizer(Optimizer.AdamW)]
public sealed partial class AlbertTinyRegressor;

/// <summary><see cref="AlbertTiny"/> for answers that are a part of a text.</summary>
[Albert(Vocabulary = 8_000, Embedding = 128, Hidden = 128, Layers = 3, Heads = 2, Intermediate = 512, AlwaysMap = true, Deviation = 0.05, SinusoidalPositions = 0.05 * 1.4142135623730951)]
[SpanAnswer]
[Optimizer(Optimizer.AdamW)]
public sealed partial class AlbertTinyAnswerer;

/// <summary><see cref="AlbertTiny"/> for up to 32 tags.</summary>
[Albert(Vocabulary = 8_000, Embedding = 128, Hidden = 128, Layers = 3, Heads = 2, Intermediate = 512, AlwaysMap = true, Deviation = 0.05, SinusoidalPositions = 0.05 * 1.4142135623730951)]
[TokenTags(labels: 32)]
[Optimizer(Optimizer.AdamW)]
public sealed partial class AlbertTinyTagger;

/// <summary><see cref="AlbertTiny"/> for questions with options.</summary>
[Albert(Vocabulary = 8_000, Embedding = 128, Hidden = 128, Layers = 3, Heads = 2, Intermediate = 512, AlwaysMap = true, Deviation = 0.05, SinusoidalPositions = 0.05 * 1.4142135623730951)]
[MultipleChoice]
[Optimizer(Optimizer.AdamW)]
public sealed partial class AlbertTinyChooser;

/// <summary><see cref="AlbertSmall"/> for up to 32 classes.</summary>
[Albert(Vocabulary = 8_000, Embedding = 128, Hidden = 256, Layers = 6, Heads = 4, Intermediate = 1024)]
[Classification(labels: 32)]
[Optimizer(Optimizer.AdamW)]
public sealed partial class AlbertSmallClassifier;

/// <summary><see cref="AlbertSmall"/> for a score.</summary>
[Albert(Vocabulary = 8_000, Embedding = 128, Hidden = 256, Layers = 6, Heads = 4, Intermediate = 1024)]
[Regression]
[Optimizer(Optimizer.AdamW)]
public sealed partial class AlbertSmallRegressor;

/// <summary><see cref="AlbertSmall"/> for answers that are a part of a text.</summary>
[Albert(Vocabulary = 8_000, Embedding = 128, Hidden = 256, Layers = 6, Heads = 4, Intermediate = 1024)]
[SpanAnswer]
[Optimizer(Optimizer.AdamW)]
public sealed partial class AlbertSmallAnswerer;

/// <summary><see cref="AlbertSmall"/> for up to 32 tags.</summary>
[Albert(Vocabulary = 8_000, Embedding = 128, Hidden = 256, Layers = 6, Heads = 4, Intermediate = 1024)]
[TokenTags(labels: 32)]
[Optimizer(Optimizer.AdamW)]
public sealed partial class AlbertSmallTagger;

/// <summary><see cref="AlbertSmall"/> for questions with options.</summary>
[Albert(Vocabulary = 8_000, Embedding = 128, Hidden = 256, Layers = 6, Heads = 4, Intermediate = 1024)]
[MultipleChoice]
[Optimizer(Optimizer.AdamW)]
public sealed partial class AlbertSmallChooser;

/// <summary><see cref="AlbertBase"/> for up to 32 classes.</summary>
[Albert(Hidden = 768, Layers = 12, Heads = 12, Intermediate = 3072)]
[Classification(labels: 32)]
[Optimizer(Optimizer.AdamW)]
public sealed partial class AlbertBaseClassifier;

/// <summary><see cref="AlbertBase"/> for a score.</summary>
[Albert(Hidden = 768, Layers = 12, Heads = 12, Intermediate = 3072)]
[Regression]
[Optimizer(Optimizer.AdamW)]
public sealed partial class AlbertBaseRegressor;

/// <summary><see cref="AlbertBase"/> for answers that are a part of a text.</summary>
[Albert(Hidden = 768, Layers = 12, Heads = 12, Intermediate = 3072)]
[SpanAnswer]
[Optimizer(Optimizer.AdamW)]
public sealed partial class AlbertBaseAnswerer;

/// <summary><see cref="AlbertBase"/> for up to 32 tags.</summary>
[Albert(Hidden = 768, Layers = 12, Heads = 12, Intermediate = 3072)]
[TokenTags(labels: 32)]
[Optimizer(Optimizer.AdamW)]
public sealed partial class AlbertBaseTagger;

/// <summary><see cref="AlbertBase"/> for questions with options.</summary>
[Albert(Hidden = 768, Layers = 12, Heads = 12, Intermediate = 3072)]
[MultipleChoice]
[Optimizer(Optimizer.AdamW)]
public sealed partial class AlbertBaseChooser;
