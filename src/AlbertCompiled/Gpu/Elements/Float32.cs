using System.Runtime.InteropServices;
using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>An activation kept as it was computed.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Float32 : IElement<Float32>
{
    float value;

    /// <inheritdoc/>
    public static float Read(Float32 element) => element.value;

    /// <inheritdoc/>
    public static Float32 Of(float value)
    {
        Float32 element = default;
        element.value = value;
        return element;
    }

    /// <inheritdoc/>
    public static Float8 Load(ArrayView<Float32> view, int index) => Float8.Load(view.Cast<float>(), index);

    /// <inheritdoc/>
    public static void Store(ArrayView<Float32> view, int index, Float8 value) => Float8.Store(view.Cast<float>(), index, value);
}
