using System.Collections.Immutable;
using AlbertCompiled.Generators;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Passes;
using AlbertCompiled.Generators.Trace;
using AlbertCompiled.Tests.Infrastructure;
using Graph = AlbertCompiled.Generators.Graph.ModelGraph;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>The checks of graphs and plans themselves: what is broken is found.</summary>
public class ValidateTests
{
    // before the loop, in it, after it
    static readonly TracedModel Model = Trace(Subject.Source(body: """
        var x = Repeat(c.Layers, Rows(table, batch.Tokens), (h, l) => Tanh(h) * h);
                var loss = Mean(CrossEntropy(Linear(Rows(x, batch.First), head), batch.Order));
                return new Outputs(("loss", loss));
        """));

    static readonly Graph Good = Model.Program("Pretraining")!;

    static TracedModel Trace(string source)
    {
        var result = GeneratorHarness.Run(GeneratorHarness.Compilation(source));
        Assert.Empty(result.Diagnostics);
        return (TracedModel)result.TrackedSteps["Trace"].Single().Outputs.Single().Value;
    }

    static Node First(Op op) => Good.Nodes.First(n => n.Op == op);

    /// <summary>The good graph with the nodes of a block replaced.</summary>
    static Graph With(int block, Func<Node, IEnumerable<Node>> change) =>
        Good with { Blocks = Good.Blocks.SetItem(block, Good.Blocks[block] with { Nodes = [.. Good.Blocks[block].Nodes.SelectMany(change)] }) };

    static Graph With(int block, Op op, Func<Node, Node> change) => With(block, n => [n.Op == op ? change(n) : n]);

    static Graph WithCarry(Func<Carry, Carry> change) => Good with { Blocks = Good.Blocks.SetItem(1, Good.Blocks[1] with { Carries = [.. Good.Blocks[1].Carries.Select(change)] }) };

    static void AssertFound(string part, Graph broken) => Assert.Contains(Validate.Run(broken), error => error.Contains(part, StringComparison.Ordinal));

    [Fact]
    public void The_graph_that_the_others_break_is_good()
    {
        Assert.Equal([false, true, false], Good.Blocks.Select(b => b.IsLoop));
        Assert.Equal([], Validate.Run(Good));
    }

    [Fact]
    public void A_node_that_stands_twice() => AssertFound("stands twice", With(2, n => n.Op == Op.Log ? [n, n] : [n]));

    [Fact]
    public void An_input_that_is_nowhere() => AssertFound("reads 999, which is nowhere", With(2, Op.Log, n => n with { Inputs = [999] }));

    [Fact]
    public void An_input_that_is_computed_later() => AssertFound("before it is computed", With(2, n => [n with { Inputs = n.Op == Op.Exp ? [First(Op.Log).Id] : n.Inputs }]));

    [Fact]
    public void An_input_of_a_later_block() => AssertFound("of a later block", With(0, Op.Rows, n => n with { Inputs = [First(Op.MatMul).Id] }));

    [Fact]
    public void An_input_out_of_a_loop() => AssertFound("out of a loop that it does not mirror", With(2, Op.Rows, n => n with { Inputs = [First(Op.Tanh).Id] }));

    [Fact]
    public void A_shape_that_does_not_follow()
    {
        AssertFound("Tanh", With(1, Op.Tanh, n => n with { Shape = new(n.Shape.Rows, n.Shape.Columns + 1) }));
        AssertFound("MatMul", With(2, Op.MatMul, n => n with { TransposeB = !n.TransposeB }));
        AssertFound("RowSum", With(2, Op.RowSum, n => n with { Shape = new(Dim.Tokens, 1) }));
        AssertFound("ColumnSum", With(2, Op.ColumnSum, n => n with { Shape = new(Dim.Sequences, 1) }));
    }

    [Fact]
    public void A_loop_whose_state_is_wrong()
    {
        AssertFound("which is no Carry", WithCarry(c => c with { Input = First(Op.Tanh).Id }));
        AssertFound("which is no Carry", WithCarry(c => c with { Input = 999 }));
        AssertFound("which its body does not compute", WithCarry(c => c with { Output = First(Op.Log).Id }));
        AssertFound("which is not computed before it", WithCarry(c => c with { Initial = First(Op.Log).Id }));
        AssertFound("carries [tokens, 12] from [10, 12]", WithCarry(c => c with { Initial = First(Op.Parameter).Id }));
    }

    [Fact]
    public void An_output_that_is_nowhere() => AssertFound("output loss is node 999", Good with { Outputs = [("loss", 999)] });

    [Fact]
    public void Values_that_share_memory_while_they_live()
    {
        var plan = Pipeline.Train(Good, RecomputeMode.None, new ParameterNames(Good.Parameters, [Good])).Plan;
        Assert.Equal([], PlanMemory.Overlaps(plan));
        Assert.NotEmpty(PlanMemory.Overlaps(plan with { Slots = [.. plan.Slots.Select(s => s with { Offset = 0 })] }));
    }

    [Theory]
    [InlineData(0, 4, 3, 5, 15, true)] // the last kernel of one is the first of the other
    [InlineData(0, 4, 4, 4, 0, true)]
    [InlineData(0, 4, 5, 9, 0, false)] // one after the other
    [InlineData(0, 4, 3, 5, 16, false)] // one beside the other
    public void Two_slots(int first, int last, int otherFirst, int otherLast, int offset, bool overlap)
    {
        Slot a = new("a", new(Dim.Tokens, 16), false, 1, first, last), b = new("b", new(Dim.Tokens, 16), false, 1, otherFirst, otherLast, offset);
        MemoryPlan Plan(params ImmutableArray<Slot> slots) => new(slots, ImmutableDictionary<int, Location>.Empty, ImmutableDictionary<int, string>.Empty, ImmutableDictionary<Region, long>.Empty);
        Assert.Equal(overlap ? [(a, b)] : [], PlanMemory.Overlaps(Plan(b, a)));
        Assert.Equal([], PlanMemory.Overlaps(Plan(a, b with { Shape = new(Dim.Sequences, 16) }))); // a region of its own
    }
}
