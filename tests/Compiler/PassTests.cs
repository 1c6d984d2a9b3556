using AlbertCompiled.Generators;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Emit.Gpu;
using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Passes;
using AlbertCompiled.Generators.Trace;
using AlbertCompiled.Tests.Infrastructure;
using AlbertCompiled.Tests.Numbers;
using Graph = AlbertCompiled.Generators.Graph.ModelGraph;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>Every pass leaves a valid graph, and no two values share memory while both live: for every program of many models.</summary>
public class PassTests(PassTests.Models models) : IClassFixture<PassTests.Models>
{
    const int RandomDefinitions = 20;

    public static TheoryData<string> Names =>
    [
        "AlbertTiny", "AlbertSmall", "AlbertBase", "AlbertLarge", "AlbertXLarge", "AlbertXXLarge", "BertBase", "BertLarge",
        "OddNone", "SharedAll", "SharedAttention", "SharedFeedForward", "SharedNone", "Square", "SquareMapped", "Grouped", "GroupedLayer", "OneLayer", "SmallBert",
        .. Enumerable.Range(1, RandomDefinitions).Select(seed => $"Random{seed}.Model"),
    ];

    [Theory, MemberData(nameof(Names))]
    public void Graphs_are_valid_after_every_pass_and_plans_without_overlap(string name)
    {
        var model = models.ByName[name];
        var programs = model.Programs.Select(p => p.Graph).ToList();
        var names = new ParameterNames(programs[0].Parameters, programs);
        foreach (int bandRows in (int[])[0, 16])
        {
            foreach (var mode in Enum.GetValues<RecomputeMode>())
                Check($"{mode} train", observe => Pipeline.Train(model.Program("Pretraining")!, mode, names, bandRows, observe), passes: 9);
            Check("evaluate", observe => Pipeline.Infer("evaluate", model.Program("Pretraining")!, names, bandRows, observe), passes: 3);
            if (model.Program("Prediction") is { } prediction)
                Check("predict", observe => Pipeline.Infer("predict", prediction, names, bandRows, observe), passes: 3);
        }
    }

    static void Check(string program, Func<Action<string, Graph>, LoweredProgram> run, int passes)
    {
        int seen = 0;
        var lowered = run((pass, graph) =>
        {
            seen++;
            Assert.Equal([], Validate.Run(graph).Select(error => $"{program}, after {pass}: {error}"));
        });
        Assert.Equal(passes, seen);
        Assert.Equal([], PlanMemory.Overlaps(lowered.Plan).Select(pair => $"{program}: {pair.Item1} and {pair.Item2}"));
        Assert.All(lowered.Plan.Slots, s => Assert.InRange(s.Offset + s.Units, 0, lowered.Plan.Totals[s.Region]));
        foreach (var band in lowered.Steps.OfType<BandStep>()) CheckBand(lowered, band);
        // a GPU forms sums in other kernels than a processor
        foreach (var kernel in GpuSteps.Of(lowered).Steps.SelectMany(s => s.Kernels))
            foreach (var slot in kernel.Writes.OfType<SlotBuffer>().Select(b => b.Slot))
                Assert.True(slot.First <= kernel.Info.Position && slot.Last >= kernel.Info.Position, $"{program}: {kernel.Name} at {kernel.Info.Position} writes {slot}");
    }

    // what is no band's own lives through all of its rounds; what is lives in it alone
    static void CheckBand(LoweredProgram program, BandStep band)
    {
        int first = band.Body.Min(k => k.Info.Position), last = band.Body.Max(k => k.Info.Position);
        foreach (var slot in band.Body.SelectMany(k => k.Reads.Concat(k.Writes)).OfType<SlotBuffer>().Select(b => b.Slot))
        {
            bool lives = slot.IsBand ? slot.First >= first && slot.Last <= last && slot.Shape.Rows.Size == band.Most : slot.First <= first && slot.Last >= last || !Written(slot) && slot.Last >= last;
            Assert.True(lives, $"{program.Name}: {slot} in a band from {first} to {last}");
        }

        bool Written(Slot slot) => band.Body.SelectMany(k => k.Writes).OfType<SlotBuffer>().Any(b => b.Slot == slot);
    }

    /// <summary>The zoo, the small models of the number tests and random definitions, traced.</summary>
    public sealed class Models
    {
        internal IReadOnlyDictionary<string, TracedModel> ByName { get; } = Traced(
        [
            File.ReadAllText(Path.Combine(Repository.Root, "models", "Zoo.cs")), File.ReadAllText(Path.Combine(Repository.Root, "tests", "Numbers", "EagerModels.cs")),
            .. Enumerable.Range(1, RandomDefinitions).Select(seed => RandomDefinition.Write(seed, $"Random{seed}")),
        ]).ToDictionary(m => m.Namespace.StartsWith("Random", StringComparison.Ordinal) ? $"{m.Namespace}.{m.Name}" : m.Name);

        static IEnumerable<TracedModel> Traced(string[] sources)
        {
            var result = GeneratorHarness.Run(GeneratorHarness.Compilation(sources));
            Assert.Empty(result.Diagnostics);
            return result.TrackedSteps["Trace"].Select(step => (TracedModel)step.Outputs.Single().Value);
        }
    }
}
