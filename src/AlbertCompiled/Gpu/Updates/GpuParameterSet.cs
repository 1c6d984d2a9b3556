using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>Parameters in device memory; updates run there.</summary>
public sealed class GpuParameterSet : ParameterSet
{
    readonly GpuDevice device;
    readonly MemoryBuffer1D<float, Stride1D.Dense>[] states;
    readonly ParameterUpdate? update;
    readonly HostBuffer<float> hostNorm;
    MemoryBuffer1D<BFloat16, Stride1D.Dense>? rounded;
    GpuKernel<RoundKernel<BFloat16>>? round;
    bool stale, disposed;

    /// <summary>Allocates the arenas, zeroed.</summary>
    /// <param name="device">Where.</param>
    /// <param name="description">What they hold.</param>
    /// <exception cref="DeviceException">The device has not as much memory left.</exception>
    public GpuParameterSet(GpuDevice device, ModelDescription description) : base(description)
    {
        this.device = device;
        using var scope = device.Allocations();
        states = [.. Enumerable.Range(0, description.ParameterArenas).Select(_ => device.Allocate<float>(Length))];
        State = new(device);
        hostNorm = new(device, 1);
        if (description.Trains) update = new(device, description.Parameters);
        scope.Keep();
    }

    /// <summary>What changes from run to run of the model's programs and updates.</summary>
    internal RunState State { get; }

    /// <summary>[1] the norm of the gradients at the last update.</summary>
    internal ArrayView<float> Norm => update is null ? throw Description.WithoutTraining("has no gradients") : update.Norm;

    /// <summary>All of one arena.</summary>
    /// <exception cref="InvalidOperationException">The model does not train, so there is no such arena.</exception>
    public ArrayView<float> this[ParameterState state]
    {
        get
        {
            ObjectDisposedException.ThrowIf(disposed || device.IsClosed, this);
            Require(state);
            return states[(int)state].View;
        }
    }

    /// <summary>
    /// The weights as products of a program with such activations read them: themselves, or a rounded copy. Updates write the copy along
    /// with the weights; <see cref="Refresh"/> rounds what was written otherwise.
    /// </summary>
    internal ArrayView<T> As<T>() where T : unmanaged, IElement<T>
    {
        if (typeof(T) != typeof(BFloat16)) return this[ParameterState.Value].Cast<T>();
        rounded ??= device.Allocate<BFloat16>(Length);
        stale = true;
        return rounded.View.AsContiguous().Cast<T>();
    }

    /// <summary>Queues the rounding of weights that were written since the last run, if there is a copy.</summary>
    internal void Refresh()
    {
        if (!stale || rounded is null) return;
        round ??= new(device);
        int packs = (int)(Length / 8);
        round.Launch((packs + device.Lanes - 1) / device.Lanes, new() { Source = this[ParameterState.Value], Target = rounded.View, Packs = packs });
        stale = device.Rehearsal is not null;
    }

    /// <inheritdoc/>
    public override void Read(ParameterState state, long offset, Span<float> destination)
    {
        RequireRange(offset, destination.Length);
        if (!destination.IsEmpty) device.Read(this[state].SubView(offset, destination.Length), destination);
    }

    /// <inheritdoc/>
    public override void Write(ParameterState state, long offset, ReadOnlySpan<float> source)
    {
        RequireRange(offset, source.Length);
        stale |= state == ParameterState.Value;
        if (!source.IsEmpty) device.Write(this[state].SubView(offset, source.Length), source);
    }

    /// <inheritdoc/>
    public override float Update(in OptimizerSettings settings, long step)
    {
        settings.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        ObjectDisposedException.ThrowIf(disposed || device.IsClosed, this);
        device.Bind();
        State.SetRule(UpdateRule.Of(settings, step));
        State.Send();
        QueueUpdate(settings.Optimizer);
        return hostNorm.CopyFrom(Norm, 1)[0];
    }

    /// <summary>Queues an update by the settings in <see cref="State"/>.</summary>
    internal void QueueUpdate(Optimizer optimizer)
    {
        if (update is null) throw Description.WithoutTraining("has nothing to update");
        update.Queue(optimizer, State.Rule, new()
        {
            Value = this[ParameterState.Value],
            Gradient = this[ParameterState.Gradient],
            First = this[ParameterState.FirstMoment],
            Second = this[ParameterState.SecondMoment],
            Rounded = rounded is null ? default : rounded.View,
        });
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (disposed) return;
        disposed = true;
        device.PrepareToFree();
        foreach (var state in states) GpuDevice.Free(state);
        if (rounded is not null) device.Release(rounded);
        update?.Dispose();
        hostNorm.Dispose();
        State.Dispose();
    }
}
