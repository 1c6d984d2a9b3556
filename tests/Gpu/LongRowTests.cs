using AlbertCompiled.Models;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>Rows longer than a group of lanes holds: a group goes over one in a loop, and the bands of logits sum columns by themselves.</summary>
[Collection(GpuCollection.Name)]
public sealed class LongRowTests(GpuDevices devices)
{
    [Theory, OnEmulator, OnCuda]
    public void A_large_vocabulary_gives_the_processors_gradients(string kind) =>
        ProcessorGradients.AssertClose(devices[kind], (device, capacity) => LongRows.Create(device, capacity));
}

/// <summary>The smallest vocabulary that no group holds, and that packs of 8 divide.</summary>
[Albert(Vocabulary = 4_104, Embedding = 8, Hidden = 16, Layers = 1, Heads = 2, Intermediate = 16, Positions = 64)]
[Pretraining]
public sealed partial class LongRows;
