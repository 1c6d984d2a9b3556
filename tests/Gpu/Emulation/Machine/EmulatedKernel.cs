using System.Buffers.Binary;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>
/// A CUDA kernel that this machine's processor executes: PTX text, decoded once, run for a grid of blocks one after another. Read what comes out of memory, and
/// <see cref="LaunchReport.AssertClean"/> for what a device might have punished.
/// <code>
/// using var memory = new GlobalMemory();
/// ulong x = memory.Upload(values), y = memory.Allocate(4 * n);
/// var report = EmulatedKernel.Load(ptxText).Launch(memory, grid: (2, 1, 1), block: (128, 1, 1), dynamicShared: 0, KernelArguments<MyKernel>.Of(new() { … }));
/// report.AssertClean();
/// float[] result = memory.Download&lt;float&gt;(y, n);
/// </code>
/// </summary>
sealed unsafe class EmulatedKernel
{
    readonly PtxEntry entry;
    readonly PtxModule module;
    readonly Decoder decoder;
    readonly List<Finding> findings = [];
    readonly HashSet<(string, int, string)> reported = [];

    EmulatedKernel(PtxModule module, PtxEntry entry)
    {
        this.module = module;
        this.entry = entry;
        decoder = new(module, entry);
        Program = decoder.Decode();
        Meetings = Reconvergence.Of(Program);
        HasWarpgroupProducts = Program.Any(i => i is WarpgroupProduct);
    }

    public string Name => entry.Name;

    public PtxEntry Entry => entry;

    public PtxModule Module => module;

    /// <summary>Its instructions.</summary>
    public Instruction[] Program { get; }

    /// <summary>Where lanes that part at an instruction meet again.</summary>
    public int[] Meetings { get; }

    /// <summary>It uses wgmma, so writes of registers must be watched.</summary>
    public bool HasWarpgroupProducts { get; }

    /// <summary>Registers; constants and special registers follow them.</summary>
    public int Registers => decoder.RegisterNames.Count;

    /// <summary>Registers, constants, special registers.</summary>
    public int Slots => decoder.Slots;

    public int Predicates => decoder.PredicateNames.Count;

    public IReadOnlyList<string> RegisterNames => decoder.RegisterNames;

    public IReadOnlyList<string> PredicateNames => decoder.PredicateNames;

    /// <summary>Bytes of shared memory that the text itself declares.</summary>
    public int StaticShared => decoder.StaticShared;

    /// <summary>Parses and decodes a text.</summary>
    /// <param name="ptx">The text.</param>
    /// <param name="name">The entry, or null for the only one.</param>
    /// <exception cref="PtxException">An assembler would refuse it, or it holds an instruction that the emulator does not know.</exception>
    public static EmulatedKernel Load(string ptx, string? name = null)
    {
        var module = PtxModule.Parse(ptx);
        return new(module, module.Entry(name));
    }

    /// <summary>Parameters as generic addresses.</summary>
    public const ulong ParameterWindow = 1UL << 57;

    (int X, int Y, int Z) grid, block;
    int dynamicShared;
    uint dynamicBase;

    /// <summary>The parameters of the launch that runs.</summary>
    public byte[] Arguments { get; private set; } = [];

    /// <summary>Runs a grid.</summary>
    /// <param name="memory">What the kernel may touch.</param>
    /// <param name="grid">Blocks.</param>
    /// <param name="block">Threads of a block.</param>
    /// <param name="dynamicShared">Bytes of dynamic shared memory.</param>
    /// <param name="arguments">The parameter block.</param>
    /// <exception cref="EmulationException">The kernel did what ends a launch with an error, or never ends.</exception>
    public LaunchReport Launch(GlobalMemory memory, (int X, int Y, int Z) grid, (int X, int Y, int Z) block, int dynamicShared, byte[] arguments)
    {
        if (arguments.Length != entry.ParameterBytes)
            throw new EmulationException($"{Name} takes {entry.ParameterBytes} bytes of parameters, got {arguments.Length}");
        (this.grid, this.block, this.dynamicShared, Arguments) = (grid, block, dynamicShared, arguments);
        findings.Clear();
        reported.Clear();
        foreach (var instruction in Program) (instruction.Executions, instruction.Lanes, instruction.Phases, instruction.Conflicts) = (0, 0, 0, 0);
        if (entry.Directives.TryGetValue(".maxntid", out var most) && block.X * block.Y * block.Z > most.Aggregate(1, (x, y) => x * y))
            throw new EmulationException($"{Name} is compiled for at most {string.Join('×', most)} threads");
        if (entry.Directives.TryGetValue(".reqntid", out var exact) && !exact.SequenceEqual([block.X, block.Y, block.Z]))
            throw new EmulationException($"{Name} is compiled for {string.Join('×', exact)} threads");

        // No device promises more than 16 bytes beyond what the text asks for: a kernel that relies on more fails here.
        int align = Math.Max(16, decoder.DynamicAlign);
        dynamicBase = (uint)((SharedMemory.Base + StaticShared + align - 1) / align * align);
        if (align < 1024 && dynamicBase % (2 * align) == 0) dynamicBase += (uint)align;
        // Blocks that wait for one another run side by side, others one after another in the same memory.
        int blocks = grid.X * grid.Y * grid.Z, beside = Program.Any(i => i is LoadInstruction { Acquires: true }) ? blocks : 1;
        var running = new EmulatedBlock[beside];
        try
        {
            for (int i = 0; i < beside; i++) running[i] = new(this, memory, block.X * block.Y * block.Z, (int)(dynamicBase - SharedMemory.Base) + dynamicShared);
            for (int first = 0; first < blocks; first += beside)
            {
                for (int i = 0; i < beside; i++) running[i].Start((first + i) % grid.X, (first + i) / grid.X % grid.Y, (first + i) / grid.X / grid.Y);
                var left = running.ToList();
                while (left.Count > 0) left.RemoveAll(Round);
            }
        }
        finally
        {
            foreach (var emulated in running) emulated?.Dispose();
        }

        return new(this, [.. findings]);
    }

    static bool Round(EmulatedBlock emulated)
    {
        try
        {
            return emulated.Round();
        }
        catch (EmulationException e) when (!e.Message.StartsWith("block", StringComparison.Ordinal))
        {
            var warp = emulated.Warps.FirstOrDefault(w => w.IsRunning) ?? emulated.Warps[0];
            throw warp.Fail(e.Message);
        }
    }

    /// <summary>Fills a warp's constants and special registers.</summary>
    public void FillSlots(Warp warp)
    {
        foreach (var (slot, bits) in decoder.Constants) Fill(warp, slot, bits);
        foreach (var (slot, offset) in decoder.DynamicAddresses) Fill(warp, slot, dynamicBase + offset);
        foreach (var (slot, name) in decoder.Specials)
            for (int lane = 0; lane < Warp.Size; lane++) warp.Registers[slot * Warp.Size + lane] = Special(warp, lane, name);
    }

    static void Fill(Warp warp, int slot, ulong bits) => new Span<ulong>(warp.Registers + slot * Warp.Size, Warp.Size).Fill(bits);

    ulong Special(Warp warp, int lane, string name)
    {
        int thread = warp.Index * Warp.Size + lane;
        return name switch
        {
            "%tid.x" => (ulong)(thread % block.X),
            "%tid.y" => (ulong)(thread / block.X % block.Y),
            "%tid.z" => (ulong)(thread / block.X / block.Y),
            "%ntid.x" => (ulong)block.X,
            "%ntid.y" => (ulong)block.Y,
            "%ntid.z" => (ulong)block.Z,
            "%ctaid.x" => (ulong)warp.Block.Index.X,
            "%ctaid.y" => (ulong)warp.Block.Index.Y,
            "%ctaid.z" => (ulong)warp.Block.Index.Z,
            "%nctaid.x" => (ulong)grid.X,
            "%nctaid.y" => (ulong)grid.Y,
            "%nctaid.z" => (ulong)grid.Z,
            "%laneid" => (ulong)lane,
            "%warpid" => (ulong)warp.Index,
            "%nwarpid" => (ulong)warp.Block.Warps.Length,
            "%lanemask_eq" => 1u << lane,
            "%lanemask_lt" => (1u << lane) - 1,
            "%lanemask_le" => (2u << lane) - 1,
            "%lanemask_gt" => ~((2u << lane) - 1),
            "%lanemask_ge" => ~((1u << lane) - 1),
            "%dynamic_smem_size" => (ulong)dynamicShared,
            "%total_smem_size" => (ulong)(StaticShared + dynamicShared),
            "%smid" or "%cluster_ctarank" or "%cluster_ctaid.x" or "%cluster_ctaid.y" or "%cluster_ctaid.z" => 0,
            "%nsmid" or "%cluster_nctarank" or "%cluster_nctaid.x" or "%cluster_nctaid.y" or "%cluster_nctaid.z" => 1,
            _ => throw new EmulationException($"special register {name} is not known"),
        };
    }

    /// <summary>Notes what should not have happened, once for each kind and instruction.</summary>
    public void Report(string kind, PtxStatement statement, string detail)
    {
        if (reported.Add((kind, statement.Line, statement.Text))) findings.Add(new(kind, statement.Line, statement.Text, detail));
    }

    /// <summary>Parameter bytes, padded to eight.</summary>
    public ulong Parameter(int offset, int bytes)
    {
        Span<byte> value = stackalloc byte[8];
        Arguments.AsSpan(offset, bytes).CopyTo(value);
        return BinaryPrimitives.ReadUInt64LittleEndian(value);
    }
}
