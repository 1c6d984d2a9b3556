using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>A slot with several entries, such as one for each layer.</summary>
/// <typeparam name="T">Its elements.</typeparam>
/// <param name="start">The first entry, and what follows it.</param>
/// <param name="elements">From one entry to the next.</param>
public readonly struct Entries<T>(ArrayView<T> start, long elements) where T : unmanaged
{
    /// <summary>An entry, and what follows it.</summary>
    public ArrayView<T> this[int entry] => start.SubView(entry * elements, start.Length - entry * elements);
}
