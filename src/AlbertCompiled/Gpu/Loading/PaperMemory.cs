using System.Reflection;
using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>Memory of a device on paper: it is counted, and has addresses, and is not there.</summary>
internal sealed class PaperMemory
{
    const long Alignment = 512;     // of what a driver gives

    long next = Alignment;

    /// <summary>Bytes that are allocated.</summary>
    public long Bytes { get; private set; }

    /// <summary>Allocates memory on paper.</summary>
    public MemoryBuffer1D<T, Stride1D.Dense> Allocate<T>(Accelerator accelerator, long length) where T : unmanaged
    {
        var whole = new ArrayView<T>(new Buffer(accelerator, this, length, Interop.SizeOf<T>()), 0, length);
        return (MemoryBuffer1D<T, Stride1D.Dense>)Wrapper<T>.Make.Invoke([accelerator, new ArrayView1D<T, Stride1D.Dense>(whole, length, default)]);
    }

    // ILGPU keeps to itself how a view becomes a buffer
    static class Wrapper<T> where T : unmanaged
    {
        public static readonly ConstructorInfo Make =
            typeof(MemoryBuffer1D<T, Stride1D.Dense>).GetConstructors(BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Instance).Single(c => c.GetParameters().Length == 2);
    }

    sealed class Buffer : MemoryBuffer
    {
        readonly PaperMemory memory;

        public Buffer(Accelerator accelerator, PaperMemory memory, long length, int elementSize) : base(accelerator, length, elementSize)
        {
            this.memory = memory;
            NativePtr = (IntPtr)memory.next;
            memory.next += (LengthInBytes + Alignment - 1) / Alignment * Alignment;
            memory.Bytes += LengthInBytes;
        }

        protected override void MemSet(AcceleratorStream stream, byte value, in ArrayView<byte> targetView)
        {
        }

        protected override void CopyTo(AcceleratorStream stream, in ArrayView<byte> sourceView, in ArrayView<byte> targetView)
        {
        }

        protected override void CopyFrom(AcceleratorStream stream, in ArrayView<byte> sourceView, in ArrayView<byte> targetView)
        {
        }

        protected override void DisposeAcceleratorObject(bool disposing) => memory.Bytes -= LengthInBytes;
    }
}
