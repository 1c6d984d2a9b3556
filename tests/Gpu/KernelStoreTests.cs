using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.Ptx;
using ILGPU;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Tests.Gpu;

public sealed class KernelStoreTests
{
    [Fact]
    public void Kernels_are_loaded_at_once()
    {
        using var meeting = new Barrier(3);
        int met = 0;
        KernelStore.Load(Enumerable.Repeat(() =>
        {
            if (meeting.SignalAndWait(TimeSpan.FromSeconds(60))) Interlocked.Increment(ref met);
        }, 3), threads: 3);
        Assert.Equal(3, met);
    }

    [Fact]
    public void What_a_kernel_throws_is_thrown()
    {
        int loaded = 0;
        var thrown = Assert.Throws<DeviceException>(() => KernelStore.Load([() => loaded++, () => throw new DeviceException("refused")], threads: 1));
        Assert.Equal(("refused", 1), (thrown.Message, loaded));
    }

    [Fact]
    public void A_kernel_is_loaded_once()
    {
        var store = new KernelStore();
        int loaded = 0;
        Func<Action> load = () =>
        {
            loaded++;
            return () => { };
        };
        Assert.Same(store.Get(typeof(int), load), store.Get(typeof(int), load));
        store.Get((typeof(int), 7), load);
        Assert.Equal(2, loaded);
    }

    [Fact]
    public void What_failed_to_load_is_loaded_anew()
    {
        var store = new KernelStore();
        int tries = 0;
        Func<Action> load = () => ++tries == 1 ? throw new DeviceException("no memory left") : () => { };
        Assert.Throws<DeviceException>(() => store.Get(typeof(int), load));
        Assert.Same(store.Get(typeof(int), load), store.Get(typeof(int), load));
        Assert.Equal(2, tries);
    }

    [Fact]
    public void A_text_does_not_depend_on_what_was_compiled_before()
    {
        string Round(bool first)
        {
            using var context = Context.Create(builder => builder.EnableKernels());
            using var backend = new PTXBackend(context, new CudaCapabilityContext(CudaArchitecture.SM_90), CudaArchitecture.SM_90, CudaInstructionSet.ISA_80, null);
            if (!first) KernelLoader.Compile(backend, typeof(GradientNormKernel), KernelSpecialization.Empty);
            return KernelLoader.Compile(backend, typeof(RoundKernel<AlbertCompiled.Gpu.BFloat16>), KernelSpecialization.Empty);
        }

        string alone = Round(first: true);
        Assert.Contains("Pair_", alone, StringComparison.Ordinal);
        Assert.Equal(alone, Round(first: false));
    }
}
