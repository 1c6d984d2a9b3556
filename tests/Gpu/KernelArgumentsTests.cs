using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.Ptx;
using AlbertCompiled.Tests.Gpu.Emulation;
using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>Parameter blocks of launches; that ILGPU's code reads them so is what every kernel in the emulator shows.</summary>
public sealed unsafe class KernelArgumentsTests
{
    enum Small : byte { None, Some }

    struct Inner
    {
        public byte First;
        public ArrayView<byte> View;
        public short Last;
    }

    readonly struct Nothing { }

    struct Kernel
    {
        public byte Byte;
        public Inner Inner;
        public Small Small;
        public Nothing Nothing;
        public double Double;
        public ArrayView<float> View;
        public int Int;
        public ArrayView<float> Empty;
        public ushort UShort;
    }

    readonly struct Captured(int rows, ArrayView<float> view, float scale)
    {
        public float Use() => rows * view.Length * scale;
    }

    [Fact]
    public void Fields_lie_in_order_each_at_a_multiple_of_its_size()
    {
        var (kernel, address) = Example();
        byte[] block = KernelArguments<Kernel>.Of(kernel);
        Assert.Equal(104, KernelArguments<Kernel>.Bytes);
        Assert.Equal((1, 2, 4), (block[0], block[8], BitConverter.ToInt16(block, 32)));
        Assert.Equal((address, 12L), (BitConverter.ToInt64(block, 16), BitConverter.ToInt64(block, 24)));
        Assert.Equal(ParameterBlock.Of(kernel), block);
    }

    [Fact]
    public void Parameters_that_a_struct_keeps_are_its_fields()
    {
        var kernel = new Captured(3, Example().Kernel.View, 0.5f);
        Assert.Equal(32, KernelArguments<Captured>.Bytes);
        Assert.Equal(ParameterBlock.Of(kernel), KernelArguments<Captured>.Of(kernel));
        Assert.Equal(ParameterBlock.Of(default(Nothing)), KernelArguments<Nothing>.Of(default));
    }

    [Fact]
    public void Filling_allocates_nothing()
    {
        var kernel = Example().Kernel;
        byte* block = stackalloc byte[KernelArguments<Kernel>.Bytes];
        KernelArguments<Kernel>.Fill(kernel, block);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) KernelArguments<Kernel>.Fill(kernel, block);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    readonly record struct Flag(bool IsSet);

    [Fact]
    public void What_devices_see_otherwise_is_refused()
    {
        Assert.Contains("Boolean", Assert.Throws<NotSupportedException>(() => KernelArguments.BytesOf(typeof(Flag))).Message, StringComparison.Ordinal);
        Assert.Contains("take a struct of your own", Assert.Throws<NotSupportedException>(() => KernelArguments.BytesOf(typeof((byte, long)))).Message, StringComparison.Ordinal);
    }

    static (Kernel Kernel, long Address) Example()
    {
        var memory = GpuDevice.Emulate(new EmulatedHost(runs: false)).Allocate<float>(8);
        ArrayView<float> view = memory.View;
        var kernel = new Kernel
        {
            Byte = 1,
            Inner = new() { First = 2, View = view.SubView(1, 3).Cast<byte>(), Last = 4 },
            Small = Small.Some,
            Double = 0.25,
            View = view.SubView(2, 5),
            Int = 7,
            UShort = 9,
            Nothing = default,
            Empty = default,
        };
        return (kernel, memory.NativePtr + sizeof(float));
    }
}
