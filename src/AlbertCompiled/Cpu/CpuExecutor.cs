namespace AlbertCompiled.Cpu;

/// <summary>The programs of one model on the CPU and the arena that they share.</summary>
public sealed unsafe class CpuExecutor : ModelExecutor
{
    readonly Dictionary<string, CpuProgram> programs = [];
    readonly Dictionary<(long Offset, bool Transposed), nint> packed = [];
    readonly CpuParameterSet parameters;
    readonly float[] scalars;
    readonly long arenaFloats;

    /// <summary>Allocates the arena and binds the programs to it.</summary>
    public CpuExecutor(CompiledModel model, CpuDevice device, params ReadOnlySpan<Func<CpuExecutor, CpuProgram>> programs) : base(model)
    {
        (Model, Device) = (model, device);
        parameters = (CpuParameterSet)model.Parameters;
        Values = parameters.Pointer(ParameterState.Value);
        Gradients = Description.Trains ? parameters.Pointer(ParameterState.Gradient) : null;
        arenaFloats = Description.Programs.Max(p => p.Arena.Floats(Capacity));
        Arena = Pages.Allocate(arenaFloats);
        // all threads touch the pages for the first time, which costs more than a step's arithmetic; and no slot starts as a signalling pattern of old memory
        Arrays.Clear(device.Team, Arena, arenaFloats);
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

    internal long ValuesVersion => parameters.Version;

    internal float* Gradients { get; }

    internal long GradientFloats => parameters.Length;

    /// <summary>Floats of weights that programs keep in the inner kernel's layout.</summary>
    internal long PackedFloats { get; private set; }

    /// <inheritdoc/>
    public override long ArenaBytes => arenaFloats * sizeof(float);

    internal float* Packed(long offset, bool transposed, long floats)
    {
        if (!packed.TryGetValue((offset, transposed), out nint memory))
        {
            packed[(offset, transposed)] = memory = (nint)Pages.Allocate(floats);
            PackedFloats += floats;
        }

        return (float*)memory;
    }

    /// <inheritdoc/>
    public override void Train(in BatchPart part, ulong seed, long step)
    {
        programs["train"].Run(part, seed, step);
        TakeScalars(programs["train"], part.Adds);
    }

    /// <inheritdoc/>
    public override void Evaluate(TokenBatch batch)
    {
        programs["evaluate"].Run(batch, 0, 0);
        TakeScalars(programs["evaluate"], add: false);
    }

    /// <inheritdoc/>
    public override void Infer(string program, TokenBatch batch) => programs[program].Run(batch, 0, 0);

    /// <inheritdoc/>
    public override ScalarOutputs Scalars(string program)
    {
        var description = programs[program].Description;
        return new(description, scalars.AsSpan(0, description.ScalarCount));
    }

    /// <inheritdoc/>
    public override OutputRows Rows(string program, int output)
    {
        var p = programs[program];
        var info = p.Description.Outputs[output];
        var place = p.Output(output);
        int rows = info.Rows is { } dimension ? p.CountOf(dimension) : info.ConstantRows;
        return new(new(place.Data, OutputRows.Extent(rows, info.Columns, place.Stride)), rows, info.Columns, (int)place.Stride);
    }

    /// <inheritdoc/>
    public override int ReadOutput(string program, string name, Span<float> destination)
    {
        var p = programs[program];
        for (int i = 0; i < p.Description.Outputs.Length; i++)
        {
            if (p.Description.Outputs[i].Name != name) continue;
            var rows = Rows(program, i);
            if (destination.Length < rows.Count * rows.Columns)
                throw new ArgumentException($"{name} has {rows.Count} × {rows.Columns} values, the destination room for {destination.Length}");
            rows.CopyTo(destination);
            return rows.Count;
        }

        throw new KeyNotFoundException($"the program {program} of {Description.Name} has no output {name}");
    }

    void TakeScalars(CpuProgram program, bool add)
    {
        for (int i = 0; i < program.Description.ScalarCount; i++) scalars[i] = (add ? scalars[i] : 0) + *program.Output(i).Data;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (Arena is null) return;
        Pages.Free(Arena);
        Arena = null;
        foreach (nint memory in packed.Values) Pages.Free((float*)memory);
    }
}
