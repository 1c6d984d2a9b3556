using System.Collections.Immutable;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Trace;
using AlbertCompiled.Models;
using AlbertCompiled.Tests.Infrastructure;
using Microsoft.CodeAnalysis;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>Whatever numbers somebody writes into [Albert]: a model or a diagnostic at the attribute, never an exception.</summary>
public class ConfigurationMutationTests
{
    static readonly Dictionary<string, string> Plain = new()
    {
        ["Vocabulary"] = "40",
        ["Embedding"] = "8",
        ["Hidden"] = "12",
        ["Layers"] = "3",
        ["Groups"] = "1",
        ["InnerLayers"] = "1",
        ["Heads"] = "2",
        ["Intermediate"] = "20",
        ["Positions"] = "16",
        ["Segments"] = "2",
    };

    static readonly string[] Integers = ["0", "-1", "1", "3", "5", "7", "int.MaxValue", "int.MinValue"];

    static readonly string[] Reals = ["0.0", "-1.0", "1.0", "0.5", "2.0", "double.NaN", "double.PositiveInfinity", "1e-300", "1e300"];

    static IEnumerable<(string Property, string Value)> Mutations() =>
        from property in typeof(AlbertAttribute).GetProperties()
        where property.CanWrite && property.DeclaringType == typeof(AlbertAttribute) // the others come from task attributes
        from value in property.PropertyType == typeof(int) ? Integers : property.PropertyType == typeof(double) ? Reals : []
        select (property.Name, value);

    static string Arguments(params (string Property, string Value)[] changes)
    {
        var all = new Dictionary<string, string>(Plain);
        foreach (var (property, value) in changes) all[property] = value;
        return string.Join(", ", all.Select(a => $"{a.Key} = {a.Value}"));
    }

    [Fact]
    public void Every_number_compiles_or_is_reported_at_its_attribute()
    {
        var run = GeneratorHarness.Run(GeneratorHarness.Compilation($"[Albert({Arguments()}), Pretraining] partial class Model;"));
        var plain = ((TracedModel)run.TrackedSteps["Trace"].Single().Outputs.Single().Value).Declaration;
        var mutations = Mutations().ToList();
        Assert.True(mutations.Count > 100);
        int compiled = 0;
        foreach (var (property, value) in mutations)
        {
            var arguments = plain.Arguments.Where(a => a.Name != property).Append(new Argument(property, value)).ToImmutableArray();
            var model = Tracer.Trace(plain with { Arguments = arguments }, default);
            if (model.Diagnostics.IsEmpty)
            {
                compiled++;
                Assert.All(model.Programs.SelectMany(p => p.Graph.Nodes), n => Assert.True(float.IsFinite((float)n.Value)));
                if (Integers.Contains(value)) Assert.NotEmpty(AlbertCompiled.Generators.Compiler.Compile(model).Sources);
                continue;
            }

            var diagnostic = Assert.Single(model.Diagnostics);
            Assert.True(diagnostic.Descriptor != Descriptors.Internal, $"{property} = {value}: {diagnostic}");
            Assert.Equal(plain.Architecture, diagnostic.Place.Attribute);
        }

        Assert.InRange(compiled, 40, mutations.Count - 40);
    }

    [Fact]
    public void Odd_sizes_compile_to_code_without_errors()
    {
        var compilation = GeneratorHarness.Compilation(string.Join("\n", Mutations().Where(m => m.Value == "3").Select((m, i) => $"[Albert({Arguments(m)}), Pretraining] public sealed partial class M{i};")));
        var result = GeneratorHarness.Run(compilation);
        Assert.Equal(["Heads = 2 does not divide Hidden = 3"], result.Diagnostics.Select(d => d.GetMessage()));
        Assert.Empty(compilation.AddSyntaxTrees(result.GeneratedSources.Select(s => s.SyntaxTree)).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Take(5));
    }

    [Theory]
    [InlineData("Heads", "5", "ALB0002")]
    [InlineData("Heads", "0", "ALB0002")]
    [InlineData("Layers", "0", "ALB0005")]
    [InlineData("InnerLayers", "int.MaxValue", "ALB0018")]
    [InlineData("Vocabulary", "-1", "ALB0010")]
    [InlineData("Dropout", "1", "ALB0011")]
    [InlineData("AttentionDropout", "double.NaN", "ALB0011")]
    [InlineData("Hidden", "int.MaxValue", "ALB0012")]
    [InlineData("Deviation", "-1", "ALB0010")]
    [InlineData("LayerNormEpsilon", "double.NaN", "ALB0017")]
    public void The_argument_to_blame_is_marked(string property, string value, string id)
    {
        string arguments = Arguments((property, value)).Replace($"{property} = {value}", $"[|{property} = {value}|]");
        Subject.Expect(id, $"[Albert({arguments}), Pretraining] public sealed partial class Model;");
    }
}
