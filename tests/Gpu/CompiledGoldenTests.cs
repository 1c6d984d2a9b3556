using AlbertCompiled.Tests.Numbers;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>The golden cases through the generated GPU programs.</summary>
[Collection(GpuCollection.Name)]
public sealed class CompiledGoldenTests(GpuDevices devices)
{
    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void The_tiny_case_equals_the_reference(string kind) => Check(kind, "a_tiny");

    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Sizes_that_divide_by_nothing_equal_the_reference(string kind) => Check(kind, "e_odd");

    void Check(string kind, string name)
    {
        using var golden = Golden.OpenAny(name);
        using var model = CompiledModels.Create(golden, name, devices[kind]);

        model.Predict(golden.Batch);
        Close.Assert(golden.Output("last_hidden_state", golden.TokenRows), model.Output("hidden", golden.Batch), 2e-5, 0, "hidden");
        Close.Assert(golden.Output("prediction_logits", golden.PredictedRows), model.Output("logits", golden.Batch), 2e-5, 0, "logits");
        Close.Assert(golden.Output("sop_logits"), model.Output("order", golden.Batch), 2e-5, 0, "order");

        var trained = model.ComputeGradients(golden.Batch);
        foreach (string loss in (string[])["loss", "mlm_loss", "sop_loss"]) Assert.Equal(golden.Scalar(loss), trained[loss], 1e-5);
        foreach (var p in model.Description.Parameters)
            Close.Assert(golden.Gradient(p.Name), model.Gradient(p.Name), 1e-6, p.Name.EndsWith("key.bias") ? 0 : 1e-5, p.Name);
    }
}
