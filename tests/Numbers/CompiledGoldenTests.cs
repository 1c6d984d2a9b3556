namespace AlbertCompiled.Tests.Numbers;

/// <summary>Compiled models against an independent implementation: same weights, same batch, float32 here and float64 there.</summary>
public class CompiledGoldenTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string device in (string[])["cpu"])
                foreach (string name in (string[])["a_tiny", "b_groups", "e_odd", "E16_attn", "E32_ffn"]) cases.Add(device, name);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Losses_are_those_of_the_reference(string device, string name) => Run(device, name, (golden, model) =>
    {
        var evaluated = model.Evaluate(golden.Batch);
        foreach (string loss in (string[])["loss", "mlm_loss", "sop_loss"]) Assert.Equal(golden.Scalar(loss), evaluated[loss], 1e-5);
        var trained = model.ComputeGradients(golden.Batch);
        foreach (string loss in (string[])["loss", "mlm_loss", "sop_loss"]) Assert.Equal(golden.Scalar(loss), trained[loss], 1e-5);
    });

    [Theory, MemberData(nameof(Cases))]
    public void Hidden_states_and_heads_are_those_of_the_reference_wherever_it_attends(string device, string name) => Run(device, name, (golden, model) =>
    {
        model.Predict(golden.Batch);
        Close.Assert(golden.Output("last_hidden_state", golden.TokenRows), model.Output("hidden", golden.Batch), 2e-5, 0, "hidden");
        Close.Assert(golden.Output("prediction_logits", golden.PredictedRows), model.Output("logits", golden.Batch), 2e-5, 0, "logits");
        Close.Assert(golden.Output("pooler_output"), model.Output("pooled", golden.Batch), 2e-5, 0, "pooled");
        Close.Assert(golden.Output("sop_logits"), model.Output("order", golden.Batch), 2e-5, 0, "order");
    });

    [Theory, MemberData(nameof(Cases))]
    public void Every_gradient_is_that_of_the_reference(string device, string name) => Run(device, name, (golden, model) =>
    {
        model.ComputeGradients(golden.Batch);
        foreach (var p in model.Description.Parameters)
            Close.Assert(golden.Gradient(p.Name), model.Gradient(p.Name), 1e-6, p.Name.EndsWith("key.bias") ? 0 : 1e-5, p.Name);
    });

    static void Run(string device, string name, Action<Golden, CompiledModel> check)
    {
        using var golden = Golden.OpenAny(name);
        using var opened = CompiledModels.Open(device);
        using var model = CompiledModels.Create(golden, name, opened);
        check(golden, model);
    }
}
