using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

/// <summary>
/// Runs a definition with its configuration as constants; tensor operations, instead of computing, append nodes to a graph.
/// One instance traces one program.
/// </summary>
internal sealed partial class Interpreter
{
    readonly Declaration declaration;
    readonly Definitions definitions;
    readonly StackedWeights stacks;
    readonly CancellationToken cancellation;
    readonly GraphBuilder graph = new();
    readonly Provenance provenance;
    readonly HashSet<SyntaxNode> approved = [];

    /// <summary>Text of the statement that runs, in the innermost method of the definition itself.</summary>
    string statement = "";

    /// <summary>True while field initialisers run: weights may be declared, operations may not.</summary>
    bool constructing;

    int calls;
    int steps;

    public Interpreter(Declaration declaration, Definitions definitions, StackedWeights stacks, CancellationToken cancellation)
    {
        (this.declaration, this.definitions, this.stacks, this.cancellation) = (declaration, definitions, stacks, cancellation);
        provenance = new(graph);
    }

    /// <summary>The configuration: every settable property of the architecture attribute, defaults included.</summary>
    public ImmutableArray<(string Name, Constant Value)> Configuration { get; private set; } = [];

    /// <summary>Traces the program called <paramref name="name"/>; null if the definition has no such method.</summary>
    /// <exception cref="TraceException">Something is wrong with the definition or its configuration.</exception>
    public ModelGraph? Trace(string name)
    {
        var type = definitions.Root(declaration.Graph);
        var method = type.Chain.SelectMany(t => t.Methods.TryGetValue(name, out var overloads) ? overloads.Select(m => (Owner: t, Syntax: m)) : [])
            .FirstOrDefault(m => m.Syntax.ParameterList.Parameters is [{ Type: { } parameter }] && Definitions.SimpleName(parameter) == "TokenBatch");
        if (method.Syntax is null) return null;

        var start = new Frame(type, null, new(null));
        if (!method.Syntax.Modifiers.Any(SyntaxKind.PublicKeyword)) throw Fail(Descriptors.MissingDefinition, method.Syntax.ReturnType, start, $"the program '{name}' must be public");
        if (method.Syntax.Modifiers.Any(SyntaxKind.StaticKeyword)) throw Fail(Descriptors.MissingDefinition, method.Syntax.ReturnType, start, $"the program '{name}' must be a method of the instance, not a static one");
        CheckCreation(type, start);
        constructing = true;
        var configuration = Configure(start);
        var model = new ObjectValue(type);
        Construct(model, type, [configuration], type.Syntax, start);
        constructing = false;
        Keep(model);
        Keep(configuration);

        var result = Call(method.Syntax, method.Owner, model, [BatchValue.Instance], method.Syntax, null);
        if (result is not OutputsValue outputs) throw Fail(Descriptors.Outputs, method.Syntax.ReturnType, start, $"{name} returns {result.Kind}, not Outputs");
        CheckOutputs(name, outputs, start);
        return graph.Build(outputs.Items);
    }

    /// <summary>Refuses a definition that could not be created to run op by op.</summary>
    void CheckCreation(DefinitionType type, Frame frame)
    {
        var architecture = definitions.Root(declaration.Architecture);
        var at = (SyntaxNode?)type.Parameters ?? type.BaseSyntax ?? type.Syntax;
        if (type.IsAbstract) throw Fail(Descriptors.MissingDefinition, at, frame, $"the definition '{type.Name}' must not be abstract: it is created");
        if (type.Parameters?.Parameters is not [{ Type: { } parameter }] || definitions.Find(parameter, type) is not { } taken || !architecture.Chain.Contains(taken))
            throw Fail(Descriptors.MissingDefinition, at, frame, $"the definition '{type.Name}' must have one primary constructor that takes its configuration alone: {type.Name}({architecture.Name} c)");
    }

    void CheckOutputs(string program, OutputsValue outputs, Frame frame)
    {
        if (outputs.Items.Any(o => o.Name.Length == 0)) throw Fail(Descriptors.Outputs, outputs.Syntax, frame, $"{program} has an output without a name");
        var twice = outputs.Items.GroupBy(o => o.Name).FirstOrDefault(g => g.Count() > 1);
        if (outputs.Items.Any(o => o.Name.Trim().Length == 0)) throw Fail(Descriptors.Outputs, outputs.Syntax, frame, $"{program} has an output without a name");
        if (twice is not null) throw Fail(Descriptors.Outputs, outputs.Syntax, frame, $"{program} has two outputs named '{twice.Key}'");
        Shape Required(string name, string why)
        {
            if (!outputs.Items.Any(o => o.Name == name)) throw Fail(Descriptors.Outputs, outputs.Syntax, frame, $"{program} has no output named '{name}', which is {why}");
            return graph.ShapeOf(outputs.Items.First(o => o.Name == name).Node);
        }

        void CheckLoss()
        {
            var loss = Required("loss", "what training minimises");
            if (!loss.IsScalar) throw Fail(Descriptors.Outputs, outputs.Syntax, frame, $"the output 'loss' has the shape {loss}; training minimises a scalar, [1, 1]");
        }

        switch (program)
        {
            case ProgramRule.Training:
                CheckLoss();
                break;
            case var name when TaskRule.All.FirstOrDefault(t => t.Name == name) is { } task:
                var logits = Required(TaskRule.Logits, "what the task infers");
                int columns = task.Columns ?? Configuration.Where(c => c.Name == TaskSettings.Labels).Select(c => c.Value.Item).OfType<int>().FirstOrDefault();
                if (logits != new Shape(task.Rows, columns))
                    throw Fail(Descriptors.Outputs, outputs.Syntax, frame, $"the output 'logits' has the shape {logits}; [{task.Name}] asks for {new Shape(task.Rows, columns)}{(task.Columns is null ? ", the configuration's Labels" : "")}");
                if (declaration.TrainsTask) CheckLoss();
                break;
            default:
                if (outputs.Items.IsEmpty) throw Fail(Descriptors.Outputs, outputs.Syntax, frame, $"{program} has no outputs");
                break;
        }
    }

    /// <summary>Counts a step of the trace and refuses to go on beyond every limit.</summary>
    void Step(SyntaxNode node, Frame frame, int count = 1)
    {
        cancellation.ThrowIfCancellationRequested();
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if ((steps += count) > Limits.Steps) throw Fail(Descriptors.Limit, node, frame, $"tracing takes more than {Limits.Steps:N0} steps");
    }

    /// <summary>Notes the statement that runs, for the origin of its nodes.</summary>
    void Mark(SyntaxNode node, Frame frame)
    {
        if (IsLibrary(frame.Owner)) return;
        statement = definitions.Line(node);
    }

    /// <summary>Static classes are libraries: their methods are details of the statement that calls them.</summary>
    static bool IsLibrary(DefinitionType type)
    {
        while (type.Outer is { } outer) type = outer;
        return type.IsStatic;
    }
}
