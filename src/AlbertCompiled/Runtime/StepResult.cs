namespace AlbertCompiled;

/// <summary>The scalar outputs of a run in the program's order. Valid until the next run.</summary>
/// <param name="program">Names them.</param>
/// <param name="values">Where they are, or will be when the run is complete.</param>
/// <param name="running">Whose run they wait for; null if they are there.</param>
public readonly ref struct ScalarOutputs(ProgramDescription program, ReadOnlySpan<float> values, ModelExecutor? running = null)
{
    readonly ReadOnlySpan<float> values = values;

    /// <summary>The output called <paramref name="name"/>. On a GPU it waits for the run.</summary>
    /// <exception cref="DeviceException">The device failed during the run.</exception>
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

    internal void Complete() => running?.Complete();
}

/// <summary>What a training step tells. Valid until the next run.</summary>
/// <param name="outputs">The scalar outputs.</param>
/// <param name="gradientNorm">Where the norm is when the run is complete.</param>
public readonly ref struct StepResult(ScalarOutputs outputs, ReadOnlySpan<float> gradientNorm)
{
    readonly ReadOnlySpan<float> gradientNorm = gradientNorm;

    /// <summary>The scalar outputs.</summary>
    public ScalarOutputs Outputs { get; } = outputs;

    /// <summary>Global gradient norm before clipping. On a GPU it waits for the step.</summary>
    /// <exception cref="DeviceException">The device failed during the step.</exception>
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
    public float Loss => Outputs.Loss;
}
