namespace AlbertCompiled.Gpu;

/// <summary>
/// What a constructor takes of a device, directly or in the constructors that it calls: it is freed again at the end of the scope unless it is kept, so that an
/// allocation that fails leaves nothing behind. <see cref="GpuDevice.Allocations"/> opens one.
/// </summary>
internal sealed class AllocationScope : IDisposable
{
    readonly GpuDevice device;
    readonly AllocationScope? outer;
    readonly List<IDisposable> taken = [];

    public AllocationScope(GpuDevice device)
    {
        (this.device, outer) = (device, device.Scope);
        device.Scope = this;
    }

    /// <summary>Something that was taken.</summary>
    public void Add(IDisposable owned) => taken.Add(owned);

    /// <summary>All went well: what was taken belongs to the constructor, or to the scope around this one.</summary>
    public void Keep()
    {
        foreach (var owned in taken) outer?.Add(owned);
        taken.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        device.Scope = outer;
        if (taken.Count > 0) device.PrepareToFree();
        for (int i = taken.Count - 1; i >= 0; i--) GpuDevice.Free(taken[i]);
    }
}
