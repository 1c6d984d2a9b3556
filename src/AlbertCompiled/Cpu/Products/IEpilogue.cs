namespace AlbertCompiled.Cpu;

/// <summary>What happens to an element of a matrix product before it is stored: bias, activation, residual, accumulation.</summary>
public interface IEpilogue
{
    /// <summary>Consumes the finished products of row <paramref name="row"/> from column <paramref name="column"/> on, one per lane.</summary>
    void Apply<V>(V product, int row, int column) where V : struct, ISimd<V>;

    /// <summary>Asks for what <see cref="Apply"/> will read and write from there on, a cache line of each tensor, while the products are still computed.</summary>
    void Prefetch(int row, int column);
}
