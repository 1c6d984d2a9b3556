using AlbertCompiled.Models;

namespace AlbertCompiled.Tests.Numbers;

// Small models of every task. No size divides another.

[Albert(Vocabulary = 37, Embedding = 13, Hidden = 21, Layers = 2, Heads = 3, Intermediate = 29, Positions = 12, Deviation = 0.3, Dropout = 0.1, AttentionDropout = 0.2)]
[Classification(labels: 5)]
internal sealed partial class TaskClassifier;

[Albert(Vocabulary = 37, Embedding = 13, Hidden = 21, Layers = 2, Heads = 3, Intermediate = 29, Positions = 12, Deviation = 0.3, Dropout = 0.1, AttentionDropout = 0.2)]
[Regression]
internal sealed partial class TaskRegression;

[Albert(Vocabulary = 37, Embedding = 13, Hidden = 21, Layers = 2, Heads = 3, Intermediate = 29, Positions = 12, Deviation = 0.3, Dropout = 0.1, AttentionDropout = 0.2)]
[SpanAnswer]
internal sealed partial class TaskSpans;

[Albert(Vocabulary = 37, Embedding = 13, Hidden = 21, Layers = 2, Heads = 3, Intermediate = 29, Positions = 12, Deviation = 0.3, Dropout = 0.1, AttentionDropout = 0.2)]
[TokenTags(labels: 3)]
[Recompute(Recompute.Layer)]
internal sealed partial class TaskTags;

[Albert(Vocabulary = 37, Embedding = 13, Hidden = 21, Layers = 2, Heads = 3, Intermediate = 29, Positions = 12, Deviation = 0.3, Dropout = 0.1, AttentionDropout = 0.2)]
[MultipleChoice]
[Encoding]
internal sealed partial class TaskChoice;

[Bert(Vocabulary = 37, Hidden = 24, Layers = 2, Heads = 3, Intermediate = 40, Positions = 12, Deviation = 0.3, Dropout = 0.1, AttentionDropout = 0.1)]
[SpanAnswer]
internal sealed partial class TaskBertSpans;

[Bert(Vocabulary = 37, Hidden = 24, Layers = 2, Heads = 3, Intermediate = 40, Positions = 12, Deviation = 0.3, Dropout = 0.1, AttentionDropout = 0.1)]
[Regression(Dropout = 0.3)]
internal sealed partial class TaskBertRegression;

[Albert(Vocabulary = 37, Embedding = 13, Hidden = 21, Layers = 2, Heads = 3, Intermediate = 29, Positions = 12, Deviation = 0.3, Dropout = 0.1, AttentionDropout = 0.2)]
[SpanAnswer(Training = false)]
internal sealed partial class TaskSpansReader;

/// <summary>golden/g_heads, seqcls.</summary>
[Albert(Vocabulary = 512, Embedding = 32, Hidden = 64, Layers = 4, Heads = 4, Intermediate = 128, Positions = 64)]
[Classification(labels: 3, Dropout = 0)]
internal sealed partial class GoldenClassifier;

/// <summary>golden/g_heads, qa.</summary>
[Albert(Vocabulary = 512, Embedding = 32, Hidden = 64, Layers = 4, Heads = 4, Intermediate = 128, Positions = 64)]
[SpanAnswer]
internal sealed partial class GoldenSpans;
