using System.Collections.Immutable;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Graph;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

// The primitives that are more than a node: declarations, attention, loops.
internal sealed partial class Interpreter
{
    readonly HashSet<string> weights = [];
    long parameterCount;

    internal Value DeclareWeight(PrimitiveCall call, Constant rows, Constant columns, bool isVector)
    {
        if (!constructing) throw Unsupported(call.Syntax, call.Frame, "weights are declared in field initialisers");
        string name = (call[0] as Constant)?.Item as string ?? "";
        int r = (int)rows.Item, c = (int)columns.Item;
        ImmutableArray<string> sources = [.. rows.Sources, .. columns.Sources];
        if (r <= 0 || c <= 0)
            throw call.Fail(Descriptors.Weight, r <= 0 ? rows.Sources : columns.Sources, $"the weight '{name}' has the shape [{Size(rows)}, {Size(columns)}]; sizes must be positive");
        if (name.Trim().Length == 0) throw call.Fail(Descriptors.Weight, [], "a weight needs a name");
        if (!weights.Add(name)) throw call.Fail(Descriptors.Weight, [], $"the weight '{name}' is declared twice");
        if ((long)r * c > Limits.Values)
            throw call.Fail(Descriptors.Overflow, sources, $"the weight '{name}' [{Size(rows)}, {Size(columns)}] has {(long)r * c:N0} values; one weight takes up to {Limits.Values:N0}");
        if ((parameterCount += (long)r * c) > Limits.Parameters)
            throw call.Fail(Descriptors.Overflow, sources, $"with the weight '{name}' [{Size(rows)}, {Size(columns)}] the model has more than {Limits.Parameters:N0} parameters");
        var initial = (InitialValue)call[isVector ? 2 : 3];
        provenance.Declared(rows.Sources, columns.Sources);
        int index = graph.Declare(new(name, new(Dim.Of(r), c), isVector, initial.Distribution, initial.Scale));
        return new WeightValue(new([[index]]));

        string Size(Constant size) => size.Sources.IsEmpty ? size.Text : Describe((int)size.Item, size.Sources, "").Trim();
    }

    internal Value Each(PrimitiveCall call)
    {
        var count = call.Int(0);
        int length = (int)count.Item;
        CheckLength(length, count.Sources, call.Syntax, call.Frame);
        Value[] items = [.. Enumerable.Range(0, length).Select(i => InvokeLambda(call.Lambda(1), [new Constant(i)], call.Syntax, call.Frame))];
        var made = new ArrayValue(items, items.Select(Types.Of).FirstOrDefault(t => t is not null));
        return call.Syntax.Expression is GenericNameSyntax { TypeArgumentList.Arguments: [var element] } ? Convert(made, Types.ArrayOf(element), call.Syntax, call.Frame) : made;
    }

    /// <summary>Adjacent weights as one; nothing is computed, so it is a value and not a node.</summary>
    internal Value Stack(PrimitiveCall call)
    {
        if (call.Array(0).Items is not { Length: > 0 } parts || parts.Any(p => p is not WeightValue))
            throw call.Fail(Descriptors.Evaluation, [], $"'{Snippet.Of(call.Syntax)}' stacks weights only, and one at least");
        var references = parts.Cast<WeightValue>().Select(p => p.Reference).ToArray();
        int iterations = references.Max(r => r.Choices.Length);
        if (references.Any(r => r.Varies && r.Choices.Length != iterations)) throw call.Fail(Descriptors.Iteration, [], $"'{Snippet.Of(call.Syntax)}' mixes the iterations of two loops");
        var stacked = new ParameterReference([.. Enumerable.Range(0, iterations).Select(i => references.SelectMany(r => r.Choices[r.Varies ? i : 0]).ToImmutableArray())]);
        foreach (var choice in stacked.Choices)
        {
            var first = graph.Parameters[choice[0]];
            foreach (var other in choice.Select(p => graph.Parameters[p]))
            {
                if (other.IsVector != first.IsVector || !other.IsVector && other.Shape.Columns != first.Shape.Columns)
                    throw ShapeFailure(new GraphException($"the weights '{first.Name}' {first.Shape} and '{other.Name}' {other.Shape} cannot be stacked"), call.Syntax, call.Frame);
            }
        }

        return new WeightValue(stacked);
    }

    internal Value Attention(PrimitiveCall call)
    {
        var heads = call.Int(1);
        double probability = call.Probability(3);
        int qkv = call.Node(0), count = (int)heads.Item;
        var shape = graph.ShapeOf(qkv);
        if (shape.Rows == Dim.Tokens && shape.Columns % 3 == 0)
        {
            int hidden = shape.Columns / 3;
            var sources = provenance.Columns(qkv);
            if (count <= 0 || hidden % count != 0)
                throw call.Fail(Descriptors.Heads, declaration.AtAttribute(heads.Sources).Argument is null ? sources : heads.Sources, Describe(count, heads.Sources, "The number of heads"), Describe(hidden, sources, "the hidden size"));
        }

        return call.Operate(g => g.Attention(qkv, count, probability));
    }

    internal Value GroupLogSum(PrimitiveCall call)
    {
        int x = call.Node(0);
        var index = call.Indices(1);
        Dim groups = index.Name switch
        {
            "SequenceOf" => Dim.Sequences,
            "QuestionOf" => Dim.Predictions,
            _ => throw call.Fail(Descriptors.Shapes, [], $"GroupLogSum goes by batch.SequenceOf or batch.QuestionOf, not by batch.{index.Name}: the rows of a group lie together"),
        };
        return call.Operate(g => g.GroupLogSum(x, index.Name, index.Dimension, groups));
    }

    internal Value Repeat(PrimitiveCall call)
    {
        var count = call.Int(0);
        int iterations = (int)count.Item;
        var body = call.Lambda(2);
        if (graph.InLoop) throw call.Fail(Descriptors.Repeat, [], "a Repeat cannot stand inside a Repeat; a 'for' can");
        if (iterations <= 0) throw call.Fail(Descriptors.LoopBound, count.Sources, $"Repeat needs a positive number of iterations, not {Describe(iterations, count.Sources, "").Trim()}");
        if (iterations > Limits.Iterations) throw call.Fail(Descriptors.LoopBound, count.Sources, $"Repeat takes up to {Limits.Iterations:N0} iterations, not {Describe(iterations, count.Sources, "").Trim()}");
        int x = call.Node(1);

        int input = ((TensorValue)call.Operate(g => g.BeginLoop(LoopName(body), iterations, x))).Node;
        provenance.Carries(input, x);
        region++;
        var index = Selection.Uniform([.. Enumerable.Range(0, iterations).Select(i => new Constant(i))]);
        var result = InvokeLambda(body, [new TensorValue(input), index], call.Syntax, call.Frame, isRepeat: true);
        int output = Node(result, body.Syntax, body.Frame);
        Shape before = graph.ShapeOf(input), after = graph.ShapeOf(output);
        if (before != after) throw call.Fail(Descriptors.Repeat, [], $"Repeat carries {before} but its body returns {after}: {Describe(output)}");
        if (output <= input) throw call.Fail(Descriptors.Repeat, [], "the body of a Repeat returns a value that it does not compute");
        var loop = (TensorValue)call.Operate(g => g.EndLoop(output));
        loops.Add((input, loop.Node));
        region++;
        return loop;
    }

    /// <summary>The method of the definition that the body returns, which names the loop in the generated code.</summary>
    static string LoopName(LambdaValue body)
    {
        var result = body.Syntax.ExpressionBody ?? (body.Syntax.Block?.Statements.LastOrDefault() as ReturnStatementSyntax)?.Expression;
        return result is InvocationExpressionSyntax { Expression: SimpleNameSyntax { Identifier.ValueText: var name } } && body.Frame.Owner.Chain.Any(t => t.Methods.ContainsKey(name)) ? name : "Layers";
    }
}
