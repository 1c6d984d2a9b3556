using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>Where an output of a program lies: among the activations, or in float32.</summary>
/// <typeparam name="T">Element of activations.</typeparam>
public readonly struct GpuOutput<T> where T : unmanaged, IElement<T>
{
    /// <summary>An activation.</summary>
    public GpuOutput(ArrayView<T> values, int stride) => (Activations, Stride) = (values, stride);

    /// <summary>A matrix of float32.</summary>
    public GpuOutput(ArrayView<float> values, int stride) => (Exact, Stride) = (values, stride);

    /// <summary>First element onwards, if the output is an activation.</summary>
    public ArrayView<T> Activations { get; }

    /// <summary>First float onwards, if it is float32.</summary>
    public ArrayView<float> Exact { get; }

    /// <summary>Elements from one row to the next.</summary>
    public int Stride { get; }
}
