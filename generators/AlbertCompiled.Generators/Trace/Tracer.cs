using System.Collections.Immutable;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Graph;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

/// <summary>From a declaration to its graphs.</summary>
internal static class Tracer
{
    /// <summary>Never throws, but to cancel: what is wrong with the definition, or with this compiler, is a diagnostic.</summary>
    public static TracedModel Trace(Declaration declaration, CancellationToken cancellation)
    {
        if (declaration.Diagnostics.Count > 0) return new(declaration) { Diagnostics = declaration.Diagnostics.Items };
        try
        {
            var definitions = new Definitions(declaration, cancellation);
            var stacks = new StackedWeights();
            var programs = ImmutableArray.CreateBuilder<(ProgramRule, ModelGraph)>();
            ImmutableArray<(string, string)> configuration = [];
            foreach (var rule in ProgramRule.All.Where(r => declaration.Programs.Contains(r.Attribute) && (declaration.TrainsTask || !r.Trains || r.Task is null)))
            {
                var interpreter = new Interpreter(declaration, definitions, stacks, cancellation);
                if (interpreter.Trace(rule.Method) is { } graph)
                {
                    programs.Add((rule, Part(graph, rule.Part)));
                    configuration = [.. interpreter.Configuration.Select(c => (c.Name, c.Value.Text))];
                }
                else if (!rule.IsOptional)
                {
                    throw new TraceException(Descriptors.MissingDefinition, declaration.AtAttribute(),
                        $"the definition '{declaration.Graph}' has no method 'Outputs {rule.Method}(TokenBatch)', which [{rule.Attribute}] compiles");
                }
            }

            return new(declaration) { Configuration = configuration, Programs = programs.ToImmutable() };
        }
        catch (TraceException failure)
        {
            return new(declaration) { Diagnostics = failure.Diagnostics };
        }
        catch (InsufficientExecutionStackException)
        {
            return new(declaration) { Diagnostics = [new(Descriptors.Limit, declaration.AtAttribute(), "the definition is nested too deeply")] };
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return new(declaration) { Diagnostics = [DiagnosticInfo.OfFailure(declaration, failure)] };
        }
    }

    /// <summary>The graph of some of its outputs.</summary>
    static ModelGraph Part(ModelGraph graph, OutputPart part) => part is OutputPart.All ? graph : DeadNodes.Remove(graph with
    {
        Outputs = [.. graph.Outputs.Where(o => graph.Nodes.First(n => n.Id == o.Node).Shape.IsScalar == part is OutputPart.Scalars)],
    });

    /// <summary>Traces texts outside of any compilation.</summary>
    /// <param name="definitions">Full names and C# texts of, in any order, the definition, its attribute and the libraries.</param>
    /// <param name="configuration">Explicit properties as C# constants.</param>
    /// <param name="program">The definition's method.</param>
    /// <exception cref="TraceException">Something is wrong with the definition or its configuration.</exception>
    public static ModelGraph Trace(IEnumerable<(string Type, string Text)> definitions, IEnumerable<(string Name, string Value)> configuration, string program = ProgramRule.Training)
    {
        var texts = definitions.Select(d => new DefinitionText(d.Type, d.Text, IsSource: true)).ToImmutableArray();
        string Deriving(string name) => texts.First(t => CSharpSyntaxTree.ParseText(t.Text).GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>()
            .Any(c => c.BaseList?.Types.Any(b => Definitions.SimpleName(b.Type) == name) == true)).Type;
        var declaration = new Declaration("", "Model", "internal", Deriving("ArchitectureAttribute"), Deriving("ModelGraph"),
            configuration.Select(c => new Argument(c.Name, c.Value)).ToImmutableArray(), texts);
        return new Interpreter(declaration, new(declaration, default), new(), default).Trace(program)
            ?? throw new TraceException(Descriptors.MissingDefinition, declaration.AtAttribute(), $"there is no program {program}");
    }
}
