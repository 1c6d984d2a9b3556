using System.Reflection;
using AlbertCompiled.Cpu;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Passes;
using AlbertCompiled.Generators.Trace;
using AlbertCompiled.Gpu;
using AlbertCompiled.Tests.Infrastructure;
using AlbertCompiled.Tests.Numbers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>Generated code compiles whatever a project calls its types, members, namespaces, locals and weights.</summary>
public class SurroundingsTests
{
    const string Programs = "[Albert(Hidden = 16, Heads = 2, Layers = 2), Pretraining, Encoding, TokenTags(3, Training = false)]";

    static IEnumerable<string> Types => RuntimeTypes.All.Select(t => t.Name).Distinct();

    [Fact]
    public void A_definition_is_found_behind_several_levels_of_attributes()
    {
        var assembly = InMemory.Compile(Subject.Source(model: "[Small, Pretraining] public sealed partial class Model; [Definition] public sealed class SmallAttribute : NetAttribute;").Replace("sealed class NetAttribute", "class NetAttribute"));
        using var device = Device.Open("cpu");
        using var model = (CompiledModel)assembly.GetType("Model")!.GetMethod("Create")!.Invoke(null, [device, new Capacity(16, 2), 5ul, null])!;
        Assert.Equal(model.Parameters.Description.Parameters.Select(p => p.Name), ModelGraph.Of(model).Parameters.Select(p => p.Name));
    }

    [Fact]
    public void Types_of_the_models_namespace()
    {
        InMemory.Compile($"namespace My; {Programs} public sealed partial class Model; {string.Join(" ", Types.Select(name => $"class {name};"))}");
        InMemory.Compile($"namespace My.AlbertCompiled.X; {Programs} public sealed partial class Model;");
        InMemory.Compile($"namespace My.X {{ {Programs} public sealed partial class Model; }} {string.Join(" ", Types.Select(name => $"namespace My.{name} {{ class Inner; }}"))}");
    }

    [Fact]
    public void Types_of_namespaces_that_the_whole_project_uses() => InMemory.Compile(
        $"{Programs} public sealed partial class Model;", "global using Mine;", $"namespace Mine {{ {string.Join(" ", Types.Select(name => $"public class {name};"))} }}");

    [Fact]
    public void Members_of_the_models_own_half() => InMemory.Compile(
        $"namespace My; {Programs} public sealed partial class Model {{ {string.Join(" ", Types.Except(["Device", "Capacity"]).Select((name, i) => i % 2 == 0 ? $"public const int {name} = 1;" : $"class {name};"))} }}");

    [Fact]
    public void Members_of_the_models_own_half_beside_those_that_it_gets() => InMemory.Compile($$"""
        {{Programs}} public sealed partial class Model : ICreator, IComparable<Model>
        {
            static readonly int count = 3;
            static Model() => Console.Write(count);
            public Model(Device device) : this(device, new Capacity(16, 2), 42, Compute.Float32) { }
            public static Model Create(Device device) => new(device);
            public static Model Create(Device device, in Capacity capacity, ulong seed = 1, Compute? precision = null) => new(device, capacity, seed, precision ?? Compute.Float32);
            void ICreator.Create() { }
            public int CompareTo(Model? other) => 0;
            public int Size { get; init; } = Compiled.Parameters.Length;
            public string Encode(string text) => text;
            protected override void CheckLabels(TokenBatch batch) => CheckIndices(batch);
            class CpuTrain;
            class Offset<T>;
            enum Encoded { None }
            void BuildTrain() { }
        }
        interface ICreator { void Create(); }
        """);

    [Fact]
    public void Words_of_CSharp() => InMemory.Compile($"namespace @event.@class; {Programs} public sealed partial class @record;", $"{Programs} public sealed partial class @while;");

    [Fact]
    public void Names_that_differ_by_case_alone()
    {
        var assembly = InMemory.Compile(Subject.Source(model: "[Net, Pretraining] partial class Model; [Net, Pretraining] partial class MODEL; namespace Model2 { [Net, Pretraining] partial class Inner; } namespace model2 { [Net, Pretraining] partial class inner; }"));
        Assert.Equal(4, assembly.GetTypes().Count(t => t.IsSubclassOf(typeof(CompiledModel))));
        Assert.Equal(2, GeneratorHarness.Run(GeneratorHarness.Compilation("[Definition] class A; [Definition] class a;")).GeneratedSources.Length);
    }

    [Fact]
    public void An_attribute_on_two_parts_fails_in_CSharp_alone()
    {
        var result = GeneratorHarness.Run(GeneratorHarness.Compilation(Subject.Source() + "[Pretraining] partial class Model; [Definition] partial class Library { } [Definition] partial class Library { }"));
        Assert.Empty(result.Diagnostics);
        Assert.NotEmpty(result.GeneratedSources);
    }

    // each is stored over a loop, and so has a slot of several entries
    [Fact]
    public void Locals_of_a_definition()
    {
        string[] locals = [.. Types.Concat(Names.Members).Append("ScatterAddKernel").Append("TokenGroups").Append("ColumnSumKernel").Append("CpuTrain").Select(LocalName).Where(name => Identifier.Of(name) == name).Distinct()];
        var lines = locals.Select((name, i) => $"var {name} = Tanh(MatMul({(i == 0 ? "input" : locals[i - 1])}, square, transposeB: true));");
        InMemory.Compile(Subject.Source(
            fields: $"{Subject.Fields} readonly Tensor square = Weight(\"square\", c.Hidden, c.Hidden, Initial.Normal(0.02));",
            members: $"Tensor Body(Tensor input) {{ {string.Join(" ", lines)} return {locals[^1]}; }}",
            body: "var t = Repeat(2, table, (h, l) => h * h); var run = Repeat(2, Rows(t, batch.Tokens), (h, l) => Body(h)); return new Outputs((\"loss\", Mean(CrossEntropy(Linear(Rows(run, batch.First), head), batch.Order))));"));

        static string LocalName(string type) => char.ToLowerInvariant(type[0]) + type[1..];
    }

    [Fact]
    public void Weights()
    {
        string[] weights = ["offset", "w2", "w", "w.2", "toString", "equals", "class"];
        InMemory.Compile(Subject.Source(
            fields: Subject.Fields + string.Concat(weights.Select((name, i) => $" readonly Tensor weight{i} = Weight(\"{name}\", c.Hidden, Initial.Zero);")),
            body: Subject.Body.Replace("batch.Tokens)", "batch.Tokens)" + string.Concat(weights.Select((_, i) => $" + weight{i}")))));
    }

    [Theory]
    [InlineData(typeof(CpuProgram))]
    [InlineData(typeof(GpuProgram<>))]
    public void Kernels_leave_the_bases_members_alone(Type program)
    {
        var members = program.GetMembers(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic);
        var names = members.Where(m => m is PropertyInfo or MethodInfo { IsPrivate: false, IsSpecialName: false }).Select(m => m.Name).Where(n => !n.Contains('.')).Distinct();
        Assert.Empty(names.Except(Names.Members));
    }

    [Fact]
    public void The_table_has_every_type_that_generated_code_names()
    {
        const string first = "[Albert(Vocabulary = 9050, Hidden = 16, Heads = 2, Layers = 4, Groups = 2, Dropout = 0.1, AttentionDropout = 0.1), Pretraining, Encoding, LogitRows(32)] partial class A;";
        const string others = """
            [Albert(Hidden = 16, Heads = 2), Classification(3)] partial class B;
            [Albert(Hidden = 16, Heads = 2), Regression] partial class C;
            [Albert(Hidden = 16, Heads = 2), SpanAnswer] partial class D;
            [Albert(Hidden = 16, Heads = 2), TokenTags(4)] partial class E;
            [Albert(Hidden = 16, Heads = 2), MultipleChoice] partial class F;
            """;
        var compilation = GeneratorHarness.Compilation(first, others, QuestionTests.Source).AddReferences(MetadataReference.CreateFromFile(typeof(ILGPU.Context).Assembly.Location));
        GeneratorHarness.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _);
        var named = generated.SyntaxTrees.Where(t => t.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) && !t.FilePath.EndsWith(".DefinitionText.g.cs", StringComparison.Ordinal)).SelectMany(tree =>
        {
            var model = generated.GetSemanticModel(tree);
            return tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>().Where(n => n.Identifier.ValueText != "var").Select(n => model.GetSymbolInfo(n).Symbol).OfType<INamedTypeSymbol>();
        }).Where(t => t.ContainingType is null && t.ContainingAssembly.Name != "Subject" && t.SpecialType == SpecialType.None);
        Assert.DoesNotContain(named, t => t.Name != "InternalsVisibleToAttribute" && !RuntimeTypes.All.Contains((t.ContainingNamespace.ToDisplayString(), t.Name)));

        // as do members of the base
        var meant = generated.SyntaxTrees.Where(t => t.FilePath.EndsWith(".g.cs", StringComparison.Ordinal)).SelectMany(tree =>
        {
            var model = generated.GetSemanticModel(tree);
            return tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>().Where(n => n.Parent is not MemberAccessExpressionSyntax access || access.Expression == n).Select(n => model.GetSymbolInfo(n).Symbol);
        }).Where(s => s?.ContainingType?.Name == nameof(CompiledModel)).Select(s => ModelMember.Of(s!)).Distinct();
        Assert.Equal(ModelMembers.OfBase.Select(m => m.ToString()).Order(), meant.Select(m => m.ToString()).Order());

        // and what it declares, no model may be called
        string[] own = [.. generated.GetTypeByMetadataName("A")!.GetMembers().Where(m => m.CanBeReferencedByName).Select(m => m.Name).Distinct()];
        foreach (string name in own)
            Assert.Contains(GeneratorHarness.Run(GeneratorHarness.Compilation(first.Replace("class A;", $"class {name};"))).Diagnostics, d => d.Id == "ALB0007");
    }

    [Fact]
    public void The_table_has_every_member_that_a_model_gets()
    {
        var programs = ProgramRule.Attributes.Select(name => name is "Classification" or "TokenTags" ? $"{name}(3)" : name).ToList();
        programs.AddRange(["Pretraining, Encoding, TokenTags(3, Training = false)", "Encoding, SpanAnswer"]);
        var compilation = GeneratorHarness.Compilation(string.Join("\n", programs.Select((attributes, i) => $"[Albert(Hidden = 16, Heads = 2), {attributes}] partial class Model{i};")), Subject.Source(model: "[Net, Pretraining] partial class Plain;"));
        var result = GeneratorHarness.Run(GeneratorHarness.Driver(), compilation, out _);
        var generated = compilation.AddSyntaxTrees(result.GeneratedSources.Select(s => s.SyntaxTree));
        var models = result.TrackedSteps["Trace"].SelectMany(s => s.Outputs).Select(o => (TracedModel)o.Value).ToList();
        Assert.Equal(programs.Count + 1, models.Count);
        foreach (var model in models)
        {
            var members = generated.GetTypeByMetadataName(model.Name)!.GetMembers().Where(m => !m.IsImplicitlyDeclared).Select(ModelMember.Of);
            Assert.Equal(members.Select(m => $"{m} {m.Arity}").Order(), ModelMembers.Of([.. model.Programs.Select(p => p.Rule)]).Select(m => $"{m} {m.Arity}").Order());
        }
    }
}
