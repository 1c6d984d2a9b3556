namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>A warp's wgmma products: what they read from shared memory and which registers belong to them until they were waited for.</summary>
sealed class AsyncProducts
{
    readonly Queue<Group> groups = [];
    Group open = new();
    HashSet<int> accumulators = [], sources = [];
    readonly Dictionary<int, int> touched = [];     // registers, and the number of fences before they were written by something else
    int fences;

    /// <summary>No product is in flight.</summary>
    public bool IsEmpty => groups.Count == 0 && open.Products == 0;

    public void Clear()
    {
        groups.Clear();
        open = new();
        accumulators = [];
        sources = [];
        touched.Clear();
        fences = 0;
    }

    /// <summary>Registers that ordinary instructions have written since the last wgmma.fence: none may be an operand.</summary>
    public void Touch(Instruction instruction)
    {
        if (instruction is WarpgroupProduct) return;
        foreach (int register in instruction.Writes) touched[register] = fences;
    }

    /// <summary>wgmma.fence.</summary>
    public void Fence() => fences++;

    /// <summary>Adds a product to the open group.</summary>
    /// <param name="warp">The warp.</param>
    /// <param name="accumulator">Registers that it writes.</param>
    /// <param name="source">Registers that it reads until it is finished.</param>
    /// <param name="chunks">Shared addresses of the 16-byte pieces that it reads.</param>
    public void Add(Warp warp, int[] accumulator, int[] source, List<uint> chunks)
    {
        foreach (int register in accumulator.Concat(source))
            if (touched.TryGetValue(register, out int at) && at == fences)
                warp.Report("Fence", $"register {warp.RegisterName(register)} was written without a wgmma.fence before the product");
        open.Products++;
        open.Accumulators.AddRange(accumulator);
        open.Sources.AddRange(source);
        accumulators.UnionWith(accumulator);
        sources.UnionWith(source);
        foreach (uint address in chunks) warp.Block.Shared.ReadAsync(warp, address, 16);
        open.Reads.AddRange(chunks);
    }

    public void Commit()
    {
        groups.Enqueue(open);
        open = new();
    }

    public void Wait(Warp warp, int pending)
    {
        while (groups.Count > pending)
            foreach (uint address in groups.Dequeue().Reads) warp.Block.Shared.EndRead(warp, address, 16);
        var left = groups.Append(open);
        accumulators = [.. left.SelectMany(g => g.Accumulators)];
        sources = [.. left.SelectMany(g => g.Sources)];
    }

    /// <summary>An instruction other than a product may not touch accumulators in flight, nor overwrite a product's operands.</summary>
    public void Check(Warp warp, Instruction instruction)
    {
        if (instruction is WarpgroupProduct) return;
        foreach (int register in instruction.Reads)
            if (accumulators.Contains(register)) warp.Report("Pending", $"register {warp.RegisterName(register)} is read while a wgmma that writes it is pending");
        foreach (int register in instruction.Writes)
            if (accumulators.Contains(register) || sources.Contains(register)) warp.Report("Pending", $"register {warp.RegisterName(register)} is written while a wgmma that uses it is pending");
    }

    sealed class Group
    {
        public int Products;
        public readonly List<int> Accumulators = [], Sources = [];
        public readonly List<uint> Reads = [];
    }
}
