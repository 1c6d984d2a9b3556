using AlbertCompiled.Generators;
using AlbertCompiled.Generators.Trace;
using AlbertCompiled.Models;
using AlbertCompiled.Tests.Infrastructure;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>The arena that a model allocates is the one that its plan promises.</summary>
public class ArenaTests
{
    public static TheoryData<Capacity> Capacities => [new(1, 1, 1), new(600, 24, 100), new(257, 17, 33), new(4096, 64)];

    [Theory, MemberData(nameof(Capacities))]
    public void A_model_allocates_the_largest_arena_of_its_programs(Capacity capacity)
    {
        using var device = CompiledModels.Open("cpu");
        using var model = DroppingNone.Create(device, capacity, seed: 3);
        Assert.Equal(model.Description.Programs.Max(p => p.Arena.Bytes(capacity)), model.ArenaBytes);
        Assert.Equal(model.Description.Program("train")!.Arena.Bytes(capacity), model.ArenaBytes);
    }

    /// <summary>[MemoryBudget] is held against the compiler's own sum, before there is code.</summary>
    [Theory, MemberData(nameof(Capacities))]
    public void The_compiler_counts_the_bytes_that_the_runtime_allocates(Capacity capacity)
    {
        string source = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Numbers", "InvariantModels.cs"));
        var traced = GeneratorHarness.Run(GeneratorHarness.Compilation(source)).TrackedSteps["Trace"].Select(s => (TracedModel)s.Outputs.Single().Value);
        var compiled = AlbertCompiled.Generators.Compiler.Lower(traced.Single(m => m.Name == nameof(DroppingNone)));
        using var device = CompiledModels.Open("cpu");
        using var model = DroppingNone.Create(device, capacity, seed: 3);
        Assert.Equal(["train", "evaluate", "predict"], compiled.Programs.Select(p => p.Program.Name));
        foreach (var (_, program, _) in compiled.Programs)
            Assert.Equal(model.Description.Program(program.Name)!.Arena.Bytes(capacity), BudgetCheck.Bytes(program.Plan, capacity.Tokens, capacity.Sequences, capacity.Predictions));
    }
}
