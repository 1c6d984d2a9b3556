using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>Columns that several passes over a row read: in a register where the lane has one pack of them, else in memory.</summary>
/// <typeparam name="V">The pack.</typeparam>
/// <typeparam name="L">How lanes share a row.</typeparam>
public struct Kept<V, L>
    where V : struct, IPack<V>
    where L : struct, IRowLanes
{
    V value;

    /// <summary>The first pass that reads them.</summary>
    public V Load<T>(ArrayView<T> view, int index) where T : unmanaged, IElement<T>
    {
        value = V.Load(view, index);
        return value;
    }

    /// <summary>A later pass: <paramref name="index"/> is the first's.</summary>
    public readonly V Again<T>(ArrayView<T> view, int index) where T : unmanaged, IElement<T> => L.HoldRow ? value : V.Load(view, index);

    /// <summary>The pass that writes them, if later ones read them.</summary>
    public void Store<T>(ArrayView<T> view, int index, V result) where T : unmanaged, IElement<T>
    {
        value = result;
        V.Store(view, index, result);
    }

    /// <summary>The first pass that reads float32.</summary>
    public V Load(ArrayView<float> view, int index)
    {
        value = V.Load(view, index);
        return value;
    }

    /// <summary>A later pass, float32.</summary>
    public readonly V Again(ArrayView<float> view, int index) => L.HoldRow ? value : V.Load(view, index);

    /// <summary>The pass that writes float32.</summary>
    public void Store(ArrayView<float> view, int index, V result)
    {
        value = result;
        V.Store(view, index, result);
    }
}
