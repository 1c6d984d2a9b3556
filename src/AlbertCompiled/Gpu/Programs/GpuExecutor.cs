using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>The programs of one model on a device and the arenas that they share.</summary>
/// <typeparam name="T">How activations are kept.</typeparam>
public sealed class GpuExecutor<T> : ModelExecutor, IRehearsed where T : unmanaged, IElement<T>
{
    readonly Dictionary<string, GpuProgram<T>> programs = [];
    readonly List<MemoryBuffer> buffers = [];
    readonly GpuParameterSet parameters;
    readonly ArrayView<float> results, scalars;
    readonly HostBuffer<float> hostResults;     // scalar outputs of the last run, then the gradient norm if it updated
    readonly StreamMark complete;
    readonly Dictionary<(string Program, bool Adds, Optimizer? Update), StepGraph> graphs = [];
    readonly GpuKernel<AddKernel> add;
    readonly Dictionary<(string Program, int Output), HostBuffer<float>> delivered = [];
    bool disposed;

    /// <summary>Allocates the arena and binds the programs to it.</summary>
    /// <exception cref="DeviceException">The device has not as much memory left.</exception>
    public GpuExecutor(CompiledModel model, GpuDevice device, params ReadOnlySpan<Func<GpuExecutor<T>, GpuProgram<T>>> programs) : base(model)
    {
        (Model, Device) = (model, device);
        parameters = (GpuParameterSet)model.Parameters;
        Values = parameters[ParameterState.Value];
        Gradients = Description.Trains ? parameters[ParameterState.Gradient] : default;
        Weights = parameters.As<T>();
        using var scope = device.Allocations();
        Elements = Allocate<T>(Description.Programs.Max(p => p.Arena.Elements(Capacity)));
        Exact = Allocate<float>(Description.Programs.Max(p => p.Arena.Exact(Capacity)));
        int most = Description.Programs.Max(p => p.Outputs.Length) + 1;
        results = Allocate<float>(most);
        scalars = Allocate<float>(most);
        add = new(device);
        hostResults = new(device, most);
        complete = new(device);
        Batch = new(device, Capacity);
        foreach (var create in programs)
        {
            var program = create(this);
            this.programs[program.Description.Name] = program;
        }

        scope.Keep();
    }

    /// <summary>The model.</summary>
    public CompiledModel Model { get; }

    /// <summary>The device.</summary>
    public GpuDevice Device { get; }

    /// <summary>Activations.</summary>
    internal ArrayView<T> Elements { get; }

    /// <summary>What is float32 in every precision.</summary>
    internal ArrayView<float> Exact { get; }

    /// <summary>{seed, step} of the running step.</summary>
    internal ArrayView<ulong> RunState => parameters.State.Run;

    /// <summary>The parameters as products read them.</summary>
    internal ArrayView<T> Weights { get; }

    internal ArrayView<float> Values { get; }

    internal ArrayView<float> Gradients { get; }

    internal GpuBatch Batch { get; }

    /// <inheritdoc/>
    public override long ArenaBytes => buffers.Sum(b => b.LengthInBytes);

    internal ArrayView<float> AllocateScratch(long floats) => Allocate<float>(floats);

    internal void Own(MemoryBuffer memory) => buffers.Add(memory);

    ArrayView<E> Allocate<E>(long length) where E : unmanaged
    {
        var buffer = Device.Allocate<E>(length);
        buffers.Add(buffer);
        return buffer.View;
    }

    /// <inheritdoc/>
    public override StepResult Step(scoped in BatchPart part, ulong seed, long step, scoped in OptimizerSettings settings)
    {
        parameters.State.SetRule(UpdateRule.Of(settings, step + 1));
        Run("train", part, seed, step, settings.Optimizer);
        return new(Scalars("train"), hostResults.Span.Slice(programs["train"].Description.ScalarCount, 1));
    }

    /// <inheritdoc/>
    public override void Train(in BatchPart part, ulong seed, long step) => Run("train", part, seed, step);

    /// <inheritdoc/>
    public override void Evaluate(TokenBatch batch) => Run("evaluate", batch, 0, 0);

    /// <inheritdoc/>
    public override void Infer(string program, TokenBatch batch) => Run(program, batch, 0, 0);

    /// <inheritdoc/>
    public override ScalarOutputs Scalars(string program)
    {
        var description = programs[program].Description;
        return new(description, hostResults.Span[..description.ScalarCount], this);
    }

    /// <inheritdoc/>
    public override void Complete()
    {
        ObjectDisposedException.ThrowIf(disposed || Device.IsClosed, Model);
        Device.Bind();
        complete.Wait();
    }

    /// <inheritdoc/>
    public override OutputRows Rows(string program, int output)
    {
        ObjectDisposedException.ThrowIf(disposed || Device.IsClosed, Model);
        RequireOutputs(program);
        Device.Bind();
        var p = programs[program];
        var info = p.Description.Outputs[output];
        var source = p.Output(output);
        int rows = info.Rows is { } dimension ? p.CountOf(dimension) : info.ConstantRows;
        if (!delivered.TryGetValue((program, output), out var host))
        {
            // once, for the largest batch: later runs allocate nothing
            delivered[(program, output)] = host = new(Device, OutputRows.Extent(MostRows(info), info.Columns, source.Stride));
        }

        return new(host.CopyFrom(Floats(source, info, OutputRows.Extent(rows, info.Columns, source.Stride)), OutputRows.Extent(rows, info.Columns, source.Stride)), rows, info.Columns, source.Stride, this);
    }

    /// <inheritdoc/>
    public override int ReadOutput(string program, string name, Span<float> destination)
    {
        ObjectDisposedException.ThrowIf(disposed || Device.IsClosed, Model);
        RequireOutputs(program);
        var p = programs[program];
        int output = p.Description.IndexOf(name);
        var info = p.Description.Outputs[output];
        int rows = info.Rows is { } dimension ? p.CountOf(dimension) : info.ConstantRows;
        if (destination.Length < (long)rows * info.Columns)
            throw new ArgumentException($"{name} has {rows} × {info.Columns} values, the destination room for {destination.Length}");
        ReadRows(p.Output(output), info, rows, destination);
        return rows;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (disposed) return;
        disposed = true;
        LastRun = null;
        Device.PrepareToFree();
        foreach (var graph in graphs.Values) graph.Dispose();
        graphs.Clear();
        Batch.Dispose();
        hostResults.Dispose();
        complete.Dispose();
        if (widened is not null) GpuDevice.Free(widened);
        foreach (var host in delivered.Values) host.Dispose();
        delivered.Clear();
        foreach (var buffer in buffers) Device.Release(buffer);
        buffers.Clear();
    }

    /// <inheritdoc/>
    void IRehearsed.Rehearse()
    {
        parameters.Refresh();
        foreach (var (name, program) in programs)
        {
            Queue(program, adds: false, name == "train" ? Description.Optimizer : null);
            for (int i = program.Description.ScalarCount; i < program.Description.Outputs.Length; i++)
            {
                var (info, source) = (program.Description.Outputs[i], program.Output(i));
                Floats(source, info, OutputRows.Extent(MostRows(info), info.Columns, source.Stride));
            }
        }
    }

    int MostRows(OutputInfo output) => output.Rows is { } dimension ? Math.Max(1, Capacity[dimension]) : output.ConstantRows;

    void Run(string program, in BatchPart part, ulong seed, long step, Optimizer? update = null)
    {
        ObjectDisposedException.ThrowIf(disposed || Device.IsClosed, Model);
        try
        {
            Device.Bind();
            var graph = Graph((program, part.Adds, update));
            LastRun = null;     // what a run that fails leaves is no output
            Batch.Upload(part);
            parameters.State.SetRun(seed, part.DropoutStep(step));
            parameters.State.Send();
            parameters.Refresh();
            graph.Run();
            complete.Set(Device.Stream);
            LastRun = program;
        }
        catch (AcceleratorException e)
        {
            throw Device.Failed(e);
        }
    }

    StepGraph Graph((string Program, bool Adds, Optimizer? Update) key) =>
        graphs.TryGetValue(key, out var graph) ? graph : graphs[key] = NewGraph(programs[key.Program], key.Adds, key.Update);

    StepGraph NewGraph(GpuProgram<T> program, bool adds, Optimizer? update)
    {
        Device.Rehearse(() =>
        {
            parameters.Refresh();
            Queue(program, adds, update);
        });
        return new(Device, () => Queue(program, adds, update));
    }

    /// <summary>All that a run launches, down to its results in memory that the host reads.</summary>
    void Queue(GpuProgram<T> program, bool adds, Optimizer? update)
    {
        program.Queue(adds);
        int count = program.Description.ScalarCount;
        var taken = adds ? scalars : results;
        for (int i = 0; i < count; i++) Device.Copy(program.Output(i).Exact.SubView(0, 1), taken.SubView(i, 1));
        if (adds) add.Launch(1, new() { Source = scalars, Target = results, Length = count });
        if (update is { } optimizer)
        {
            parameters.QueueUpdate(optimizer);
            Device.Copy(parameters.Norm, results.SubView(count++, 1));
        }

        if (Device.Rehearsal is null) hostResults.FetchFrom(results, count, Device.Stream);
    }

    GpuKernel<WidenKernel<T>>? widen;
    MemoryBuffer1D<float, Stride1D.Dense>? widened;

    /// <summary>The first values of an output as float32 in device memory.</summary>
    ArrayView<float> Floats(GpuOutput<T> output, OutputInfo info, int length)
    {
        if (output.Exact.IsValid) return output.Exact;
        if (typeof(T) == typeof(Float32)) return output.Activations.Cast<float>();
        int most = OutputRows.Extent(MostRows(info), info.Columns, output.Stride);      // for the largest batch at once: later runs allocate nothing
        if (widened is null || widened.Length < most)
        {
            widened?.Dispose();
            widened = null;
            widened = Device.Allocate<float>(most);
        }

        widen ??= new(Device);
        widen.Launch((length + Device.Lanes - 1) / Device.Lanes, new() { Source = output.Activations, Target = widened.View, Length = length });
        return widened.View;
    }

    void ReadRows(GpuOutput<T> source, OutputInfo info, int rows, Span<float> destination)
    {
        if (rows == 0) return;
        int columns = info.Columns;
        if (source.Stride == columns)
        {
            Device.Read(Floats(source, info, rows * columns), destination[..(rows * columns)]);
            return;
        }

        var padded = new float[(rows - 1) * source.Stride + columns];
        Device.Read(Floats(source, info, padded.Length), padded);
        for (int r = 0; r < rows; r++) padded.AsSpan(r * source.Stride, columns).CopyTo(destination[(r * columns)..]);
    }
}
