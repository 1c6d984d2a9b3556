using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>Finds which values of a schedule need memory, from which kernel to which.</summary>
internal sealed class LiveRanges
{
    readonly Schedule schedule;
    readonly ModelGraph graph;
    readonly Dictionary<int, Node> nodes;
    readonly Readers readers;
    readonly Dictionary<int, int> position = [];
    readonly Dictionary<int, int> home = [];
    readonly Dictionary<int, FusedKernel> kernelOf = [];
    readonly Dictionary<int, (int Start, int End)> bandAt = [];     // by position
    readonly int[] start;
    readonly int[] end;
    readonly Names names = new();
    readonly List<Slot> slots = [];
    readonly Dictionary<int, Location> locations = [];
    readonly Dictionary<int, string> partials = [];
    readonly Dictionary<int, string> own = [];
    readonly int last;

    public LiveRanges(Schedule schedule)
    {
        this.schedule = schedule;
        graph = schedule.Graph;
        nodes = graph.Nodes.ToDictionary(n => n.Id);
        readers = new(graph);
        start = new int[graph.Blocks.Length];
        end = new int[graph.Blocks.Length];
        int at = 0;
        for (int b = 0; b < graph.Blocks.Length; b++)
        {
            start[b] = at;
            foreach (var kernel in schedule.Blocks[b])
            {
                foreach (var n in kernel.All)
                {
                    position[n.Id] = at;
                    kernelOf[n.Id] = kernel;
                }

                at++;
            }

            foreach (var band in schedule.Bands.Where(band => band.Block == b))
                for (int i = band.First; i <= band.Last; i++) bandAt[start[b] + i] = (start[b] + band.First, start[b] + band.Last);
            end[b] = Math.Max(start[b], at - 1);
            foreach (var n in graph.Blocks[b].Nodes) home[n.Id] = b;
        }

        last = at;
    }

    public MemoryPlan Run()
    {
        // locals of the definition are called what they are called there
        var inStates = graph.Blocks.SelectMany(b => b.Carries).SelectMany(c => new[] { c.Initial, c.Input, c.Result }).ToImmutableHashSet();
        foreach (var n in graph.Nodes.Where(n => (n.Named ?? n.Origin).Name is not null && !inStates.Contains(n.Id) && Stored(n))) own[n.Id] = names.Slot(n);
        for (int b = 0; b < graph.Blocks.Length; b++)
            foreach (var carry in graph.Blocks[b].Carries) AddState(carry, b);
        foreach (var block in graph.Blocks)
            foreach (var n in block.Nodes) Add(n);
        return new([.. slots], locations.ToImmutableDictionary(), partials.ToImmutableDictionary(), ImmutableDictionary<Region, long>.Empty);
    }

    bool Stored(Node n) =>
        !n.IsSink() && position.ContainsKey(n.Id) && !Fuse.SumsIntoGradient(n, readers) &&
        // an attention kernel always writes both of its results
        (n.Op == Op.AttentionLogSum || readers.ReadBeyond(n.Id) || readers.Of(n.Id).Any(r => !kernelOf.TryGetValue(r.Id, out var k) || k != kernelOf[n.Id]));

    void Add(Node n)
    {
        if (n.Op == Op.ColumnSum && !IsBand(n.Inputs[0]))
        {
            string partial = names.Slot(n, "Partials");
            slots.Add(new(partial, new(nodes[n.Inputs[0]].Shape.Rows, n.Shape.Columns), true, 1, FirstAdded(n), position[n.Id]));
            partials[n.Id] = partial;
        }

        if (locations.ContainsKey(n.Id) || !Stored(n)) return;
        int b = home[n.Id];
        if (IsBand(n.Id))
        {
            AddToBand(n);
            return;
        }

        bool stacked = graph.Blocks[b].IsLoop && readers.Of(n.Id).Any(r => home[r.Id] != b);
        int first = stacked ? start[b] : Begin(n.Id);
        var slot = new Slot(NameOf(n), n.Shape, false, stacked ? graph.Blocks[b].Iterations : 1, first, LastRead(n.Id, b), IsExact: IsExact(n));
        slots.Add(slot);
        locations[n.Id] = new(slot.Name, stacked ? Entry.Iteration : Entry.Only);
    }

    // the epilogue of a product may form a sum over what it stores that else stands alone
    int FirstAdded(Node sum) =>
        home[sum.Inputs[0]] == home[sum.Id] && kernelOf[sum.Id].Nodes.Length == 1 && kernelOf.TryGetValue(sum.Inputs[0], out var kernel) && kernel.Root is { Op: Op.MatMul }
            ? position[sum.Inputs[0]]
            : position[sum.Id];

    string NameOf(Node n) => own.TryGetValue(n.Id, out string? name) ? name : names.Slot(n);

    bool IsBand(int id) => schedule.Bands.Any(band => band.Values.Contains(id));

    // the gradient of logits takes their place: nothing else is as large
    void AddToBand(Node n)
    {
        int at = position[n.Id], last = readers.Of(n.Id).Max(r => position[r.Id]);
        var kernel = kernelOf[n.Id];
        bool OnlyResult() => kernel.All.Count(m => m.Shape == n.Shape && Stored(m)) == 1;
        int taken = kernel.Root is null && OnlyResult()
            ? slots.FindIndex(s => s.IsBand && s.Last == at && Held(s.Name) is { } operand && RowPhases.CanOverwrite(kernel, operand, n, nodes))
            : -1;
        if (taken < 0) slots.Add(new(NameOf(n), n.Shape with { Rows = Dim.Of(schedule.BandRows) }, false, 1, at, last, IsBand: true));
        else slots[taken] = slots[taken] with { Last = last };
        locations[n.Id] = new(slots[taken < 0 ? slots.Count - 1 : taken].Name, Entry.Only);
    }

    // what lies in a slot until this kernel
    Node? Held(string slot) => locations.Where(l => l.Value.Slot == slot).Select(l => nodes[l.Key]).OrderBy(n => position[n.Id]).LastOrDefault();

    // sums and values per row, unless attention, a product or a scatter has them as a matrix
    bool IsExact(Node n) => n.Op is Op.ColumnSum or Op.AttentionLogSum or Op.GroupLogSum
        || n.Shape.Columns == 1 && n.Op is not (Op.Attention or Op.AttentionGradient or Op.ScatterAdd) && readers.Of(n.Id).All(r => !r.Is(OpClass.Heavy));

    // what a band touches outlives all of its rounds
    int Begin(int id) => bandAt.TryGetValue(position[id], out var band) ? band.Start : position[id];

    int Until(int at) => bandAt.TryGetValue(at, out var band) ? band.End : at;

    int LastRead(int id, int from)
    {
        int latest = position.TryGetValue(id, out int own) ? Until(own) : start[from];
        foreach (var r in readers.Of(id))
            latest = Math.Max(latest, home[r.Id] == from || !graph.Blocks[home[r.Id]].IsLoop ? Until(position[r.Id]) : end[home[r.Id]]);
        return graph.Outputs.Any(o => o.Node == id) ? last : latest;
    }

    void AddState(Carry c, int b)
    {
        var block = graph.Blocks[b];
        var output = block.Nodes.First(n => n.Id == c.Output);
        bool stacked = readers.Of(c.Input).Concat(readers.Of(c.Output)).Any(r => home[r.Id] != b);
        int count = block.Iterations;
        int until = new[] { c.Initial, c.Input, c.Output, c.Result }.Max(id => LastRead(id, home[id]));
        bool exact = new[] { c.Initial, c.Input, c.Output, c.Result }.All(id => graph.Nodes.Where(n => n.Id == id).All(IsExact));
        var slot = new Slot(NameOf(output), output.Shape, false, stacked ? count + 1 : 2, Begin(c.Initial), Math.Max(until, end[b]), IsExact: exact);
        slots.Add(slot);

        // the state's time runs 0 … count forward, count … 0 in a reversed loop; unsaved states alternate between two halves
        int begin = block.Reversed ? count : 0, finish = count - begin;
        var (input, next) = (stacked, block.Reversed) switch
        {
            (true, false) => (Entry.Iteration, Entry.Next),
            (true, true) => (Entry.Next, Entry.Iteration),
            (false, false) => (Entry.Parity, Entry.NextParity),
            (false, true) => (Entry.NextParity, Entry.Parity),
        };
        locations[c.Initial] = new(slot.Name, Entry.Constant, stacked ? begin : begin & 1);
        locations[c.Input] = new(slot.Name, input);
        locations[c.Output] = new(slot.Name, next);
        locations[c.Result] = new(slot.Name, Entry.Constant, stacked ? finish : finish & 1);
    }
}
