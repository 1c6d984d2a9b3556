using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Tests.Infrastructure;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>A model that does not compile has a half that keeps the errors of its uses away, beside the one that counts.</summary>
public class EmptyHalfTests
{
    const string Uses = """

        static class Uses
        {
            static TModel New<TModel>(Device device) where TModel : CompiledModel, ICompiledModel<TModel> => TModel.Create(device, new Capacity(tokens: 16, sequences: 2));

            static void Of(Device device, TokenBatch batch)
            {
                using var model = Model.Create(device, new Capacity(tokens: 16, sequences: 2), seed: 1);
                using var other = New<Model>(device);
                model.TrainStep(batch, new OptimizerSettings(Optimizer.Lamb, LearningRate: 1e-3f));
                Console.WriteLine(Model.Compiled.ParameterCount);
            }
        }
        """;

    [Theory]
    [InlineData("Pretraining", "")]
    [InlineData("Encoding", "model.Encode(batch)")]
    [InlineData("Classification(3)", "model.Classify(batch).Classes[0].Label, model.Classify(batch).Logits.Columns")]
    [InlineData("Regression", "model.Regress(batch).Ratings[0]")]
    [InlineData("SpanAnswer", "model.Answer(batch).Spans[0]")]
    [InlineData("TokenTags(4)", "model.Tag(batch).Tags[0].Label")]
    [InlineData("MultipleChoice", "model.Choose(batch).Choices")]
    public void Uses_of_a_model_with_a_wrong_setting_are_no_errors(string program, string calls)
    {
        string Source(int heads) => $"using System; using AlbertCompiled; using AlbertCompiled.Models; namespace My; [Albert(Hidden = 16, Heads = {heads}), {program}] public sealed partial class Model; {Uses.Replace("using var other", string.Concat(calls.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select((c, i) => $"var result{i} = {c}; ")) + "using var other")}";
        Assert.Empty(Errors(Source(2), out _));
        Assert.Empty(Errors(Source(3), out var diagnostics));
        Assert.Equal(Descriptors.Heads.Id, Assert.Single(diagnostics).Id);
    }

    [Theory]
    [InlineData("[Net, Pretraining] public sealed class Model;")]
    [InlineData("[Net, Pretraining] public abstract partial class Model;")]
    [InlineData("[Net(Hidden = -1), Pretraining] public sealed partial class Model { static int Compiled = 3; }")]
    [InlineData("[Net(Hidden = -1), Pretraining] public sealed partial class Create;")]
    public void A_class_that_cannot_have_it_does_not_get_it(string model)
    {
        var result = GeneratorHarness.Run(GeneratorHarness.Compilation(Subject.Source(model: model)));
        Assert.NotEmpty(result.Diagnostics);
        Assert.DoesNotContain(result.GeneratedSources, s => s.SourceText.ToString().Contains("does not compile"));
    }

    [Theory]
    [InlineData("namespace My; class CompiledModel; class ModelExecutor; class NotSupportedException;")]
    [InlineData("namespace My.AlbertCompiled; class Capacity;")]
    public void It_compiles_whatever_stands_around_the_model(string around)
    {
        string[] errors = Errors($"using AlbertCompiled.Models; {around} [Albert(Hidden = 16, Heads = 3), Pretraining, Encoding] public sealed partial class @class;", out var diagnostics);
        Assert.Empty(errors);
        Assert.Single(diagnostics);
    }

    [Fact]
    public void It_stands_in_where_the_project_does_not_let_models_compile()
    {
        var compilation = GeneratorHarness.Compilation(Subject.Source() + Uses).Under(LanguageVersion.Preview, allowUnsafe: false);
        var result = GeneratorHarness.Run(GeneratorHarness.Driver(LanguageVersion.Preview), compilation, out _);
        Assert.Single(result.Diagnostics);
        Assert.DoesNotContain(compilation.AddSyntaxTrees(result.GeneratedSources.Select(s => s.SyntaxTree)).GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
    }

    static string[] Errors(string source, out IReadOnlyList<Diagnostic> diagnostics)
    {
        var compilation = GeneratorHarness.Compilation(source);
        var result = GeneratorHarness.Run(compilation);
        diagnostics = result.Diagnostics;
        return [.. compilation.AddSyntaxTrees(result.GeneratedSources.Select(s => s.SyntaxTree)).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString())];
    }
}
