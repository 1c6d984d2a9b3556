using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>
/// Page-locked slots that are filled and sent in turn: the host fills one while the copy of another is under way, and waits only for a
/// slot whose copy has not run yet.
/// </summary>
/// <typeparam name="T">Element.</typeparam>
internal sealed class UploadRing<T> : IDisposable where T : unmanaged
{
    const int Slots = 3;

    readonly (HostBuffer<T> Memory, StreamMark Sent)[] slots;
    int current;

    public UploadRing(GpuDevice device, int length) =>
        slots = [.. Enumerable.Range(0, Slots).Select(_ => (new HostBuffer<T>(device, length), new StreamMark(device)))];

    /// <summary>The next slot, free to be filled. It holds what it held when it was last sent.</summary>
    public Span<T> Next()
    {
        current = (current + 1) % Slots;
        slots[current].Sent.Wait();
        return slots[current].Memory.Span;
    }

    /// <summary>Queues the copy of the slot that <see cref="Next"/> gave.</summary>
    /// <returns>The mark behind the copy.</returns>
    public StreamMark Send(ArrayView<T> destination, AcceleratorStream stream)
    {
        slots[current].Memory.SendTo(destination, stream);
        slots[current].Sent.Set(stream);
        return slots[current].Sent;
    }

    public void Dispose()
    {
        foreach (var (memory, sent) in slots)
        {
            memory.Dispose();
            sent.Dispose();
        }
    }
}
