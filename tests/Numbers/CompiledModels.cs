using System.Reflection;
using AlbertCompiled.Cpu;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>Devices and compiled models of the tests, by name.</summary>
internal static class CompiledModels
{
    /// <summary>Opens a device; the processor with two threads, whatever the machine has.</summary>
    public static Device Open(string device) => device == "cpu" ? new CpuDevice(2) : Device.Open(device);

    /// <summary>The compiled model of a golden case with the weights of the reference.</summary>
    public static CompiledModel Create(Golden golden, string name, Device device)
    {
        var capacity = golden.Batch.Capacity;
        CompiledModel model = name switch
        {
            "a_tiny" => GoldenTiny.Create(device, capacity),
            "b_groups" => GoldenGroups.Create(device, capacity),
            "e_odd" => GoldenOdd.Create(device, capacity),
            "E16_attn" => GoldenSharedAttention.Create(device, capacity),
            "E32_ffn" => GoldenSharedFeedForward.Create(device, capacity),
            _ => throw new ArgumentException(name),
        };
        foreach (var p in model.Description.Parameters) model.Parameters.Write(p.Name, golden.Weight(p.Name).ToFloats());
        return model;
    }

    /// <summary>An output of the inference program, after <see cref="CompiledModel.Predict"/>.</summary>
    public static float[] Output(this CompiledModel model, string name, TokenBatch batch)
    {
        var info = model.Description.Program("predict")!.Outputs.Single(o => o.Name == name);
        var values = new float[(info.Rows is { } rows ? batch.Count(rows) : info.ConstantRows) * info.Columns];
        Assert.Equal(values.Length / info.Columns, model.ReadOutput(name, values));
        return values;
    }

    /// <summary>An output of the training program, after <see cref="CompiledModel.ComputeGradients"/>. Users see its scalars only.</summary>
    public static float[] TrainingOutput(this CompiledModel model, string name, TokenBatch batch)
    {
        var executor = (ModelExecutor)typeof(CompiledModel).GetProperty("Executor", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(model)!;
        var info = model.Description.Program("train")!.Outputs.Single(o => o.Name == name);
        var values = new float[(info.Rows is { } rows ? batch.Count(rows) : info.ConstantRows) * info.Columns];
        executor.ReadOutput("train", name, values);
        return values;
    }

    /// <summary>A parameter's gradient of the last training run.</summary>
    public static float[] Gradient(this CompiledModel model, string name) => model.Parameters.Read(name, ParameterState.Gradient);

    /// <summary>All values, without what lies between rows.</summary>
    public static float[] ToArray(this OutputRows rows)
    {
        var values = new float[rows.Count * rows.Columns];
        rows.CopyTo(values);
        return values;
    }

    /// <summary>Rounded to float.</summary>
    public static float[] ToFloats(this double[] values) => Array.ConvertAll(values, v => (float)v);
}
