using AlbertCompiled.Gpu.TensorCores;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu;

/// <content>What happens before a program is queued for the first time: memory on paper, the rehearsal, the kernels.</content>
public sealed partial class GpuDevice
{
    // on paper: the same card and streams, which nothing reaches
    GpuDevice(GpuDevice device)
    {
        (context, Kind, Accelerator, Stream, CopyStream, Lanes, Host) = (device.context, device.Kind, device.Accelerator, device.Stream, device.Stream, device.Lanes, device.Host);
        (paper, Rehearsal, productMeasurements) = (new(), new(), device.ProductMeasurements);
        maker = device.maker;
    }

    readonly PaperMemory? paper;

    /// <summary>This device on paper: what is allocated is counted, what is queued is dropped. There is nothing to dispose of.</summary>
    internal GpuDevice OnPaper() => new(this);

    /// <summary>True of <see cref="OnPaper"/>.</summary>
    internal bool IsOnPaper => paper is not null;

    /// <summary>Bytes that are allocated on paper.</summary>
    internal long PaperBytes => paper?.Bytes ?? 0;

    /// <summary>
    /// Bytes that a model allocates here, once all its programs have run: parameters, their copies, gradients and moments, activations, workspaces, batches and where they
    /// land. It is counted by the code that allocates, on paper. Page-locked memory of the host is not among them.
    /// </summary>
    /// <param name="model">The model, of which nothing need have been allocated.</param>
    /// <param name="capacity">The largest batch.</param>
    internal long BytesOf(CompiledModel model, Capacity capacity)
    {
        var paper = OnPaper();
        using var parameters = paper.CreateParameters(model.Description);
        using var executor = model.ExecutorOn(paper, parameters, capacity);
        ((IRehearsed)executor).Rehearse();
        return paper.PaperBytes;
    }

    /// <summary>The kernels that are loaded.</summary>
    internal KernelStore Kernels { get; } = new();

    /// <summary>What makes kernels for a CUDA device.</summary>
    internal KernelMaker Maker => maker.Value;

    readonly Lazy<KernelMaker> maker;

    /// <summary>What is told instead of the driver while launches are rehearsed; null while they are queued.</summary>
    internal Rehearsal? Rehearsal { get; private set; }

    /// <summary>
    /// Loads the kernels of a sequence of launches before it is queued for the first time, several at once: the driver's compiler takes most of a first step.
    /// </summary>
    /// <param name="queue">Queues the launches. It is called without an effect but what it allocates.</param>
    internal void Rehearse(Action queue)
    {
        if (!IsCuda) return;
        var rehearsal = Rehearsed(queue);
        if (rehearsal.Products.Count > 0)
        {
            Measure(rehearsal);
            rehearsal = Rehearsed(queue);
        }

        KernelStore.Load(rehearsal.Kernels, KernelStore.Threads);
    }

    void Measure(Rehearsal first)
    {
        using var scratch = new ProductScratch(this, first.Products.Select(p => p.Product));
        var rivals = Rehearsed(() =>
        {
            foreach (var product in first.Products) product.LaunchAll(scratch);
        });
        KernelStore.TryLoad(rivals.Kernels.Concat(first.Kernels), KernelStore.Threads);     // together: most of the latter are needed whatever is measured
        foreach (var product in first.Products) ProductMeasurements!.Measure(product.Product, product.Rivals, form => product.Milliseconds(form, scratch));
        ProductMeasurements!.Save();
    }

    Rehearsal Rehearsed(Action queue)
    {
        var rehearsal = Rehearsal = new();
        try
        {
            queue();
            return rehearsal;
        }
        finally
        {
            Rehearsal = null;
        }
    }

    ProductMeasurements? productMeasurements;

    /// <summary>
    /// What products of bfloat16 were measured to be quickest with, or null: they then go by the estimate. Measured is on a CUDA device, unless that is switched off.
    /// </summary>
    internal ProductMeasurements? ProductMeasurements
    {
        get => productMeasurements ??= IsCuda && GpuSwitches.Current.Measures ? new(ProductRecord.For((CudaAccelerator)Accelerator)) : null;
        set => productMeasurements = value;
    }
}
