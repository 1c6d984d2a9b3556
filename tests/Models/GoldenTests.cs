using AlbertCompiled.Models;
using static AlbertCompiled.Tests.Golden;

namespace AlbertCompiled.Tests.Models;

/// <summary>The eager ALBERT against an independent implementation: same weights, same batch, float64 on both sides.</summary>
public class GoldenTests
{
    // The reference was computed in float64 and rounded to float32 when stored.
    const double Stored = 2e-7;

    public static TheoryData<string> Cases => Golden.Names;

    [Theory, MemberData(nameof(Cases))]
    public void Losses_are_those_of_the_reference(string name)
    {
        using var golden = OpenAny(name);
        var run = EagerRun.Evaluate(golden.Graph(), g => g.Pretraining(golden.Batch));
        foreach (string loss in (string[])["loss", "mlm_loss", "sop_loss"])
            Assert.Equal(golden.Scalar(loss), run[loss].Scalar, 1e-11);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Hidden_states_and_heads_are_those_of_the_reference_wherever_it_attends(string name)
    {
        using var golden = OpenAny(name);
        var run = EagerRun.Evaluate(golden.Graph(), g => g.Prediction(golden.Batch));
        Close.Assert(golden.Output("last_hidden_state", golden.TokenRows), run["hidden"].Values, 0, Stored, "hidden");
        Close.Assert(golden.Output("prediction_logits", golden.PredictedRows), run["logits"].Values, 0, Stored, "logits");
        Close.Assert(golden.Output("pooler_output"), run["pooled"].Values, 0, Stored, "pooled");
        Close.Assert(golden.Output("sop_logits"), run["order"].Values, 0, Stored, "order");
    }

    [Theory, MemberData(nameof(Cases))]
    public void Logits_are_those_of_the_reference_at_every_attended_position(string name)
    {
        using var golden = OpenAny(name);
        var batch = golden.Batch;
        var all = new TokenBatch(new Capacity(batch.Tokens.Count, batch.First.Count, batch.Tokens.Count));
        for (int s = 0; s < batch.First.Count; s++)
        {
            var range = batch.Starts[s]..batch.Starts[s + 1];
            int[] positions = [.. Enumerable.Range(0, batch.Starts[s + 1] - batch.Starts[s])];
            all.Add(batch.Tokens.Span[range], batch.Segments.Span[range], positions, positions, batch.Order.Span[s]);
        }

        var run = EagerRun.Evaluate(golden.Graph(), g => g.Prediction(all));
        Close.Assert(golden.Output("prediction_logits", golden.TokenRows), run["logits"].Values, 0, Stored, "logits");
    }

    [Theory, MemberData(nameof(Cases))]
    public void Every_gradient_is_that_of_the_reference(string name)
    {
        using var golden = OpenAny(name);
        var run = EagerRun.Train(golden.Graph(), g => g.Pretraining(golden.Batch));
        Assert.NotEmpty(run.Gradients);
        foreach (var (weight, gradient) in run.Gradients)
            Close.Assert(golden.Gradient(weight), gradient, 1e-12, Stored, weight); // key.bias is zero but for rounding
    }

    [Fact]
    public void Row_0_of_the_word_table_gets_the_gradient_of_its_lookup()
    {
        using var golden = Golden.Open("e_odd");
        Assert.Contains(0, golden.Batch.Tokens.Span.ToArray());
        using var tensors = OpenTensors("e_odd", "golden.safetensors");
        var without = tensors.ReadDoubles("grad.albert.embeddings.word_embeddings.weight");
        var run = EagerRun.Train(golden.Graph(), g => g.Pretraining(golden.Batch));
        var difference = run.Gradients["albert.embeddings.word_embeddings.weight"].Zip(without, (a, b) => Math.Abs(a - b)).ToArray();
        Assert.True(difference[..20].Max() > 0.1);
        Assert.True(difference[20..].Max() < 1e-5);
    }

    [Fact]
    public void Accuracies_count_the_largest_logits()
    {
        using var golden = Golden.Open("a_tiny");
        var graph = golden.Graph();
        var logits = EagerRun.Evaluate(graph, g => g.Prediction(golden.Batch))["logits"];
        var labels = golden.Batch.Labels.Span.ToArray();
        int right = Enumerable.Range(0, labels.Length).Count(i => Enumerable.Range(0, 512).MaxBy(c => logits[i, c]) == labels[i]);
        Assert.Equal((double)right / labels.Length, EagerRun.Evaluate(graph, g => g.Pretraining(golden.Batch))["mlm_accuracy"].Scalar, 1e-12);

        // With the label's bias raised beyond all others every answer is right.
        foreach (int label in labels) graph["predictions.bias"].Tensor.Values[label] = 1000;
        graph["predictions.bias"].Tensor.Values[labels[0]] = 2000;
        double expected = labels.Count(l => l == labels[0]) / (double)labels.Length;
        Assert.True(expected < 1);
        Assert.Equal(expected, EagerRun.Evaluate(graph, g => g.Pretraining(golden.Batch))["mlm_accuracy"].Scalar, 1e-12);
    }
}
