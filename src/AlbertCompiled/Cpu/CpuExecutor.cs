using System.Runtime.InteropServices;

namespace AlbertCompiled.Cpu;

/// <summary>The programs of one model on the CPU and the arena that they share.</summary>
public sealed unsafe class CpuExecutor : ModelExecutor
{
    readonly Dictionary<string, CpuProgram> programs = [];
    readonly List<nint> packed = [];
    readonly float[] scalars;
    readonly long arenaFloats;

    /// <summary>Allocates the arena and binds the programs to it.</summary>
    public CpuExecutor(CompiledModel model, CpuDevice device, params ReadOnlySpan<Func<CpuExecutor, CpuProgram>> programs) : base(model)
    {
        (Model, Device) = (model, device);
        var parameters = (CpuParameterSet)model.Parameters;
        Values = parameters.Pointer(ParameterState.Value);
        Gradients = parameters.Pointer(ParameterState.Gradient);
        arenaFloats = Description.Programs.Max(p => p.Arena.Floats(Capacity));
        Arena = Pages.Allocate(arenaFloats);
        // the pages are touched once here, not in the first step; and no slot starts as a signalling pattern of old memory
        NativeMemory.Clear(Arena, (nuint)arenaFloats * sizeof(float));
        foreach (var create in programs)
        {
            var program = create(this);
            this.programs[program.Description.Name] = program;
        }

        scalars = new float[Description.Programs.Max(p => p.Outputs.Length)];
    }

    /// <summary>The model.</summary>
    public CompiledModel Model { get; }

    /// <summary>The processor and its threads.</summary>
    public CpuDevice Device { get; }

    /// <summary>The arena.</summary>
    internal float* Arena { get; private set; }

    internal float* Values { get; }

    internal float* Gradients { get; }

    /// <inheritdoc/>
    public override long ArenaBytes => arenaFloats * sizeof(float);

    internal float* AllocatePacked(long floats)
    {
        var memory = Pages.Allocate(floats);
        packed.Add((nint)memory);
        return memory;
    }

    /// <inheritdoc/>
    public override void Train(TokenBatch batch, ulong seed, long step) => programs["train"].Run(batch, seed, step);

    /// <inheritdoc/>
    public override void Evaluate(TokenBatch batch) => programs["evaluate"].Run(batch, 0, 0);

    /// <inheritdoc/>
    public override void Predict(TokenBatch batch)
    {
        if (!programs.TryGetValue("predict", out var program))
            throw new InvalidOperationException($"{Description.Name} has no inference program; give its definition a method Prediction(TokenBatch)");
        program.Run(batch, 0, 0);
    }

    /// <inheritdoc/>
    public override ScalarOutputs Scalars(string program)
    {
        var p = programs[program];
        int count = 0;
        while (count < p.Description.Outputs.Length && p.Description.Outputs[count].IsScalar)
        {
            scalars[count] = *p.Output(count).Data;
            count++;
        }

        return new(p.Description, scalars.AsSpan(0, count));
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
            if (destination.Length < rows * info.Columns)
                throw new ArgumentException($"{name} has {rows} × {info.Columns} values, the destination room for {destination.Length}");
            var output = p.Output(i);
            for (int r = 0; r < rows; r++)
                new ReadOnlySpan<float>(output.Data + r * output.Stride, info.Columns).CopyTo(destination[(r * info.Columns)..]);
            return rows;
        }

        throw new KeyNotFoundException($"the program {program} of {Description.Name} has no output {name}");
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (Arena is null) return;
        Pages.Free(Arena);
        Arena = null;
        foreach (nint memory in packed) Pages.Free((float*)memory);
    }
}
