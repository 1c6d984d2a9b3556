using AlbertCompiled.Gpu;
using Xunit;

namespace AlbertCompiled.Tests.Gpu;

[Collection(GpuCollection.Name)]
public sealed class HandWrittenTests(GpuDevices devices)
{
    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Loss_and_gradients_equal_the_reference(string kind)
    {
        using var model = HandWritten.Create(devices[kind], new(40, 3, 1));
        var batch = Batch(model.Capacity, [5, 9, 20]);
        var names = HandWritten.Compiled.Parameters.Select(p => p.Name).ToArray();
        var parameters = names.ToDictionary(n => n, n => model.Parameters.Read(n).Select(x => (double)x).ToArray());

        float loss = model.ComputeGradients(batch).Loss;
        Assert.Equal(Loss(parameters, batch), loss, 1e-5 * loss);
        var gradients = names.ToDictionary(n => n, n => model.Parameters.Read(n, ParameterState.Gradient));
        foreach (string name in names)
        {
            var expected = new double[parameters[name].Length];
            for (int i = 0; i < expected.Length; i++)
            {
                double Shifted(double by)
                {
                    double old = parameters[name][i];
                    parameters[name][i] += by;
                    double shifted = Loss(parameters, batch);
                    parameters[name][i] = old;
                    return shifted;
                }

                expected[i] = (Shifted(1e-5) - Shifted(-1e-5)) / 2e-5;
            }

            Check.Close(expected, gradients[name], 2e-4);
        }

        // again, on a batch of another size in between: the same bits
        model.ComputeGradients(Batch(model.Capacity, [3]));
        Assert.Equal(loss, model.ComputeGradients(batch).Loss);
        foreach (string name in names) Assert.Equal(gradients[name], model.Parameters.Read(name, ParameterState.Gradient));
    }

    [Theory, OnOpenCL, OnCuda]
    public void A_step_allocates_nothing_and_learns(string kind)
    {
        using var model = HandWritten.Create(devices[kind], new(40, 3, 1));
        var batch = Batch(model.Capacity, [5, 9, 20]);
        var settings = new OptimizerSettings(Optimizer.AdamW, 0.01f);
        float first = model.TrainStep(batch, settings).Loss;
        for (int i = 0; i < 20; i++) model.TrainStep(batch, settings);
        Assert.InRange(model.TrainStep(batch, settings).Loss, 0, 0.8f * first);

        using var executor = new GpuExecutor<Float32>(model, devices[kind], e => new HandWritten.GpuTrain<Float32>(e));
        Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step()
        {
            executor.Train(batch, 1, 2);
            executor.Scalars("train");
            model.Parameters.Update(settings, 2);
        }
    }

    [Fact]
    public void Kernels_compile_to_registers_only()
    {
        Ptx.Verify(typeof(RowsKernel<HandWritten.GpuTrain<BFloat16>.Embedding, Float1, OnePack>), 128);
        Ptx.Verify(typeof(RowsKernel<HandWritten.GpuTrain<BFloat16>.Normalise, Float1, OnePack>), 128);
        Ptx.Verify(typeof(RowsKernel<HandWritten.GpuTrain<BFloat16>.NormaliseGradient, Float1, OnePack>), 128);
        Ptx.Verify(typeof(ProductKernel<BFloat16, NT, Block8, HandWritten.GpuTrain<BFloat16>.Hidden>), Block8.Lanes);
    }

    static TokenBatch Batch(Capacity capacity, int[] lengths)
    {
        var random = new Random(1);
        var batch = new TokenBatch(capacity);
        foreach (int length in lengths)
            batch.Add([.. Enumerable.Range(0, length).Select(_ => random.Next(HandWritten.Vocabulary))], new int[length], [], [], 0);
        return batch;
    }

    static double Loss(Dictionary<string, double[]> p, TokenBatch batch)
    {
        double loss = 0;
        foreach (int token in batch.Tokens.Span)
        {
            var hidden = Enumerable.Range(0, HandWritten.Outputs).Select(o =>
                p["bias"][o] + Enumerable.Range(0, HandWritten.Inputs).Sum(i => p["word"][token * HandWritten.Inputs + i] * p["weight"][o * HandWritten.Inputs + i])).ToArray();
            double mean = hidden.Average(), deviation = Math.Sqrt(hidden.Average(h => (h - mean) * (h - mean)) + 1e-12);
            loss += hidden.Select((h, o) => (h - mean) / deviation * p["scale"][o]).Sum(z => z * z / 2);
        }

        return loss;
    }
}
