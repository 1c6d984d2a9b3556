using AlbertCompiled.Models;
using AlbertCompiled.Tests.Numbers;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>Rows longer than a group of lanes holds: a group goes over one in a loop, and the bands of logits sum columns by themselves.</summary>
[Collection(GpuCollection.Name)]
public sealed class LongRowTests(GpuDevices devices)
{
    [Theory, OnEmulator, OnCuda]
    public void A_large_vocabulary_gives_the_processors_gradients(string kind)
    {
        using var golden = Golden.OpenAny("a_tiny");
        using var processor = CompiledModels.Open("cpu");
        using var expected = LongRows.Create(processor, golden.Batch.Capacity);
        using var model = LongRows.Create(devices[kind], golden.Batch.Capacity);
        expected.Parameters.Initialize(5);
        model.Parameters.Initialize(5);
        var there = expected.ComputeGradients(golden.Batch);
        var here = model.ComputeGradients(golden.Batch);
        foreach (string output in (string[])["loss", "mlm_loss", "mlm_accuracy"]) Assert.Equal(there[output], here[output], 1e-5);
        foreach (var p in model.Description.Parameters)
            Close.Assert([.. expected.Gradient(p.Name).Select(g => (double)g)], model.Gradient(p.Name), 1e-6, 1e-5, p.Name);
    }
}

/// <summary>The smallest vocabulary that no group holds, and that packs of 8 divide.</summary>
[Albert(Vocabulary = 4_104, Embedding = 8, Hidden = 16, Layers = 1, Heads = 2, Intermediate = 16, Positions = 64)]
[Pretraining]
public sealed partial class LongRows;
