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
    sealed record Candidate(MethodDeclarationSyntax Syntax, DefinitionType? Owner, ObjectValue? Self, Primitive? Primitive)
    {
        public static Candidate Of(Primitive primitive) => new(primitive.Syntax, null, null, primitive);

        public bool Has(SyntaxKind modifier) => Syntax.Modifiers.Any(modifier);
    }

    Value Invoke(InvocationExpressionSyntax call, Frame frame)
    {
        switch (call.Expression)
        {
            case SimpleNameSyntax { Identifier.ValueText: "nameof" } when call.ArgumentList.Arguments is [{ Expression: var named }] && InferredName(named) is { } text:
                return new Constant(text);
            case SimpleNameSyntax simple:
                string name = simple.Identifier.ValueText;
                if (!Own(name, frame).Any(group => group.Any())) RefuseElsewhere(name, call, frame);
                return Invoke(name, Own(name, frame).Concat(Imported(name, call, frame)), call, frame);
            case MemberAccessExpressionSyntax { Expression: BaseExpressionSyntax, Name: var right }:
                return Invoke(right.Identifier.ValueText, frame.Owner.Base is { } parent ? Methods(right.Identifier.ValueText, parent, frame.This, frame) : [], call, frame, dispatches: false);
            case MemberAccessExpressionSyntax { Expression: var left, Name: var right }:
                return InvokeMember(left, right.Identifier.ValueText, call, frame);
            default:
                throw Unsupported(call, frame, "methods are called by name");
        }
    }

    Value InvokeMember(ExpressionSyntax left, string name, InvocationExpressionSyntax call, Frame frame)
    {
        if (left is not SimpleNameSyntax simple || !IsValue(simple, frame))
        {
            switch (Type(left, frame))
            {
                case { Name: "Math", Definition: null } when !Arithmetic.Known.Contains(name):
                    throw Unsupported(call, frame, $"of Math a definition may call {string.Join(", ", Arithmetic.Known)}");
                case { Name: "Math", Definition: null }:
                    return Lift(items => Arithmetic.Function(name, items), [.. Arguments(call.ArgumentList.Arguments, frame).Select(a => Number(a, call, frame))], call, frame);
                case { Name: "Initial" }:
                    return Initial(name, call, frame);
                case { Name: "Primitives" }:
                    return Invoke(name, [Primitives.Named(name).Select(Candidate.Of)], call, frame);
                case { Definition: { } type }:
                    return Invoke(name, Methods(name, type, null, frame), call, frame);
            }
        }

        var target = Evaluate(left, frame);
        if (target is ObjectValue self) return Invoke(name, Methods(name, self.Declared, self, frame), call, frame);
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

    // what ModelGraph itself declares
    static readonly ImmutableHashSet<string> Inherited = ["Weight", "Each"];

    const string PrimitivesClass = "AlbertCompiled.Primitives";

    /// <summary>Methods by their simple name, nearest first: of the type, its bases and the types around it.</summary>
    IEnumerable<IEnumerable<Candidate>> Own(string name, Frame frame)
    {
        for (var outer = frame.Owner; outer is not null; outer = outer.Outer)
        {
            foreach (var group in Methods(name, outer, outer == frame.Owner ? frame.This : null, frame)) yield return group;
        }

        if (Inherited.Contains(name)) yield return Primitives.Named(name).Select(Candidate.Of);
    }

    /// <summary>Methods by their simple name that the text imports, then those that a global using may.</summary>
    IEnumerable<IEnumerable<Candidate>> Imported(string name, SyntaxNode at, Frame frame)
    {
        var file = frame.Owner.File;
        if (file.Usings.Contains("System.Math") && Arithmetic.Functions.Contains(name)) throw Unsupported(at, frame, $"with 'using static System.Math' it may mean a function of numbers or one of tensors: write Math.{name} or Primitives.{name}");
        bool imports = file.Usings.Contains(PrimitivesClass);
        yield return Open(file.Imports, imports);
        yield return Open(definitions.NotImported(file), !imports);

        IEnumerable<Candidate> Open(IEnumerable<DefinitionType> types, bool primitives) => types.SelectMany(t => Declared(name, t, null)).Where(m => IsOpen(m.Owner!, m.Syntax.Modifiers, frame))
            .Concat(primitives && !Inherited.Contains(name) ? Primitives.Named(name).Select(Candidate.Of) : []);
    }

    /// <summary>Methods of a type and of its bases, with the parameters and defaults that the type's own override has. It belongs to the type that it overrides a method of.</summary>
    static IEnumerable<IEnumerable<Candidate>> Methods(string name, DefinitionType type, ObjectValue? self, Frame frame) =>
        type.Chain.Select(t => Declared(name, t, self).Where(m => !m.Has(SyntaxKind.OverrideKeyword) && t.Shows(m.Syntax.Modifiers, frame.Owner)).Select(m => Overriding(m, type)));

    static IEnumerable<Candidate> Declared(string name, DefinitionType type, ObjectValue? self) =>
        type.Methods.TryGetValue(name, out var methods) ? methods.Select(m => new Candidate(m, type, self, null)) : [];

    /// <summary>Calls the best method of the first group that has one.</summary>
    Value Invoke(string name, IEnumerable<IEnumerable<Candidate>> groups, InvocationExpressionSyntax call, Frame frame, bool dispatches = true)
    {
        var arguments = Arguments(call.ArgumentList.Arguments, frame);
        var methods = groups.SelectMany((group, rank) => group.Select(candidate => (Candidate: candidate, Rank: rank))).ToList();
        foreach (var group in methods.GroupBy(m => m.Rank))
        {
            var fitting = group.Select(m => (Method: m.Candidate, Binding: Bind(m.Candidate.Syntax.ParameterList.Parameters, arguments)))
                .Where(m => m.Binding is not null).OrderBy(m => m.Binding!.Cost).ToList();
            if (fitting.Count == 0) continue;
            var (method, bound) = fitting[0];
            if (fitting.Count > 1 && fitting[1].Binding!.Cost == bound!.Cost)
                throw Fail(Descriptors.UnknownName, call, frame, $"{Title(method)} and {Title(fitting[1].Method)} take {Kinds(arguments)} alike: write which is meant");
            if (method.Primitive is { } primitive) return primitive.Handler(new(this, primitive, Complete(method.Syntax, bound!.Values, call, frame), call, frame));
            RefuseLambdas();
            var run = dispatches && method.Self is { } self ? Overriding(method, self.Type) : method;
            if (method.Syntax.TypeParameterList is { } types) throw Unsupported(call, frame, $"'{name}{types}' is generic, and methods of a definition are not");
            var (values, parameters) = (bound!.Values, method.Syntax.ParameterList.Parameters);
            if (run.Owner == method.Owner) return Call(method.Syntax, method.Owner!, method.Self, values, call, frame);
            // what is left out, and what comes back, is that of the method found, not of the one that is run
            var defaults = new Frame(method.Owner!, null, new(null)) { Caller = (call, frame), Path = frame.Path };
            return As(Call(run.Syntax, run.Owner!, run.Self, [.. values.Select((v, i) => v ?? Default(parameters[i], defaults))], call, frame), method.Syntax.ReturnType);
        }

        // a parameter that the language has no type for takes nothing
        foreach (var (candidate, _) in methods.Where(m => m.Candidate.Owner is not null)) Approve(candidate.Syntax.ParameterList, frame with { Owner = candidate.Owner! });
        if (methods.Select(m => m.Candidate.Syntax.TypeParameterList).FirstOrDefault(t => t is not null) is { } generic) throw Unsupported(call, frame, $"'{name}{generic}' is generic, and methods of a definition are not");
        RefuseLambdas();
        throw Fail(Descriptors.UnknownName, call, frame, methods.Count > 0
            ? $"no '{name}' takes {Kinds(arguments)}"
            : $"'{name}' is not a method of the definition, of its libraries, or an operation of the language");

        void RefuseLambdas()
        {
            if (arguments.FirstOrDefault(a => a.Value is LambdaValue) is { } lambda) throw Unsupported(lambda.Syntax, frame, "lambdas are arguments of Each and Repeat, and nothing else");
        }
    }

    static string Title(Candidate method) => $"'{(method.Owner is { Outer: null } owner ? owner.File.RootFullName : method.Owner?.Name ?? "Primitives")}.{method.Syntax.Identifier}{method.Syntax.ParameterList}'";

    /// <summary>The override that a type has of a method of its own or of a base, or the method itself.</summary>
    static Candidate Overriding(Candidate method, DefinitionType type)
    {
        var owner = method.Owner;
        string[] Parameters(Candidate m) => [.. m.Syntax.ParameterList.Parameters.Select(p => Definitions.SimpleName(p.Type!))];
        foreach (var derived in type.Chain.TakeWhile(t => t != owner).Reverse())
        {
            if (Declared(method.Syntax.Identifier.ValueText, derived, method.Self).FirstOrDefault(m => Parameters(m).SequenceEqual(Parameters(method))) is not { } same) continue;
            // one that hides it begins anew
            if (!same.Has(SyntaxKind.OverrideKeyword)) break;
            method = same;
        }

        return method;
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
            Value value = argument.Expression switch
            {
                SimpleLambdaExpressionSyntax lambda => new LambdaValue(lambda, [lambda.Parameter], frame),
                ParenthesizedLambdaExpressionSyntax lambda => new LambdaValue(lambda, [.. lambda.ParameterList.Parameters], frame),
                var expression => Evaluate(expression, frame),
            };
            result.Add(new(argument.NameColon?.Name.Identifier.ValueText, value, argument.Expression));
        }

        return result;
    }

    /// <summary>Matches arguments to parameters as C# does: by position, by name, defaults, params. Null if they do not fit.</summary>
    Binding? Bind(SeparatedSyntaxList<ParameterSyntax> parameters, IReadOnlyList<CallArgument> arguments)
    {
        var values = new Value?[parameters.Count];
        int cost = 0, forms = 0;
        for (int i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            int p = argument.Name is null ? i : parameters.IndexOf(parameter => parameter.Identifier.ValueText == argument.Name);
            bool rest = parameters.Count > 0 && parameters[parameters.Count - 1].Modifiers.Any(SyntaxKind.ParamsKeyword) && argument.Name is null && p >= parameters.Count - 1;
            if (rest && !(p == arguments.Count - 1 && p == parameters.Count - 1 && argument.Value is ArrayValue))
            {
                var items = arguments.Skip(i).ToArray();
                var element = Types.ElementOf(parameters[parameters.Count - 1].Type)!;
                foreach (var item in items)
                {
                    if (item.Name is not null || Fits(item.Value, element) is not { } itemCost) return null;
                    cost += itemCost;
                }

                values[parameters.Count - 1] = new ArrayValue([.. items.Select(item => item.Value)], element);
                forms += 2;
                break;
            }

            if (p < 0 || p >= parameters.Count || values[p] is not null) return null;
            if (parameters[p].Type is { } type && Fits(argument.Value, type) is var fit)
            {
                if (fit is null) return null;
                cost += fit.Value;
            }

            values[p] = argument.Value;
        }

        for (int p = 0; p < values.Length; p++)
        {
            if (values[p] is null && parameters[p].Modifiers.Any(SyntaxKind.ParamsKeyword)) values[p] = new ArrayValue([], Types.ElementOf(parameters[p].Type));
            if (values[p] is null && parameters[p].Default is null) return null;
            if (values[p] is null) forms |= 1;
        }

        // a normal form comes before one with params, and what was given before defaults, where conversions do not decide
        return new([.. values], 4 * cost + forms);
    }

    /// <summary>Runs a method of a definition.</summary>
    Value Call(MethodDeclarationSyntax method, DefinitionType owner, ObjectValue? self, ImmutableArray<Value?> arguments, SyntaxNode at, Frame? caller)
    {
        var instance = method.Modifiers.Any(SyntaxKind.StaticKeyword) ? null : self;
        return Run(method, method.Identifier.ValueText, method.ReturnType, method.ExpressionBody, method.Body, owner, instance, at, caller, frame =>
        {
            Approve(method.ParameterList, frame);
            var parameters = method.ParameterList.Parameters;
            for (int i = 0; i < parameters.Count; i++)
                frame.Scope.Declare(parameters[i].Identifier.ValueText, parameters[i].Type, Convert(arguments[i] ?? Default(parameters[i], frame), parameters[i].Type, at, frame));
        });
    }

    Value Run(SyntaxNode declaration, string name, TypeSyntax type, ArrowExpressionClauseSyntax? expression, BlockSyntax? body,
        DefinitionType owner, ObjectValue? self, SyntaxNode at, Frame? caller, Action<Frame> prepare)
    {
        var frame = new Frame(owner, self, new(null))
        {
            Path = caller is { Path.Length: > 0 } ? $"{caller.Path}/{name}" : name,
            Function = IsLibrary(owner) ? caller?.Function ?? name : null,
            Returns = type,
            Caller = caller is null ? null : (at, caller),
        };
        if (++calls > Limits.Calls) throw Fail(Descriptors.Limit, at, caller ?? frame, $"'{name}' is called from inside more than {Limits.Calls} calls: does it call itself without end?");
        string outer = statement;
        Approve(owner, frame);
        Approve(type, frame);
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
        var result = (lambda.Syntax.ExpressionBody is { } expression ? Evaluate(expression, frame) : Execute(lambda.Syntax.Block!, frame))
            ?? throw Fail(Descriptors.Evaluation, lambda.Syntax, frame, "the lambda ends without returning a value");
        statement = outer;
        calls--;
        // what several returns have in common decides the type of a number or record
        var declared = (lambda.Syntax as ParenthesizedLambdaExpressionSyntax)?.ReturnType;
        if (declared is null && (Types.IsNumber(result) || HasRelatives(result)) && lambda.Syntax.Block is { } block && block.DescendantNodes().OfType<ReturnStatementSyntax>().Skip(1).Any())
            throw Unsupported(lambda.Syntax, frame, "a lambda that makes numbers, or records of types that derive from one another, returns once");
        return Convert(result, declared, lambda.Syntax, frame);
    }

    /// <summary>Reports members of a type that the language does not have: what they do would be left out.</summary>
    void Approve(DefinitionType type, Frame frame)
    {
        if (approved.Add(type.Syntax) && type.Foreign.FirstOrDefault() is { } member) throw Unsupported(member, frame, $"the language has no {Subset.Describe(member)}");
    }

    /// <summary>Reports everything in a body that the language does not have, whether the trace would reach it or not.</summary>
    void Approve(SyntaxNode body, Frame frame)
    {
        if (!approved.Add(body)) return;
        var violations = Subset.Violations(body).SelectMany(node => Unsupported(node, frame, $"the language has no {Subset.Describe(node)}").Diagnostics).ToImmutableArray();
        if (!violations.IsEmpty) throw new TraceException(violations);
    }
}
