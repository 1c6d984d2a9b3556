using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>The programs of one model on a device and the arena that they share.</summary>
public sealed class GpuExecutor : ModelExecutor
{
    readonly Dictionary<string, GpuProgram> programs = [];
    readonly List<MemoryBuffer1D<float, Stride1D.Dense>> buffers = [];
    readonly ArrayView<float> results;
    readonly HostBuffer<float> scalars;
    readonly Dictionary<(string Program, int Output), HostBuffer<float>> delivered = [];

    /// <summary>Allocates the arena and binds the programs to it.</summary>
    /// <exception cref="DeviceException">The device has not as much memory left.</exception>
    public GpuExecutor(CompiledModel model, GpuDevice device, params ReadOnlySpan<Func<GpuExecutor, GpuProgram>> programs) : base(model)
    {
        (Model, Device) = (model, device);
        var parameters = (GpuParameterSet)model.Parameters;
        Values = parameters[ParameterState.Value];
        Gradients = Description.Trains ? parameters[ParameterState.Gradient] : default;
        Arena = AllocateScratch(Description.Programs.Max(p => p.Arena.Floats(Capacity)));
        int outputs = Description.Programs.Max(p => p.Outputs.Length);
        results = AllocateScratch(outputs);
        scalars = new(device, outputs);
        Batch = new(device, Capacity);
        foreach (var create in programs)
        {
            var program = create(this);
            this.programs[program.Description.Name] = program;
        }
    }

    /// <summary>The model.</summary>
    public CompiledModel Model { get; }

    /// <summary>The device.</summary>
    public GpuDevice Device { get; }

    internal ArrayView<float> Arena { get; }

    internal ArrayView<float> Values { get; }

    internal ArrayView<float> Gradients { get; }

    internal GpuBatch Batch { get; }

    /// <inheritdoc/>
    public override long ArenaBytes => buffers.Sum(b => b.LengthInBytes);

    internal ArrayView<float> AllocateScratch(long floats)
    {
        var buffer = Device.Allocate<float>(floats);
        buffers.Add(buffer);
        return buffer.View;
    }

    /// <inheritdoc/>
    public override void Train(TokenBatch batch, ulong seed, long step) => Run("train", batch, seed, step);

    /// <inheritdoc/>
    public override void Evaluate(TokenBatch batch) => Run("evaluate", batch, 0, 0);

    /// <inheritdoc/>
    public override void Infer(string program, TokenBatch batch) => Run(program, batch, 0, 0);

    /// <inheritdoc/>
    public override ScalarOutputs Scalars(string program)
    {
        Device.Bind();
        var p = programs[program];
        int count = 0;
        while (count < p.Description.Outputs.Length && p.Description.Outputs[count].IsScalar)
        {
            p.Output(count).Values.SubView(0, 1).CopyTo(Device.Stream, results.SubView(count, 1));
            count++;
        }

        return new(p.Description, scalars.CopyFrom(results, count));
    }

    /// <inheritdoc/>
    public override OutputRows Rows(string program, int output)
    {
        Device.Bind();
        var p = programs[program];
        var info = p.Description.Outputs[output];
        var source = p.Output(output);
        int rows = info.Rows is { } dimension ? p.CountOf(dimension) : info.ConstantRows;
        if (!delivered.TryGetValue((program, output), out var host))
        {
            // once, for the largest batch: later runs allocate nothing
            int most = info.Rows is { } bound ? Math.Max(1, Capacity[bound]) : info.ConstantRows;
            delivered[(program, output)] = host = new(Device, OutputRows.Extent(most, info.Columns, source.Stride));
        }

        return new(host.CopyFrom(source.Values, OutputRows.Extent(rows, info.Columns, source.Stride)), rows, info.Columns, source.Stride);
    }

    /// <inheritdoc/>
    public override int ReadOutput(string program, string name, Span<float> destination)
    {
        var p = programs[program];
        for (int i = 0; i < p.Description.Outputs.Length; i++)
        {
            var info = p.Description.Outputs[i];
            if (info.Name != name) continue;
            int rows = info.Rows is { } dimension ? p.CountOf(dimension) : info.ConstantRows;
            if (destination.Length < (long)rows * info.Columns)
                throw new ArgumentException($"{name} has {rows} × {info.Columns} values, the destination room for {destination.Length}");
            ReadRows(p.Output(i), rows, info.Columns, destination);
            return rows;
        }

        throw new KeyNotFoundException($"the program {program} of {Description.Name} has no output {name}");
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Batch.Dispose();
        scalars.Dispose();
        foreach (var host in delivered.Values) host.Dispose();
        delivered.Clear();
        foreach (var buffer in buffers) buffer.Dispose();
        buffers.Clear();
    }

    void Run(string program, TokenBatch batch, ulong seed, long step)
    {
        Device.Bind();
        Batch.Upload(batch);
        programs[program].Run(seed, step);
    }

    void ReadRows(Operand source, int rows, int columns, Span<float> destination)
    {
        if (rows == 0) return;
        if (source.Stride == columns)
        {
            Device.Read(source.Values, destination[..(rows * columns)]);
            return;
        }

        var padded = new float[(rows - 1) * source.Stride + columns];
        Device.Read(source.Values, padded);
        for (int r = 0; r < rows; r++) padded.AsSpan(r * source.Stride, columns).CopyTo(destination[(r * columns)..]);
    }
}
