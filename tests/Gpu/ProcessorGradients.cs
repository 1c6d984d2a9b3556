using AlbertCompiled.Tests.Numbers;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>The outputs and gradients of a model on a device beside those on the processor, from the same parameters.</summary>
static class ProcessorGradients
{
    /// <summary>Asserts that both are close, for the golden batch of the tiny ALBERT.</summary>
    public static void AssertClose(Device device, Func<Device, Capacity, CompiledModel> create)
    {
        using var golden = Golden.OpenAny("a_tiny");
        using var processor = CompiledModels.Open("cpu");
        using var expected = create(processor, golden.Batch.Capacity);
        using var model = create(device, golden.Batch.Capacity);
        expected.Parameters.Initialize(5);
        model.Parameters.Initialize(5);
        var there = expected.ComputeGradients(golden.Batch);
        var here = model.ComputeGradients(golden.Batch);
        foreach (string output in (string[])["loss", "mlm_loss", "mlm_accuracy"]) Assert.Equal(there[output], here[output], 1e-5);
        foreach (var p in model.Description.Parameters)
            Close.Assert([.. expected.Gradient(p.Name).Select(g => (double)g)], model.Gradient(p.Name), 1e-6, 1e-5, p.Name);
    }
}
