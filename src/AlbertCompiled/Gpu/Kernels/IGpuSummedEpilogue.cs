using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>An epilogue of whose result somebody wants the column sums: it returns what it stores, before that is rounded.</summary>
public interface IGpuSummedEpilogue
{
    /// <summary>Consumes finished elements of a row, as <see cref="IGpuEpilogue.Apply"/> does, and returns what it has stored, before that was rounded.</summary>
    V Apply<V>(V product, int row, int column) where V : struct, IPack<V>;

    /// <summary>Arithmetic operations for an element (<see cref="IGpuEpilogue.Operations"/>).</summary>
    static virtual int Operations => 0;
}

/// <summary>Such an epilogue, with the place of the sums; as an epilogue like others it sums nothing.</summary>
/// <param name="epilogue">The epilogue.</param>
/// <param name="partials">[chunks, columns].</param>
internal readonly struct Summed<TEpilogue>(TEpilogue epilogue, ArrayView<float> partials) : IGpuEpilogue where TEpilogue : struct, IGpuSummedEpilogue
{
    readonly TEpilogue epilogue = epilogue;

    /// <summary>A row of sums for each chunk of rows.</summary>
    public readonly ArrayView<float> Partials = partials;

    /// <inheritdoc/>
    public void Apply<V>(V product, int row, int column) where V : struct, IPack<V> => epilogue.Apply(product, row, column);

    /// <summary>What it stores, before that is rounded.</summary>
    public V Value<V>(V product, int row, int column) where V : struct, IPack<V> => epilogue.Apply(product, row, column);

    /// <inheritdoc/>
    public static int Operations => TEpilogue.Operations;
}
