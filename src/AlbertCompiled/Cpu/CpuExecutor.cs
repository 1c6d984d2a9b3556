namespace AlbertCompiled.Cpu;

/// <summary>The programs of one model on the CPU and the arena that they share.</summary>
public sealed unsafe class CpuExecutor : ModelExecutor
{
    readonly Dictionary<string, CpuProgram> programs = [];
    readonly Dictionary<(long Offset, int N, int K, bool Transposed), NativeBuffer> packed = [];
    readonly CpuParameterSet parameters;
    readonly float[] scalars;
    readonly NativeBuffer arena;
    readonly long arenaFloats;

    /// <summary>Allocates the arena and binds the programs to it.</summary>
    /// <exception cref="InvalidOperationException">Another thread uses the device.</exception>
    public CpuExecutor(CompiledModel model, CpuDevice device, params ReadOnlySpan<Func<CpuExecutor, CpuProgram>> programs) : base(model)
    {
        (Model, Device) = (model, device);
        using var turn = device.Team.Take();
        parameters = (CpuParameterSet)model.Parameters;
        Values = parameters.Pointer(ParameterState.Value);
        Gradients = Description.Trains ? parameters.Pointer(ParameterState.Gradient) : null;
        arenaFloats = Description.Programs.Max(p => p.Arena.Floats(Capacity));
        arena = new(arenaFloats);
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
    internal float* Arena => arena.Pointer;

    internal float* Values { get; }

    internal long ValuesVersion => parameters.Version;

    internal float* Gradients { get; }

    internal long GradientFloats => parameters.Length;

    /// <summary>Floats of weights that programs keep in the inner kernel's layout.</summary>
    internal long PackedFloats { get; private set; }

    /// <inheritdoc/>
    public override long ArenaBytes => arenaFloats * sizeof(float);

    /// <summary>Memory for a weight [k, n]. Weights that begin at the same place differ in shape: a stack, and the first part of it alone.</summary>
    internal float* Packed(long offset, int n, int k, bool transposed, long floats)
    {
        if (!packed.TryGetValue((offset, n, k, transposed), out var memory))
        {
            packed[(offset, n, k, transposed)] = memory = new(floats);
            PackedFloats += floats;
        }

        return memory.Pointer;
    }

    /// <summary>Takes the threads for a run.</summary>
    internal ThreadTeam.Turn Take()
    {
        ObjectDisposedException.ThrowIf(Arena == null, Model);
        return Device.Team.Take();
    }

    /// <summary>What the run before left is no output from here on.</summary>
    internal void BeginRun() => LastRun = null;

    /// <inheritdoc/>
    public override StepResult Step(scoped in BatchPart part, ulong seed, long step, scoped in OptimizerSettings settings)
    {
        using var turn = Take();
        return base.Step(part, seed, step, settings);
    }

    /// <inheritdoc/>
    public override void Train(in BatchPart part, ulong seed, long step)
    {
        Run("train", part, seed, step);
        TakeScalars(programs["train"], part.Adds);
    }

    /// <inheritdoc/>
    public override void Evaluate(TokenBatch batch)
    {
        Run("evaluate", batch);
        TakeScalars(programs["evaluate"], add: false);
    }

    /// <inheritdoc/>
    public override void Infer(string program, TokenBatch batch) => Run(program, batch);

    /// <inheritdoc/>
    public override ScalarOutputs Scalars(string program)
    {
        var description = programs[program].Description;
        return new(description, scalars.AsSpan(0, description.ScalarCount), this);
    }

    /// <inheritdoc/>
    public override OutputRows Rows(string program, int output)
    {
        ObjectDisposedException.ThrowIf(Arena == null, Model);
        RequireOutputs(program);
        var p = programs[program];
        var info = p.Description.Outputs[output];
        var place = p.Output(output);
        int rows = info.Rows is { } dimension ? p.Size[dimension] : info.ConstantRows;
        return new(new(place.Data, OutputRows.Extent(rows, info.Columns, place.Stride)), rows, info.Columns, (int)place.Stride, this);
    }

    /// <inheritdoc/>
    public override int ReadOutput(string program, string name, Span<float> destination)
    {
        using var turn = Device.Team.TakeUnlessGone();
        RequireOutputs(program);
        var rows = Rows(program, programs[program].Description.IndexOf(name));
        if (destination.Length < rows.Count * rows.Columns)
            throw new ArgumentException($"{name} has {rows.Count} × {rows.Columns} values, the destination room for {destination.Length}");
        rows.CopyTo(destination);
        return rows.Count;
    }

    void Run(string program, in BatchPart part, ulong seed = 0, long step = 0)
    {
        programs[program].Run(part, seed, step);
        LastRun = program;
    }

    void TakeScalars(CpuProgram program, bool add)
    {
        for (int i = 0; i < program.Description.ScalarCount; i++) scalars[i] = (add ? scalars[i] : 0) + *program.Output(i).Data;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (Arena == null) return;
        using var turn = Device.Team.TakeUnlessGone();
        LastRun = null;
        arena.Dispose();
        foreach (var memory in packed.Values) memory.Dispose();
    }
}
