using System.Runtime.InteropServices;

namespace AlbertCompiled.Cpu;

/// <summary>Parameters in native memory. Pages that nobody touches, such as the moments of a trained model that only predicts, cost no memory.</summary>
public sealed unsafe class CpuParameterSet : ParameterSet
{
    const int Alignment = 64;

    readonly ThreadTeam team;
    readonly ParameterChunks chunks;
    readonly long stride;
    long version = 1;
    void* memory;
    float* arenas;

    /// <summary>Allocates the arenas, zeroed.</summary>
    /// <param name="description">What they hold.</param>
    /// <param name="team">The threads that updates run on.</param>
    public CpuParameterSet(ModelDescription description, ThreadTeam team) : base(description)
    {
        this.team = team;
        chunks = new(description.Parameters);
        stride = Simd.RoundToLine(Length);
        nuint bytes = checked((nuint)(description.ParameterArenas * stride * sizeof(float) + Alignment));
        memory = NativeMemory.AllocZeroed(bytes);
        Pages.AskForHuge(memory, bytes);
        arenas = (float*)(((nuint)memory + Alignment - 1) & ~(nuint)(Alignment - 1));
    }

    /// <summary>Changes whenever values do.</summary>
    internal long Version
    {
        get
        {
            ObjectDisposedException.ThrowIf(memory == null, this);
            return version;
        }
    }

    /// <summary>
    /// The first float of an arena of <see cref="ParameterSet.Length"/> floats, 64-byte aligned. Values written through it go unnoticed by programs that keep a form of
    /// their own: <see cref="Write"/> tells them. The address is valid while the set is reachable and not disposed of.
    /// </summary>
    /// <exception cref="InvalidOperationException">The model does not train, so there is no such arena.</exception>
    public float* Pointer(ParameterState state)
    {
        ObjectDisposedException.ThrowIf(memory == null, this);
        Require(state);
        return arenas + (int)state * stride;
    }

    /// <inheritdoc/>
    /// <remarks>In place and on as many threads as the team has: to touch a page for the first time costs as much as its numbers.</remarks>
    public override void Initialize(ulong seed)
    {
        ObjectDisposedException.ThrowIf(memory == null, this);
        using var turn = team.TakeUnlessGone();
        Parallel.For(0, chunks.Count, new() { MaxDegreeOfParallelism = team.Threads }, c =>
        {
            var chunk = chunks.Chunks[c];
            var p = Description.Parameters[chunk.Parameter];
            p.Initial.Fill(Slice(ParameterState.Value, chunk.Offset, chunk.Length), p.Columns, Stream(seed, chunk.Parameter), chunk.Offset - p.Offset);
        });
        version++;
    }

    /// <inheritdoc/>
    public override void Read(ParameterState state, long offset, Span<float> destination)
    {
        using var turn = team.TakeUnlessGone();
        Slice(state, offset, destination.Length).CopyTo(destination);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public override void Write(ParameterState state, long offset, ReadOnlySpan<float> source)
    {
        using var turn = team.TakeUnlessGone();
        var target = Slice(state, offset, source.Length);
        source.CopyTo(target);
        // the one NaN whose rounding to bfloat16 is NaN again
        foreach (ref float value in target)
            if (float.IsNaN(value)) value = float.NaN;
        version++;
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public override float Update(in OptimizerSettings settings, long step) => Simd.Width switch
    {
        16 => Update<Lanes16>(settings, step),
        8 => Update<Lanes8>(settings, step),
        _ => Update<Lanes4>(settings, step),
    };

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (memory == null) return;
        using var turn = team.TakeUnlessGone();
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what nobody disposed of.</summary>
    ~CpuParameterSet() => Free();

    internal float Update<V>(in OptimizerSettings settings, long step) where V : struct, ISimd<V>
    {
        settings.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        using var turn = team.Take();
        var arena = new ParameterArena(Pointer(ParameterState.Value), Pointer(ParameterState.Gradient), Pointer(ParameterState.FirstMoment), Pointer(ParameterState.SecondMoment));
        team.Run(new GradientNormJob<V>(arena, chunks), chunks.Count);
        double norm = Math.Sqrt(chunks.Total(chunks.FirstNorms));
        if (!double.IsFinite(norm)) return (float)norm;
        var rule = new UpdateRule(settings, step, norm);
        if (settings.Optimizer == Optimizer.AdamW)
        {
            team.Run(new AdamJob<V>(arena, chunks, rule), chunks.Count);
        }
        else
        {
            team.Run(new LambMomentsJob<V>(arena, chunks, rule), chunks.Count);
            chunks.ComputeTrustRatios();
            team.Run(new LambStepJob<V>(arena, chunks, rule), chunks.Count);
        }

        version++;
        GC.KeepAlive(this);
        return (float)norm;
    }

    Span<float> Slice(ParameterState state, long offset, int length)
    {
        RequireRange(offset, length);
        return new(Pointer(state) + offset, length);
    }

    void Free()
    {
        NativeMemory.Free(memory);
        memory = null;
        arenas = null;
    }
}
