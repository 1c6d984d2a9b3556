using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Tests.Infrastructure;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>Settings of a project that generated code does not compile under: a line each, and no generated code.</summary>
public class ProjectSettingsTests
{
    const string Models = "[Net, Pretraining] public sealed partial class First; [Net(Hidden = 24), Pretraining] public sealed partial class Second; [Albert, Encoding] partial class Third;";

    static readonly CSharpCompilation Project = GeneratorHarness.Compilation(Subject.Source(model: Models));

    [Theory]
    [InlineData(LanguageVersion.CSharp12, true, "ALB0025: The project's LangVersion is 12.0, and what is compiled of a model is C# 13.0: set LangVersion to 13.0 or later, or leave it to the SDK")]
    [InlineData(LanguageVersion.CSharp13, false, "ALB0026: The project's AllowUnsafeBlocks is false, and what is compiled of a model for processors holds pointers: set AllowUnsafeBlocks to true")]
    [InlineData(LanguageVersion.CSharp11, false, "ALB0025: The project's LangVersion is 11.0", "ALB0026: ")]
    [InlineData(LanguageVersion.CSharp13, true)]
    [InlineData(LanguageVersion.Preview, true)]
    public void A_setting_is_reported_once_for_all_models(LanguageVersion version, bool allowUnsafe, params string[] messages)
    {
        var result = GeneratorHarness.Run(GeneratorHarness.Driver(version), Project.Under(version, allowUnsafe), out _);
        Assert.Equal(messages.Length, result.Diagnostics.Length);
        foreach (var (message, diagnostic) in messages.Zip(result.Diagnostics.OrderBy(d => d.Id)))
        {
            Assert.StartsWith(message, $"{diagnostic.Id}: {diagnostic.GetMessage()}", StringComparison.Ordinal);
            Assert.Equal(Location.None, diagnostic.Location);
        }

        string[] models = [.. result.GeneratedSources.Select(s => s.HintName).Where(name => !name.EndsWith(".DefinitionText.g.cs", StringComparison.Ordinal))];
        Assert.Contains("Third.g.cs", models);
        Assert.Equal(messages.Length == 0, models.Contains("Third.Description.g.cs"));
    }

    [Fact]
    public void What_is_wrong_with_a_model_is_reported_as_well()
    {
        var project = GeneratorHarness.Compilation(Subject.Source(body: "var k = 1 / 0;" + Subject.Body)).Under(LanguageVersion.CSharp12);
        Assert.Equal(["ALB0017", "ALB0025"], GeneratorHarness.Run(GeneratorHarness.Driver(LanguageVersion.CSharp12), project, out _).Diagnostics.Select(d => d.Id).Order());
    }

    [Fact]
    public void A_signed_project_has_no_models()
    {
        var result = GeneratorHarness.Run(Project.Signed());
        Assert.StartsWith("ALB0027: The project's SignAssembly is true", result.Diagnostics.Select(d => $"{d.Id}: {d.GetMessage()}").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain(result.GeneratedSources, s => s.HintName.EndsWith(".Description.g.cs", StringComparison.Ordinal) || s.HintName.EndsWith(".Visibility.g.cs", StringComparison.Ordinal));
        Assert.Empty(GeneratorHarness.Run(GeneratorHarness.Compilation(Subject.Source(model: "")).Signed()).Diagnostics);
    }

    [Fact]
    public void A_project_without_models_is_left_alone() =>
        Assert.Empty(GeneratorHarness.Run(GeneratorHarness.Driver(LanguageVersion.CSharp12), GeneratorHarness.Compilation(Subject.Source(model: "")).Under(LanguageVersion.CSharp12, allowUnsafe: false), out _).Diagnostics);

    [Fact]
    public void Texts_are_exported_in_older_versions_as_well()
    {
        const string quoted = """
            @"a ""b"" \ c" + "\""
            """;
        var project = GeneratorHarness.Compilation($"[Definition] public static class Functions {{ public static string Quoted => {quoted}; }}").Under(LanguageVersion.CSharp10, allowUnsafe: false);
        GeneratorHarness.Driver(LanguageVersion.CSharp10).RunGeneratorsAndUpdateCompilation(project, out var exported, out _);
        Assert.Empty(exported.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        Assert.Contains($"public static string Quoted => {quoted};", (string)Assert.Single(exported.Assembly.GetAttributes()).ConstructorArguments[1].Value!);
    }

    [Fact]
    public void A_setting_recompiles_no_model()
    {
        GeneratorHarness.Run(GeneratorHarness.Driver(), Project, out var driver);
        var refused = GeneratorHarness.Run(driver, Project.WithOptions(Project.Options.WithAllowUnsafe(false)), out driver);
        Assert.Equal("ALB0026", Assert.Single(refused.Diagnostics).Id);
        var allowed = GeneratorHarness.Run(driver, Project, out _);
        Assert.Empty(allowed.Diagnostics);
        Assert.Contains(allowed.GeneratedSources, s => s.HintName == "First.g.cs");
        foreach (var result in new[] { refused, allowed })
            Assert.All(result.TrackedSteps["Compile"].SelectMany(s => s.Outputs), o => Assert.Equal(IncrementalStepRunReason.Cached, o.Reason));
    }

    // every program of every attribute
    [Fact]
    public void Generated_code_compiles_under_the_least_version()
    {
        var models = ProgramRule.Attributes.Select((name, i) => $"[Albert(Vocabulary = 9050, Hidden = 16, Heads = 2, Layers = 2, Dropout = 0.1), {name}{(name is "Classification" or "TokenTags" ? "(3)" : "")}] partial class Model{i};");
        var project = GeneratorHarness.Compilation([.. models]).AddReferences(MetadataReference.CreateFromFile(typeof(ILGPU.Context).Assembly.Location)).Under(LanguageVersion.CSharp13);
        GeneratorHarness.Driver(LanguageVersion.CSharp13).RunGeneratorsAndUpdateCompilation(project, out var generated, out var diagnostics);
        Assert.Empty(diagnostics);
        Assert.Empty(generated.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
    }
}
