using System.Collections.Immutable;
using System.Text;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Trace;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AlbertCompiled.Generators;

/// <summary>
/// The compiler as a source generator. Each step is a function of values that compare by content, so that an edit which leaves
/// a model's configuration and the text of its definition as they were re-runs nothing.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ModelGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // definitions → their texts in the assembly's metadata
        var texts = context.SyntaxProvider
            .ForAttributeWithMetadataName("AlbertCompiled.DefinitionAttribute", static (node, _) => node is ClassDeclarationSyntax, Declarer.Export)
            .Where(static text => text is not null)
            .WithTrackingName("Definitions");
        context.RegisterSourceOutput(texts, static (output, text) => output.AddSource($"{text!.Type}.DefinitionText.g.cs", SourceText.From(DefinitionExport.Write(text), Encoding.UTF8)));

        // attributes → configuration → graphs → code
        var compiled = context.SyntaxProvider
            .ForAttributeWithMetadataName("AlbertCompiled.PretrainingAttribute", static (node, _) => node is TypeDeclarationSyntax, Declarer.Declare)
            .WithTrackingName("Declare")
            .Select(static (declaration, cancellation) => Tracer.Trace(declaration, cancellation))
            .WithTrackingName("Trace")
            .Select(static (model, _) => Compile(model))
            .WithTrackingName("Compile");
        context.RegisterSourceOutput(compiled, static (output, sources) =>
        {
            foreach (var (hint, text) in sources.Sources) output.AddSource(hint, SourceText.From(text, Encoding.UTF8));
        });

        // what is wrong → places in files; only then is the compilation looked at. A fault of a definition counts once.
        var diagnostics = compiled.SelectMany(static (sources, _) => sources.Diagnostics.Items).Collect()
            .SelectMany(static (all, _) => Distinct(all))
            .WithTrackingName("Diagnostics")
            .Combine(context.CompilationProvider);
        context.RegisterSourceOutput(diagnostics, static (output, d) => output.ReportDiagnostic(d.Left.ToDiagnostic(d.Right, output.CancellationToken)));
    }

    /// <summary>An exception here is a fault of the compiler: it is reported as such, at the model, and the others still compile.</summary>
    static CompiledSources Compile(TracedModel model)
    {
        if (!model.Diagnostics.IsEmpty) return new(default, model.Diagnostics);
        try
        {
            return Compiler.Compile(model);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return new(default, ImmutableArray.Create(DiagnosticInfo.OfFailure(model.Declaration, failure)));
        }
    }

    static IEnumerable<DiagnosticInfo> Distinct(ImmutableArray<DiagnosticInfo> diagnostics) =>
        diagnostics.GroupBy(d => (d.Place.Definition is null ? (object)d.Place : (d.Place.Definition, d.Place.FirstToken, d.Place.LastToken), d.Descriptor, d.Arguments)).Select(g => g.First());
}
