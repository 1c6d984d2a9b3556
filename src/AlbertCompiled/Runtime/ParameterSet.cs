namespace AlbertCompiled;

/// <summary>The four arrays that training keeps for every parameter; inference keeps the first.</summary>
public enum ParameterState
{
    /// <summary>The weights.</summary>
    Value,

    /// <summary>∂loss/∂weight of the last training step.</summary>
    Gradient,

    /// <summary>The optimizer's first moment.</summary>
    FirstMoment,

    /// <summary>The optimizer's second moment.</summary>
    SecondMoment,
}

/// <summary>All parameters of a model in four arenas of the same layout, in the memory of its device; one arena if the model does not train.</summary>
public abstract class ParameterSet(ModelDescription description) : IDisposable
{
    /// <summary>What the arenas hold.</summary>
    public ModelDescription Description { get; } = description;

    /// <summary>Floats in each arena.</summary>
    public long Length => Description.ParameterFloats;

    /// <summary>Copies floats of an arena to the host.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The arena ends before.</exception>
    /// <exception cref="InvalidOperationException">The model does not train, so there is no such arena.</exception>
    public abstract void Read(ParameterState state, long offset, Span<float> destination);

    /// <summary>Copies floats from the host into an arena.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The arena ends before.</exception>
    /// <exception cref="InvalidOperationException">The model does not train, so there is no such arena.</exception>
    public abstract void Write(ParameterState state, long offset, ReadOnlySpan<float> source);

    /// <summary>Applies the gradients, unless their norm is not a finite number: then nothing is changed, and the norm tells so.</summary>
    /// <param name="settings">Rule and hyperparameters.</param>
    /// <param name="step">1 for the first update.</param>
    /// <returns>The global gradient norm before clipping.</returns>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    /// <exception cref="InvalidOperationException">The model does not train.</exception>
    public abstract float Update(in OptimizerSettings settings, long step);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Reads one parameter by name.</summary>
    /// <exception cref="KeyNotFoundException">No parameter has this name.</exception>
    public float[] Read(string name, ParameterState state = ParameterState.Value)
    {
        var p = Find(name);
        var values = new float[p.Length];
        Read(state, p.Offset, values);
        return values;
    }

    /// <summary>Writes one parameter by name.</summary>
    public void Write(string name, ReadOnlySpan<float> values, ParameterState state = ParameterState.Value)
    {
        var p = Find(name);
        if (values.Length != p.Length) throw new ArgumentException($"{name} has {p.Length} values, not {values.Length}");
        Write(state, p.Offset, values);
    }

    /// <summary>Draws every parameter anew from <paramref name="seed"/>: each from its own stream, so that order and device do not matter.</summary>
    public virtual void Initialize(ulong seed)
    {
        const int slice = 1 << 18, piece = 1 << 13;      // a large weight needs no copy of its size; cores share a slice
        var values = new float[(int)Math.Min(slice, Description.Parameters.Max(p => p.Length))];
        for (int i = 0; i < Description.Parameters.Length; i++)
        {
            var p = Description.Parameters[i];
            for (long first = 0; first < p.Length; first += slice)
            {
                int length = (int)Math.Min(slice, p.Length - first);
                ulong stream = Stream(seed, i);
                Parallel.For(0, (length + piece - 1) / piece, n => p.Initial.Fill(values.AsSpan(n * piece, Math.Min(piece, length - n * piece)), p.Columns, stream, first + n * piece));
                Write(ParameterState.Value, p.Offset + first, values.AsSpan(0, length));
            }
        }
    }

    /// <summary>The seed of a parameter's own stream.</summary>
    private protected static ulong Stream(ulong seed, int parameter) => seed + (ulong)parameter * CounterRandom.Golden64;

    /// <summary>Throws if the model has no such arena.</summary>
    protected void Require(ParameterState state)
    {
        if (!Enum.IsDefined(state)) throw new ArgumentOutOfRangeException(nameof(state), state, "there is no such arena");
        if (state != ParameterState.Value && !Description.Trains) throw Description.WithoutTraining($"has no {state}");
    }

    /// <summary>Throws unless so many floats from an offset on lie in an arena.</summary>
    private protected void RequireRange(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
    }

    ParameterInfo Find(string name) =>
        Description.Parameters.FirstOrDefault(p => p.Name == name) ?? throw new KeyNotFoundException($"{Description.Name} has no parameter {name}");
}
