namespace AlbertCompiled.Cpu;

/// <summary>A kernel over rows: a small struct of pointers with the loop written once. It runs chunk by chunk on any thread.</summary>
public interface IRowKernel
{
    /// <summary>Bytes read and written for a row, partial sums left out.</summary>
    static virtual int BytesPerRow => 0;

    /// <summary>Computes rows <paramref name="begin"/> to <paramref name="end"/> − 1, which form chunk <paramref name="chunk"/>.</summary>
    void Run(int begin, int end, int chunk);
}
