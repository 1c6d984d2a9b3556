namespace AlbertCompiled;

/// <summary>The scalar outputs of a run in the program's order. Valid until the model's next run and its disposal, and refused afterwards.</summary>
/// <param name="program">Names them.</param>
/// <param name="values">Where they are, or will be when the run is complete.</param>
/// <param name="owner">Whose run it is.</param>
public readonly ref struct ScalarOutputs(ProgramDescription program, ReadOnlySpan<float> values, ModelExecutor owner)
{
    readonly ReadOnlySpan<float> values = values;
    readonly int run = owner.Runs;

    /// <summary>The output called <paramref name="name"/>. On a GPU it waits for the run.</summary>
    /// <exception cref="DeviceException">The device failed during the run.</exception>
    /// <exception cref="InvalidOperationException">The model has run since, or was disposed of.</exception>
    /// <exception cref="KeyNotFoundException">There is no such output.</exception>
    public float this[string name]
    {
        get
        {
            Complete();
            for (int i = 0; i < values.Length; i++)
                if (program.Outputs[i].Name == name) return values[i];
            throw new KeyNotFoundException($"the program {program.Name} has no scalar output {name}");
        }
    }

    /// <summary>The output called "loss".</summary>
    public float Loss => this["loss"];

    internal void Complete()
    {
        owner.RequireRun(run);
        owner.Complete();
    }
}

/// <summary>What a training step tells. Valid until the model's next run and its disposal, and refused afterwards.</summary>
/// <param name="outputs">The scalar outputs.</param>
/// <param name="gradientNorm">Where the norm is when the run is complete.</param>
public readonly ref struct StepResult(ScalarOutputs outputs, ReadOnlySpan<float> gradientNorm)
{
    readonly ReadOnlySpan<float> gradientNorm = gradientNorm;

    /// <summary>The scalar outputs.</summary>
    public ScalarOutputs Outputs { get; } = outputs;

    /// <summary>Global gradient norm before clipping. On a GPU it waits for the step.</summary>
    /// <exception cref="DeviceException">The device failed during the step.</exception>
    /// <exception cref="InvalidOperationException">The model has run since, or was disposed of.</exception>
    public float GradientNorm
    {
        get
        {
            Outputs.Complete();
            return gradientNorm[0];
        }
    }

    /// <summary>The loss. On a GPU it waits for the step.</summary>
    /// <exception cref="DeviceException">The device failed during the step.</exception>
    /// <exception cref="InvalidOperationException">The model has run since, or was disposed of.</exception>
    public float Loss => Outputs.Loss;
}
