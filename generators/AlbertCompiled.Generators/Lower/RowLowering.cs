using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Passes;
using GraphNode = AlbertCompiled.Generators.Graph.Node;

namespace AlbertCompiled.Generators.Lower;

/// <summary>
/// Orders the nodes of a row kernel into phases. A reduction ends a phase; an element that a later phase needs again is
/// computed again there (it lies in the L1 cache), or read back if it was stored.
/// </summary>
internal sealed class RowLowering
{
    readonly Lowering lowering;
    readonly FusedKernel kernel;
    readonly Dictionary<int, int> phase;
    readonly HashSet<int> inside;
    readonly int columns;
    readonly LocalNames locals = new();
    double flops;

    public RowLowering(Lowering lowering, FusedKernel kernel)
    {
        (this.lowering, this.kernel) = (lowering, kernel);
        phase = RowPhases.Of(kernel, lowering.Nodes);
        inside = [.. kernel.Nodes.Select(n => n.Id)];
        columns = kernel.Nodes.Select(n => n.Op is Op.ColumnSum or Op.RowSum or Op.RowMax or Op.AccumulateGradient ? In(n, 0).Shape.Columns : n.Shape.Columns).Max();
    }

    GraphNode In(GraphNode n, int i) => lowering.Nodes[n.Inputs[i]];

    bool Wide(GraphNode n) => n.Shape.Columns != 1;

    public RowKernel Run(string name)
    {
        int count = kernel.Nodes.Max(n => phase[n.Id]) + 2;
        var phases = ImmutableArray.CreateBuilder<Phase>();
        for (int p = 0; p < count; p++)
        {
            var perRow = new PhaseBuilder(this, p, null);
            foreach (var n in kernel.Nodes.Where(n => phase[n.Id] == p - 1 && n.Is(OpClass.RowReduction))) perRow.StoreIfRead(n);
            foreach (var n in kernel.Nodes.Where(n => phase[n.Id] == p && InScalarPart(n))) perRow.Effect(n);
            var elements = new PhaseBuilder(this, p, perRow);
            foreach (var n in kernel.Nodes.Where(n => phase[n.Id] == p && !InScalarPart(n))) elements.Effect(n);
            if (perRow.Instructions.Count > 0) phases.Add(new(1, [.. perRow.Instructions]));
            if (elements.Instructions.Count > 0) phases.Add(new(columns, [.. elements.Instructions]));
        }

        var rows = kernel.Nodes.Select(n => n.Op == Op.ColumnSum ? In(n, 0).Shape.Rows : n.Shape.Rows).First();
        var main = kernel.Nodes.LastOrDefault(n => n.Op is not (Op.ColumnSum or Op.AccumulateGradient)) ?? kernel.Nodes[^1];
        return new(name, Lowering.Info(main, flops, Costs.Bytes(phases.SelectMany(p => p.Instructions)), rows) with { Backward = kernel.Nodes.Where(HasEffect).All(n => n.Backward) }, rows, locals.Name(phases.ToImmutable()));
    }

    // forward work that is repeated on the way does not make a kernel forward
    bool HasEffect(GraphNode n) => n.Op is Op.ColumnSum or Op.AccumulateGradient || lowering.HasBuffer(n.Id);

    // reductions, sums and sinks belong where their argument is
    bool InScalarPart(GraphNode n) => n.Op is Op.RowSum or Op.RowMax or Op.ColumnSum or Op.AccumulateGradient ? !Wide(In(n, 0)) : !Wide(n);

    /// <summary>The instructions of one phase: of its values per row if <paramref name="perRow"/> is null, else of its elements.</summary>
    sealed class PhaseBuilder(RowLowering owner, int at, PhaseBuilder? perRow)
    {
        readonly Dictionary<int, string> values = [];

        public List<Instruction> Instructions { get; } = [];

        /// <summary>Emits what a node does besides being a value: reduce, store, add up. A value nobody stores comes when it is needed.</summary>
        public void Effect(GraphNode n)
        {
            switch (n.Op)
            {
                case Op.RowSum or Op.RowMax:
                    string argument = Value(n.Inputs[0]);
                    Instructions.Add(new Reduce(owner.rowValues[n.Id] = owner.locals.Of(n), n.Op, argument));
                    owner.Count(n, owner.columns);
                    break;
                case Op.ColumnSum:
                    Instructions.Add(new AddToPartial(Value(n.Inputs[0]), owner.lowering.PartialsOf(n.Id)));
                    owner.Count(n, owner.columns);
                    break;
                case Op.AccumulateGradient:
                    Instructions.Add(new Store(Value(n.Inputs[0]), owner.lowering.Parameter(n, gradient: true), RowMode.Own, true));
                    break;
                default:
                    StoreIfRead(n);
                    break;
            }
        }

        public void StoreIfRead(GraphNode n)
        {
            if (!owner.lowering.HasBuffer(n.Id)) return;
            Instructions.Add(new Store(Value(n.Id), owner.lowering.BufferOf(n.Id), RowMode.Own, false));
            owner.storedAt[n.Id] = at;
        }

        string Value(int id)
        {
            var n = owner.lowering.Nodes[id];
            if (owner.rowValues.TryGetValue(id, out string? known) || values.TryGetValue(id, out known)) return known;
            // what is the same for a whole row is computed before its elements
            if (perRow is not null && n.Shape.Columns == 1 && !IsConstant(n)) return perRow.Value(id);
            string value = Emit(n);
            // constants are written out where they are read, phase by phase
            return perRow is null && !IsConstant(n) ? owner.rowValues[id] = value : values[id] = value;
        }

        bool IsConstant(GraphNode n) =>
            n.Op == Op.Constant || n.Op is Op.Broadcast or Op.Detach && owner.inside.Contains(n.Id) && IsConstant(owner.lowering.Nodes[n.Inputs[0]]);

        string Emit(GraphNode n)
        {
            bool own = owner.inside.Contains(n.Id);
            bool readBack = own && perRow is not null && owner.storedAt.TryGetValue(n.Id, out int when) && when < at;
            if (own && !readBack && n.Op is Op.Broadcast or Op.Detach) return Value(n.Inputs[0]);
            if (own && !readBack && n.Op != Op.Rows)
            {
                var arguments = n.Inputs.Select(Value).ToImmutableArray();
                owner.Count(n, n.Shape.Columns);
                return Add(new Compute(owner.locals.Of(n), n.Op, arguments));
            }

            if (own && !readBack) return Add(new Load(owner.locals.Of(n), owner.lowering.BufferOf(n.Inputs[0]), RowMode.Indexed, n.Index));
            return Add(Elements.Read(n, owner.locals.Of(n), owner.lowering));
        }

        string Add(Instruction instruction)
        {
            Instructions.Add(instruction);
            return Elements.TargetOf(instruction);
        }
    }

    readonly Dictionary<int, string> rowValues = [];
    readonly Dictionary<int, int> storedAt = [];

    void Count(GraphNode n, int elements) => flops += (double)elements * Elements.Flops(n.Op);
}
