using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>How a program keeps its activations in device memory. Kernels compute in float32 whatever it is.</summary>
/// <typeparam name="TSelf">The element itself: <see cref="Float32"/> or <see cref="BFloat16"/>.</typeparam>
public interface IElement<TSelf> where TSelf : unmanaged, IElement<TSelf>
{
    /// <summary>The number.</summary>
    static abstract float Read(TSelf element);

    /// <summary>The nearest element, ties to even.</summary>
    static abstract TSelf Of(float value);

    /// <summary>Eight elements from a multiple of 8 on, in a view that begins on a 16-byte boundary.</summary>
    static abstract Float8 Load(ArrayView<TSelf> view, int index);

    /// <summary>Writes eight elements, likewise.</summary>
    static abstract void Store(ArrayView<TSelf> view, int index, Float8 value);
}
