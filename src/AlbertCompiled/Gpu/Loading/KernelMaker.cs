using AlbertCompiled.Gpu.Ptx;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu;

/// <summary>From a kernel's struct to its text by ILGPU's compiler, and from a completed text to code on the card by the driver's: either is kept.</summary>
internal sealed class KernelMaker : IDisposable
{
    readonly KernelCompilers compilers;
    readonly KernelTexts texts;
    readonly KernelCodes codes;
    Task? warm;

    /// <summary>What makes kernels for a card.</summary>
    public KernelMaker(CudaAccelerator card)
    {
        var files = KernelFiles.For(card);
        compilers = new(card.Backend);
        texts = new(files, $"{card.Architecture} {card.InstructionSet}");
        codes = new(files);
    }

    /// <summary>Makes a text in the background, once: if none are kept, ILGPU's code is then ready when kernels are needed, and that takes longer than any kernel.</summary>
    public void WarmUp() => warm ??= Task.Run(() => Text(typeof(ClearKernel<Float32>), KernelSpecialization.Empty));

    /// <summary>A kernel's text, to be completed.</summary>
    /// <param name="kernel">The kernel's struct.</param>
    /// <param name="specialization">Lanes of a group and groups of a multiprocessor, if they are fixed.</param>
    public string Text(Type kernel, KernelSpecialization specialization) =>
        texts.Of(kernel, specialization, () => compilers.Use(backend => KernelLoader.Compile(backend, kernel, specialization)));

    /// <summary>Loads a text as a module of the calling thread's context.</summary>
    /// <exception cref="DeviceException">The driver refuses it; the message holds what it says.</exception>
    public IntPtr Module(string ptx) => codes.Load(ptx, CudaDriver.Compile, code => CudaDriver.LoadModule(code));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (warm is not null) Task.WaitAny(warm);       // it may have failed: whoever needs a kernel is told
        compilers.Dispose();
    }
}
