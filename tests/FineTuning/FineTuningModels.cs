using AlbertCompiled.Models;

namespace AlbertCompiled.Tests;

/// <summary>A small classifier without dropout.</summary>
[Albert(Vocabulary = 61, Embedding = 13, Hidden = 24, Layers = 2, Heads = 3, Intermediate = 29, Positions = 12, Deviation = 0.3)]
[Classification(labels: 3, Dropout = 0)]
internal sealed partial class ThreeClasses;

/// <summary>The same with room for more classes.</summary>
[Albert(Vocabulary = 61, Embedding = 13, Hidden = 24, Layers = 2, Heads = 3, Intermediate = 29, Positions = 12, Deviation = 0.3)]
[Classification(labels: 32, Dropout = 0)]
internal sealed partial class ManyClasses;
