using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Trace;
using AlbertCompiled.Tests.Infrastructure;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>What an edit re-runs: nothing, unless it changes a configuration or what a definition says.</summary>
public class IncrementalTests
{
    static readonly string[] Steps = ["Definitions", "Settings", "Declare", "Trace", "Compile", "Allowed"];

    const string Models = """
        [Net, Pretraining] public sealed partial class First;
        [Net(Hidden = 24), Pretraining] public sealed partial class Second;
        """;

    const string Other = "public class Unrelated { public int Value => 1; }";

    static readonly string Definition = Subject.Source(model: "");

    /// <summary>Runs on three files, replaces one, runs again.</summary>
    static GeneratorRunResult Edit(int file, string text)
    {
        string[] sources = [Definition, Models, Other];
        var before = GeneratorHarness.Compilation(sources);
        GeneratorHarness.Run(GeneratorHarness.Driver(), before, out var driver);
        var tree = before.SyntaxTrees.Single(t => t.FilePath == $"File{file}.cs");
        var after = before.ReplaceSyntaxTree(tree, GeneratorHarness.Parse(text, tree.FilePath));
        return GeneratorHarness.Run(driver, after, out _);
    }

    static IEnumerable<(string Step, object Value, IncrementalStepRunReason Reason)> Reasons(GeneratorRunResult result) =>
        Steps.SelectMany(step => result.TrackedSteps[step].SelectMany(run => run.Outputs.Select(output => (step, output.Value, output.Reason))));

    static void AssertNothingRan(GeneratorRunResult result)
    {
        Assert.All(Reasons(result), r => Assert.True(r.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{r.Step}: {r.Reason}"));
        Assert.All(Reasons(result).Where(r => r.Step is "Trace" or "Compile"), r => Assert.Equal(IncrementalStepRunReason.Cached, r.Reason));
        Assert.All(result.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(run => run.Outputs), o => Assert.Equal(IncrementalStepRunReason.Cached, o.Reason));
        Assert.Empty(result.Diagnostics);
        Assert.NotEmpty(result.GeneratedSources);
    }

    [Fact]
    public void An_edit_in_another_file_runs_nothing() => AssertNothingRan(Edit(2, Other.Replace("=> 1", "=> 2")));

    [Fact]
    public void A_comment_in_the_definition_runs_nothing() =>
        AssertNothingRan(Edit(0, Definition.Replace("var loss", "// what training minimises\n /* a lot */ var loss").Replace("public int Hidden", "/// <summary>H.</summary>\npublic int Hidden")));

    [Fact]
    public void Whitespace_in_the_definition_runs_nothing() => AssertNothingRan(Edit(0, "\n\n" + Definition.Replace("    ", "\t").Replace(" = ", "  =\r\n ")));

    [Fact]
    public void A_member_of_another_class_in_the_definition_file_runs_nothing() => AssertNothingRan(Edit(0, Definition + "\nclass Helper { int x; }"));

    [Fact]
    public void A_member_of_a_models_own_half_runs_nothing() =>
        AssertNothingRan(Edit(1, Models.Replace("class First;", "class First { /* why */ int Unrelated(int x) => x; }")));

    [Fact]
    public void A_configuration_reruns_its_own_model()
    {
        var reasons = Reasons(Edit(1, Models.Replace("24", "36"))).ToList();
        string Changed(string step) => string.Join(",", reasons.Where(r => r.Step == step && r.Reason == IncrementalStepRunReason.Modified).Select(r => r.Value switch
        {
            Declaration d => d.Name,
            TracedModel m => m.Name,
            _ => "code",
        }));
        Assert.Equal(("", "Second", "Second", "code"), (Changed("Definitions"), Changed("Declare"), Changed("Trace"), Changed("Compile")));
        Assert.Equal(2, reasons.Count(r => r.Step == "Trace"));
    }

    [Fact]
    public void An_edit_of_the_definition_reruns_its_models()
    {
        var reasons = Reasons(Edit(0, Definition.Replace("Initial.Normal(0.02)", "Initial.Normal(0.03)"))).ToList();
        Assert.Equal(2, reasons.Count(r => r.Step == "Trace" && r.Reason == IncrementalStepRunReason.Modified));
        Assert.Equal(1, reasons.Count(r => r.Step == "Definitions" && r.Reason == IncrementalStepRunReason.Modified));
    }

    [Fact]
    public void A_diagnostic_moves_with_its_line()
    {
        string broken = Definition.Replace("var loss", "var k = 1 / 0; var loss");
        var before = GeneratorHarness.Compilation(broken, Models);
        GeneratorHarness.Run(GeneratorHarness.Driver(), before, out var driver);
        var tree = before.SyntaxTrees.Single(t => t.FilePath == "File0.cs");
        var result = GeneratorHarness.Run(driver, before.ReplaceSyntaxTree(tree, GeneratorHarness.Parse("// a new line\n" + broken, tree.FilePath)), out _);
        Assert.All(Reasons(result).Where(r => r.Step is "Trace"), r => Assert.Equal(IncrementalStepRunReason.Cached, r.Reason));
        Assert.Equal("1 / 0", Assert.Single(result.Diagnostics).Marked());
    }

    [Fact]
    public void A_model_of_several_programs_is_compiled_once_and_stays_compiled()
    {
        string[] sources = ["[Albert, Encoding, Pretraining, Classification(3, Training = false)] public sealed partial class All; [Albert, Encoding] public sealed partial class Encoder;", Other, Subject.Source(model: "")];
        var before = GeneratorHarness.Compilation(sources);
        var result = GeneratorHarness.Run(GeneratorHarness.Driver(), before, out var driver);
        Assert.Equal(["All", "Encoder"], result.TrackedSteps["Declare"].SelectMany(s => s.Outputs).Select(o => ((Declaration)o.Value).Name).Order());
        var tree = before.SyntaxTrees.Single(t => t.FilePath == "File1.cs");
        AssertNothingRan(GeneratorHarness.Run(driver, before.ReplaceSyntaxTree(tree, GeneratorHarness.Parse(Other.Replace("=> 1", "=> 2"), tree.FilePath)), out _));
    }

    [Fact]
    public void Two_runs_write_the_same()
    {
        var compilation = GeneratorHarness.Compilation(Definition, Models);
        static IEnumerable<string> Texts(GeneratorRunResult result) => result.GeneratedSources.Select(s => $"{s.HintName}\n{s.SourceText}");
        Assert.Equal(Texts(GeneratorHarness.Run(compilation)), Texts(GeneratorHarness.Run(compilation)));
    }

    [Fact]
    public void Values_between_steps_hold_neither_symbols_nor_syntax()
    {
        var result = GeneratorHarness.Run(GeneratorHarness.Compilation(Definition, Models, Definition.Replace("Net", "Bad").Replace("Kind", "Sort").Replace("var loss", "var k = 1 / 0; var loss") + "[Bad, Pretraining] partial class Third;"));
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var (step, value, _) in Reasons(result)) Walk(value, step);
        Assert.True(seen.Count > 100);

        void Walk(object? value, string path)
        {
            if (value is null or string or Enum || value.GetType().IsPrimitive || !seen.Add(value)) return;
            if (value is DiagnosticDescriptor or Assembly or Type) return;
            Assert.False(value is ISymbol or SyntaxNode or SyntaxTree or Compilation or SemanticModel or Location or SyntaxReference, path);
            if (value is IEnumerable items && value.GetType() is { IsArray: true })
            {
                foreach (var item in items) Walk(item, path);
                return;
            }

            for (var type = value.GetType(); type is not null; type = type.BaseType)
            {
                foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                    Walk(field.GetValue(value), $"{path}.{field.Name}");
            }
        }
    }
}
