using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>Operands of random numbers and room for a result: the clock of a card depends on what it multiplies.</summary>
internal sealed class ProductScratch : IDisposable
{
    readonly GpuDevice device;
    const int Pattern = 1 << 16;

    readonly MemoryBuffer1D<BFloat16, Stride1D.Dense>? memory;

    /// <summary>Allocates for the largest of the products that takes no more than a half of what is free; nothing if the card gives less than it has.</summary>
    public ProductScratch(GpuDevice device, IEnumerable<ProductShape> products)
    {
        this.device = device;
        long free = device.FreeMemory / 2 / sizeof(ushort), length = products.Select(Length).Where(l => l <= free).DefaultIfEmpty().Max();
        if (length == 0) return;
        try
        {
            memory = device.Allocate<BFloat16>(length);
        }
        catch (DeviceException)
        {
            return;     // in pieces, or another process was quicker: products go by the estimate
        }

        var random = new Random(1);
        var pattern = new BFloat16[Math.Min(Pattern, length)];
        for (int i = 0; i < pattern.Length; i++) pattern[i] = BFloat16.Of((float)random.NextDouble() - 0.5f);
        ArrayView<BFloat16> view = memory.View;
        device.Write(view, pattern);
        for (long done = pattern.Length; done < length; done *= 2) view.SubView(0, Math.Min(done, length - done)).CopyTo(device.Stream, view.SubView(done, Math.Min(done, length - done)));
    }

    /// <summary>True if there is room for a product.</summary>
    public bool Holds(ProductShape product) => memory is not null && memory.Length >= Length(product);

    /// <summary>The left operand.</summary>
    public TensorOperand A(ProductShape p, int columns) => Operand(0, SizeA(p), columns);

    /// <summary>The right operand.</summary>
    public TensorOperand B(ProductShape p, int columns) => Operand(SizeA(p), SizeB(p), columns);

    /// <summary>The result.</summary>
    public ArrayView<BFloat16> C(ProductShape p) => Part(SizeA(p) + SizeB(p), SizeC(p));

    /// <summary>Elements from one row to the next: a multiple of 16.</summary>
    public static int Stride(int columns) => (columns + 15) / 16 * 16;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (memory is null) return;
        device.PrepareToFree();
        device.Release(memory);
    }

    ArrayView<BFloat16> Part(long first, long length) => memory!.View.BaseView.SubView(first, length);

    TensorOperand Operand(long first, long length, int columns) => new((ulong)Part(first, length).LoadEffectiveAddressAsPtr(), Stride(columns));

    static long Length(ProductShape p) => SizeA(p) + SizeB(p) + SizeC(p);

    // rows are as long as the layout has them, either way
    static long SizeA(ProductShape p) => (long)Stride(p.M) * Stride(p.K);

    static long SizeB(ProductShape p) => (long)Stride(p.K) * Stride(p.N);

    static long SizeC(ProductShape p) => (long)p.M * Stride(p.N);
}
