using System.Reflection;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>A model compiled, and the same one run op by op in double precision, with the same weights and the same dropout.</summary>
internal sealed class Twin : IDisposable
{
    readonly ModelGraph graph;
    string trained = "Pretraining";

    /// <summary>Creates both.</summary>
    /// <param name="type">The compiled model's type.</param>
    /// <param name="device">Where the compiled one runs.</param>
    /// <param name="capacity">The largest batch.</param>
    /// <param name="seed">Seed of weights and dropout.</param>
    public Twin(Type type, Device device, Capacity capacity, ulong seed = 5)
    {
        Model = (CompiledModel)type.GetMethod("Create")!.Invoke(null, [device, capacity, seed, null])!;
        var random = new Random((int)seed);
        foreach (var p in Model.Description.Parameters)
        {
            // biases and scales away from 0 and 1, which would hide mistakes
            float[] values = Model.Parameters.Read(p.Name);
            for (int i = 0; i < values.Length; i++) values[i] += 0.3f * (random.NextSingle() - 0.5f);
            Model.Parameters.Write(p.Name, values);
        }

        if (type.GetCustomAttribute<TaskAttribute>() is { Training: true } task) trained = task.GetType().Name[..^"Attribute".Length];
        graph = ModelGraph.Of(Model);
    }

    /// <summary>The compiled model.</summary>
    public CompiledModel Model { get; }

    /// <summary>Compares outputs and gradients of a training run at the model's step.</summary>
    /// <param name="batch">What to train on.</param>
    /// <param name="relative">Of a tensor's largest value.</param>
    /// <param name="absolute">For values that are zero but for rounding.</param>
    public void CompareTraining(TokenBatch batch, double relative = 1e-5, double absolute = 2e-6)
    {
        var expected = EagerRun.Train(graph, g => Program(trained, batch), Model.Seed, Model.Step);
        var actual = Model.ComputeGradients(batch);
        CompareScalars(expected, actual, "train", relative, absolute);
        foreach (var (name, gradient) in expected.Gradients)
        {
            // a weight that no program reads is not part of the model
            if (Model.Description.Parameters.Any(p => p.Name == name)) Close.Assert(gradient, Model.Gradient(name), absolute, relative, $"gradient of {name}");
            else Assert.All(gradient, g => Assert.Equal(0, g));
        }
    }

    /// <summary>Compares outputs of the evaluation and of the inference program.</summary>
    public void CompareInference(TokenBatch batch, double relative = 1e-5, double absolute = 2e-6)
    {
        CompareScalars(EagerRun.Evaluate(graph, g => Program(trained, batch)), Model.Evaluate(batch), "evaluate", relative, absolute);
        if (Model.Description.Program("predict") is null) return;
        var expected = EagerRun.Evaluate(graph, g => Program("Prediction", batch));
        Model.Predict(batch);
        foreach (var (name, value) in expected.Outputs.Values) Close.Assert(value.Values, Model.Output(name, batch), absolute, relative, name);
    }

    /// <summary>Compares the outputs of an inference program with those of the method that it was compiled from.</summary>
    public void CompareProgram(string program, string method, TokenBatch batch, double relative = 1e-5, double absolute = 2e-6)
    {
        var expected = EagerRun.Evaluate(graph, g => Program(method, batch));
        var actual = Model.Infer(program, batch);
        foreach (string name in actual.Program.Outputs.Select(o => o.Name)) Close.Assert(expected[name].Values, actual[name].ToArray(), absolute, relative, name);
    }

    public void Dispose() => Model.Dispose();

    void CompareScalars(EagerResult expected, ScalarOutputs actual, string program, double relative, double absolute)
    {
        foreach (string name in Model.Description.Program(program)!.Outputs.Select(o => o.Name)) Close.Assert(expected[name].Values, [(double)actual[name]], absolute, relative, $"{program} {name}");
    }

    // what the compiler makes of a task attribute
    Outputs Program(string name, TokenBatch batch) => graph.GetType().GetMethod(name)!.CreateDelegate<Func<TokenBatch, Outputs>>(graph)(batch);
}
