using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>A product that is to be measured on a card, with events, in memory of the measurement's own: nothing of a program's is read or written.</summary>
internal abstract class ProductTimer(GpuDevice device, ProductChoice choice, ProductShape product)
{
    const int Rounds = 3, Launches = 4;

    /// <summary>The product.</summary>
    public ProductShape Product => product;

    /// <summary>The forms that are compared, the estimate's first.</summary>
    public IReadOnlyList<(ProductVariant Variant, int Parts)> Rivals { get; } = choice.Rivals(product);

    /// <summary>Queues a form once.</summary>
    public abstract void Launch((ProductVariant Variant, int Parts) form, ProductScratch scratch);

    /// <summary>Queues every form once: rehearsed, it names the kernels that they need.</summary>
    public void LaunchAll(ProductScratch scratch)
    {
        if (!scratch.Holds(product)) return;
        foreach (var rival in Rivals) TryLaunch(rival, scratch);
    }

    // a form may want more memory for its parts than the card has left beside the operands
    bool TryLaunch((ProductVariant Variant, int Parts) form, ProductScratch scratch)
    {
        try
        {
            Launch(form, scratch);
            return true;
        }
        catch (DeviceException)
        {
            device.Synchronize();       // a device that is lost says so: nothing is chosen by that
            return false;
        }
    }

    /// <summary>
    /// The shortest time of a launch in milliseconds, measured with an epilogue that only moves, with what the product's own takes beyond it by the estimate; null if memory
    /// does not suffice, or the driver refuses the kernel.
    /// </summary>
    public double? Milliseconds((ProductVariant Variant, int Parts) form, ProductScratch scratch)
    {
        if (!scratch.Holds(product) || !TryLaunch(form, scratch)) return null;      // warms up as well
        var stream = ((CudaStream)device.Stream).StreamPtr;
        IntPtr begin = CudaDriver.CreateTimedEvent(), end = CudaDriver.CreateTimedEvent();
        try
        {
            double least = double.PositiveInfinity;
            for (int round = 0; round < Rounds; round++)
            {
                CudaDriver.Record(begin, stream);
                for (int i = 0; i < Launches; i++) Launch(form, scratch);
                CudaDriver.Record(end, stream);
                CudaDriver.Wait(end);
                least = Math.Min(least, CudaDriver.Milliseconds(begin, end) / Launches);
            }

            return least + choice.EpilogueMicroseconds(form.Variant, product) / 1000;
        }
        finally
        {
            CudaDriver.DestroyEvent(begin);
            CudaDriver.DestroyEvent(end);
        }
    }
}

/// <summary>Of one layout.</summary>
internal sealed class ProductTimer<TLayout>(GpuDevice device, ProductChoice choice, ProductShape product) : ProductTimer(device, choice, product)
    where TLayout : struct, IProductLayout
{
    readonly GpuDevice device = device;
    readonly Dictionary<ProductVariant, TensorProduct<TLayout, Store<BFloat16>>> products = [];

    /// <inheritdoc/>
    public override void Launch((ProductVariant Variant, int Parts) form, ProductScratch scratch)
    {
        if (!products.TryGetValue(form.Variant, out var launched)) products[form.Variant] = launched = TensorProducts<TLayout, Store<BFloat16>>.Create(device, form.Variant);
        var (m, n, k) = (Product.M, Product.N, Product.K);
        var a = scratch.A(Product, TLayout.TransposeA ? m : k);
        var b = scratch.B(Product, TLayout.TransposeB ? k : n);
        launched.Launch(a, b, m, n, k, form.Parts, new(scratch.C(Product), ProductScratch.Stride(n)));
    }
}
