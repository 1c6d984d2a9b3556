using System.Collections.Immutable;
using AlbertCompiled.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

/// <summary>An argument as written.</summary>
internal sealed record CallArgument(string? Name, Value Value, ExpressionSyntax Syntax);

/// <summary>Arguments in the order of the parameters, null where the default counts, and how well they fit: 0 exactly.</summary>
internal sealed record Binding(ImmutableArray<Value?> Values, int Cost);

// Calls: which method is meant, and running it.
internal sealed partial class Interpreter
{
    /// <summary>A method that a call may mean: one with a body, or a primitive.</summary>
    sealed record Candidate(MethodDeclarationSyntax Syntax, DefinitionType? Owner, ObjectValue? Self, Primitive? Primitive);

    Value Invoke(InvocationExpressionSyntax call, Frame frame)
    {
        switch (call.Expression)
        {
            case SimpleNameSyntax simple:
                string name = simple.Identifier.ValueText;
                if (frame.Scope.Find(name) is { Value: LambdaValue lambda })
                    return InvokeLambda(lambda, [.. Arguments(call.ArgumentList.Arguments, frame).Select(a => a.Value)], call, frame);
                return Invoke(name, [Own(name, frame), Imported(name)], call, frame);
            case MemberAccessExpressionSyntax { Expression: BaseExpressionSyntax, Name: var right }:
                return Invoke(right.Identifier.ValueText, [frame.Owner.Base is { } parent ? Methods(right.Identifier.ValueText, parent, frame.This) : []], call, frame);
            case MemberAccessExpressionSyntax { Expression: var left, Name: var right }:
                return InvokeMember(left, right.Identifier.ValueText, call, frame);
            default:
                throw Unsupported(call, frame, "methods are called by name");
        }
    }

    Value InvokeMember(ExpressionSyntax left, string name, InvocationExpressionSyntax call, Frame frame)
    {
        if (left is not SimpleNameSyntax { Identifier.ValueText: var simple } || !IsValue(simple, frame))
        {
            switch (Type(left, frame))
            {
                case { Name: "Math" }:
                    return Lift(items => Arithmetic.Function(name, items), [.. Arguments(call.ArgumentList.Arguments, frame).Select(a => Number(a, call, frame))], call, frame);
                case { Name: "Initial" }:
                    return Initial(name, call, frame);
                case { Name: "Primitives" }:
                    return Invoke(name, [Primitives.Named(name).Select(p => new Candidate(p.Syntax, null, null, p))], call, frame);
                case { Definition: { } type }:
                    return Invoke(name, [Methods(name, type, null)], call, frame);
            }
        }

        var target = Evaluate(left, frame);
        if (target is ObjectValue self) return Invoke(name, [Methods(name, self.Type, self)], call, frame);
        throw Fail(Descriptors.UnknownName, call, frame, $"{target.Kind} has no method '{name}' that a definition may call");
    }

    Value Number(CallArgument argument, SyntaxNode call, Frame frame) => argument.Value is Constant or Varying
        ? argument.Value
        : throw Fail(Descriptors.Evaluation, argument.Syntax, frame, $"'{Snippet.Of(call)}' takes numbers, not {argument.Value.Kind}; operations on tensors are called without 'Math'");

    Value Initial(string name, InvocationExpressionSyntax call, Frame frame)
    {
        if (name is not ("Normal" or "Sinusoidal")) throw Fail(Descriptors.UnknownName, call, frame, $"'Initial' has no '{name}'");
        if (Arguments(call.ArgumentList.Arguments, frame) is not [{ Value: Constant { Item: int or double } scale }])
            throw Fail(Descriptors.Evaluation, call, frame, $"'{Snippet.Of(call)}' takes one number");
        double value = Arithmetic.ToDouble(scale.Item);
        if (!(value >= 0) || double.IsInfinity(value)) throw Fail(Descriptors.Weight, scale.Sources, call, frame, $"the scale of an initialiser is a number from 0 on, not {scale.Text}");
        return new InitialValue(name, value);
    }

    /// <summary>Methods in scope by their simple name: of the type, its bases and the types around it.</summary>
    IEnumerable<Candidate> Own(string name, Frame frame)
    {
        // an override in the instance's own type comes first
        if (frame.This is { } self)
        {
            foreach (var method in self.Type.Chain.TakeWhile(t => t != frame.Owner).SelectMany(t => Declared(name, t, self)))
            {
                if (method.Syntax.Modifiers.Any(SyntaxKind.OverrideKeyword)) yield return method;
            }
        }

        for (var outer = frame.Owner; outer is not null; outer = outer.Outer)
        {
            foreach (var method in Methods(name, outer, outer == frame.Owner ? frame.This : null)) yield return method;
        }
    }

    IEnumerable<Candidate> Imported(string name) =>
        definitions.Imports.SelectMany(t => Methods(name, t, null)).Concat(Primitives.Named(name).Select(p => new Candidate(p.Syntax, null, null, p)));

    static IEnumerable<Candidate> Methods(string name, DefinitionType type, ObjectValue? self) => type.Chain.SelectMany(t => Declared(name, t, self));

    static IEnumerable<Candidate> Declared(string name, DefinitionType type, ObjectValue? self) =>
        type.Methods.TryGetValue(name, out var methods) ? methods.Select(m => new Candidate(m, type, self, null)) : [];

    /// <summary>Calls the best method of the first group that has one.</summary>
    Value Invoke(string name, ImmutableArray<IEnumerable<Candidate>> groups, InvocationExpressionSyntax call, Frame frame)
    {
        var arguments = Arguments(call.ArgumentList.Arguments, frame);
        bool any = false;
        foreach (var group in groups)
        {
            (Candidate Method, Binding Binding)? best = null;
            foreach (var candidate in group)
            {
                any = true;
                var types = candidate.Syntax.TypeParameterList?.Parameters.Select(p => p.Identifier.ValueText).ToImmutableHashSet() ?? [];
                if (Bind(candidate.Syntax.ParameterList.Parameters, arguments, candidate.Owner, types) is { } binding && (best is null || binding.Cost < best.Value.Binding.Cost))
                    best = (candidate, binding);
            }

            if (best is not var (method, bound)) continue;
            return method.Primitive is { } primitive
                ? primitive.Handler(new(this, primitive, Complete(method.Syntax, bound.Values, call, frame), call, frame))
                : Call(method.Syntax, method.Owner!, method.Self, bound.Values, call, frame);
        }

        throw Fail(Descriptors.UnknownName, call, frame, any
            ? $"no '{name}' takes {Kinds(arguments)}"
            : $"'{name}' is not a method of the definition, of its libraries, or an operation of the language");
    }

    /// <summary>The arguments of a primitive: defaults filled in, conversions made.</summary>
    ImmutableArray<Value> Complete(MethodDeclarationSyntax method, ImmutableArray<Value?> arguments, SyntaxNode at, Frame frame) =>
        [.. method.ParameterList.Parameters.Select((p, i) => Convert(arguments[i] ?? Default(p, frame), p.Type, at, frame))];

    static string Kinds(IReadOnlyList<CallArgument> arguments) => $"({string.Join(", ", arguments.Select(a => a.Value.Kind))})";

    IReadOnlyList<CallArgument> Arguments(SeparatedSyntaxList<ArgumentSyntax> arguments, Frame frame)
    {
        var result = new List<CallArgument>();
        foreach (var argument in arguments)
        {
            if (argument.RefKindKeyword.Span.Length > 0) throw Unsupported(argument, frame, "arguments are passed by value");
            result.Add(new(argument.NameColon?.Name.Identifier.ValueText, Evaluate(argument.Expression, frame), argument.Expression));
        }

        return result;
    }

    /// <summary>Matches arguments to parameters as C# does: by position, by name, defaults, params. Null if they do not fit.</summary>
    Binding? Bind(SeparatedSyntaxList<ParameterSyntax> parameters, IReadOnlyList<CallArgument> arguments, DefinitionType? owner, ImmutableHashSet<string> typeParameters)
    {
        var values = new Value?[parameters.Count];
        int cost = 0;
        for (int i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            int p = argument.Name is null ? i : parameters.IndexOf(parameter => parameter.Identifier.ValueText == argument.Name);
            bool rest = parameters.Count > 0 && parameters[parameters.Count - 1].Modifiers.Any(SyntaxKind.ParamsKeyword) && argument.Name is null && p >= parameters.Count - 1;
            if (rest && !(p == arguments.Count - 1 && p == parameters.Count - 1 && argument.Value is ArrayValue))
            {
                var items = arguments.Skip(i).ToArray();
                var element = ElementType(parameters[parameters.Count - 1].Type)!;
                foreach (var item in items)
                {
                    if (item.Name is not null || Fits(item.Value, element, owner, typeParameters) is not { } itemCost) return null;
                    cost += itemCost;
                }

                values[parameters.Count - 1] = new ArrayValue([.. items.Select(item => item.Value)]);
                cost++;
                break;
            }

            if (p < 0 || p >= parameters.Count || values[p] is not null) return null;
            if (parameters[p].Type is { } type && Fits(argument.Value, type, owner, typeParameters) is var fit)
            {
                if (fit is null) return null;
                cost += fit.Value;
            }

            values[p] = argument.Value;
        }

        for (int p = 0; p < values.Length; p++)
        {
            if (values[p] is null && parameters[p].Modifiers.Any(SyntaxKind.ParamsKeyword)) values[p] = new ArrayValue([]);
            if (values[p] is null && parameters[p].Default is null) return null;
        }

        return new([.. values], cost);
    }

    /// <summary>Runs a method of a definition.</summary>
    Value Call(MethodDeclarationSyntax method, DefinitionType owner, ObjectValue? self, ImmutableArray<Value?> arguments, SyntaxNode at, Frame? caller)
    {
        var instance = method.Modifiers.Any(SyntaxKind.StaticKeyword) ? null : self;
        return Run(method, method.Identifier.ValueText, method.ReturnType, method.ExpressionBody, method.Body, owner, instance, at, caller, frame =>
        {
            var parameters = method.ParameterList.Parameters;
            for (int i = 0; i < parameters.Count; i++)
                frame.Scope.Declare(parameters[i].Identifier.ValueText, parameters[i].Type, Convert(arguments[i] ?? Default(parameters[i], frame), parameters[i].Type, at, frame));
        });
    }

    Value Run(SyntaxNode declaration, string name, TypeSyntax type, ArrowExpressionClauseSyntax? expression, BlockSyntax? body,
        DefinitionType owner, ObjectValue? self, SyntaxNode at, Frame? caller, Action<Frame> prepare)
    {
        // the primary constructor's parameters surround the method's own
        var frame = new Frame(owner, self, new(self is not null && self.Parameters.TryGetValue(owner, out var captured) ? captured : null))
        {
            Path = caller is { Path.Length: > 0 } ? $"{caller.Path}/{name}" : name,
            Returns = type,
            Caller = caller is null ? null : (at, caller),
        };
        if (++calls > Limits.Calls) throw Fail(Descriptors.Limit, at, caller ?? frame, $"'{name}' is called from inside more than {Limits.Calls} calls: does it call itself without end?");
        string outer = statement;
        prepare(frame);
        Value? result;
        if (expression is not null)
        {
            Approve(expression, frame);
            Mark(expression.Expression, frame);
            result = Evaluate(expression.Expression, frame, type);
        }
        else
        {
            if (body is null) throw Unsupported(declaration, frame, "a method of a definition has a body");
            Approve(body, frame);
            result = Execute(body, frame);
        }

        if (result is null) throw Fail(Descriptors.Evaluation, declaration, frame, $"'{name}' ends without returning a value");
        result = Convert(result, type, declaration, frame);
        statement = outer;
        calls--;
        return result;
    }

    /// <summary>Runs a lambda in the frame that it closes over.</summary>
    Value InvokeLambda(LambdaValue lambda, ImmutableArray<Value> arguments, SyntaxNode at, Frame caller, bool isRepeat = false)
    {
        if (arguments.Length != lambda.Parameters.Length) throw Fail(Descriptors.Evaluation, at, caller, $"the lambda '{Snippet.Of(lambda.Syntax)}' takes {lambda.Parameters.Length} arguments, not {arguments.Length}");
        if (++calls > Limits.Calls) throw Fail(Descriptors.Limit, at, caller, $"a lambda is called from inside more than {Limits.Calls} calls");
        var frame = lambda.Frame with { Scope = new(lambda.Frame.Scope, isRepeat), Returns = null };
        string outer = statement;
        for (int i = 0; i < arguments.Length; i++)
            frame.Scope.Declare(lambda.Parameters[i].Identifier.ValueText, lambda.Parameters[i].Type, Convert(arguments[i], lambda.Parameters[i].Type, at, frame));
        var result = lambda.Syntax.ExpressionBody is { } expression ? Evaluate(expression, frame) : Execute(lambda.Syntax.Block!, frame);
        statement = outer;
        calls--;
        return result ?? throw Fail(Descriptors.Evaluation, lambda.Syntax, frame, "the lambda ends without returning a value");
    }

    /// <summary>Reports everything in a body that the language does not have, whether the trace would reach it or not.</summary>
    void Approve(SyntaxNode body, Frame frame)
    {
        if (!approved.Add(body)) return;
        var violations = Subset.Violations(body).SelectMany(node => Unsupported(node, frame, $"the language has no {Subset.Describe(node)}").Diagnostics).ToImmutableArray();
        if (!violations.IsEmpty) throw new TraceException(violations);
    }
}
