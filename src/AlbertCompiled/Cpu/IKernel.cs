namespace AlbertCompiled.Cpu;

/// <summary>A kernel over rows: a small struct of pointers with the loop written once. It runs chunk by chunk on any thread.</summary>
public interface IRowKernel
{
    /// <summary>Bytes read and written for a row, partial sums left out.</summary>
    static virtual int BytesPerRow => 0;

    /// <summary>Computes rows <paramref name="first"/> to <paramref name="last"/> − 1, which form chunk <paramref name="chunk"/>.</summary>
    void Run(int first, int last, int chunk);
}

/// <summary>What happens to an element of a matrix product before it is stored: bias, activation, residual, accumulation.</summary>
public interface IEpilogue
{
    /// <summary>Consumes the finished products of row <paramref name="row"/> from column <paramref name="column"/> on, one per lane.</summary>
    void Apply<V>(V product, int row, int column) where V : struct, ISimd<V>;

    /// <summary>Asks for what <see cref="Apply"/> will read and write from there on, a cache line of each tensor, while the products are still computed.</summary>
    void Prefetch(int row, int column);
}
