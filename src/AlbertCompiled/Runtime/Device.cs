namespace AlbertCompiled;

/// <summary>Where a model runs. Choosing one is one word.</summary>
public abstract partial class Device : IDisposable
{
    /// <summary>Its kind, a word that opens it: cpu, ilgpu-cpu, opencl, cuda.</summary>
    public abstract string Kind { get; }

    /// <summary>What a person calls it: processor or card, threads or memory.</summary>
    public abstract string Name { get; }

    /// <summary>What went wrong with the card that auto would have taken instead; null if there is none or another word was asked for.</summary>
    public string? PassedOver { get; internal init; }

    /// <summary>True if models on this device can round the operands of products so.</summary>
    public virtual bool Computes(Compute precision) => precision == Compute.Float32;

    /// <summary>Throws if a model, of which nothing is allocated yet, would not fit.</summary>
    /// <exception cref="DeviceException">It does not fit; the message says what would.</exception>
    internal virtual void Admit(CompiledModel model)
    {
    }

    /// <summary>Allocates the parameter arenas of a model.</summary>
    public abstract ParameterSet CreateParameters(ModelDescription description);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>A device that is not there or cannot do what is asked; the message says what to do.</summary>
public sealed class DeviceException(string message) : Exception(message);
