using AlbertCompiled.Tests.Numbers;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>Tasks through the generated GPU programs.</summary>
[Collection(GpuCollection.Name)]
public sealed class TaskTests(GpuDevices devices)
{
    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Spans(string kind) => Check(kind, typeof(TaskSpans), "SpanAnswer", "answer");

    [Theory, OnSimulator, OnCuda]
    public void Ratings_and_choices(string kind)
    {
        Check(kind, typeof(TaskRegression), "Regression", "regress");
        Check(kind, typeof(TaskChoice), "MultipleChoice", "choose");
    }

    [Theory, OnCuda]
    public void Labels(string kind)
    {
        Check(kind, typeof(TaskClassifier), "Classification", "classify");
        Check(kind, typeof(TaskTags), "TokenTags", "tag");
    }

    [Theory, OnSimulator, OnCuda]
    public void Sums_over_a_sequence_stay_exact_in_bfloat16(string kind)
    {
        var batch = TaskBatches.Random("SpanAnswer", 7, 5, 12, 2, 8, 11);
        using var exact = TaskSpans.Create(devices[kind], TaskBatches.Capacity);
        using var rounded = TaskSpans.Create(devices[kind], TaskBatches.Capacity, precision: Compute.BFloat16);
        float loss = rounded.ComputeGradients(batch).Loss;
        Assert.InRange(rounded.Evaluate(batch).Loss / exact.Evaluate(batch).Loss, 0.97f, 1.03f);
        Assert.True(float.IsFinite(loss));

        float[] logits = rounded.Answer(batch).Logits.ToArray();
        double expected = 0;
        for (int i = 0; i < batch.Predicted.Count; i++)
        {
            int row = batch.Predicted.Span[i], end = batch.Labels.Span[i], s = batch.SequenceOf.Span[row];
            double sum = Enumerable.Range(batch.Starts[s], batch.Starts[s + 1] - batch.Starts[s]).Sum(r => Math.Exp(logits[2 * r + end]));
            expected += (Math.Log(sum) - logits[2 * row + end]) / batch.Predicted.Count;
        }

        Assert.Equal(expected, rounded.Evaluate(batch).Loss, 0.01 * expected);
    }

    void Check(string kind, Type type, string task, string program)
    {
        using var twin = new Twin(type, devices[kind], TaskBatches.Capacity);
        foreach (var batch in (TokenBatch[])[TaskBatches.Random(task, 7, 5, 12, 2, 8, 11), TaskBatches.Random(task, 8, 6, 3)])
        {
            twin.Model.Step++;
            twin.CompareTraining(batch, 2e-5, 5e-6);
            twin.CompareInference(batch, 2e-5, 5e-6);
            twin.CompareProgram(program, task, batch, 2e-5, 5e-6);
        }
    }
}
