using AlbertCompiled.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

// Statements. Each returns the method's result if it returned, else null.
internal sealed partial class Interpreter
{
    Value? Execute(StatementSyntax statement, Frame frame)
    {
        Step(statement, frame);
        switch (statement)
        {
            case BlockSyntax block:
                return Execute(block.Statements, frame.Inner());
            case LocalDeclarationStatementSyntax { Declaration: var declaration } local:
                Mark(local, frame);
                Declare(declaration, frame);
                return null;
            case ExpressionStatementSyntax { Expression: var expression }:
                Mark(statement, frame);
                ExecuteExpression(expression, frame);
                return null;
            case IfStatementSyntax choice:
                var condition = Condition(choice.Condition, frame);
                var branch = (bool)condition.Item ? choice.Statement : choice.Else?.Statement;
                return branch is null ? null : Guarded(condition, () => Execute(branch, frame.Inner()));
            case ForStatementSyntax loop:
                return Execute(loop, frame.Inner());
            case ForEachStatementSyntax loop:
                // the one declaration that casts
                return ForEach(loop, frame, (item, inner) => inner.Scope.Declare(loop.Identifier.ValueText, Declared(loop.Type), Cast(item, Declared(loop.Type), loop, inner)));
            case ForEachVariableStatementSyntax loop:
                return ForEach(loop, frame, (item, inner) => Assign(loop.Variable, item, inner));
            case ReturnStatementSyntax { Expression: { } expression }:
                Mark(statement, frame);
                return Evaluate(expression, frame, frame.Returns);
            case ThrowStatementSyntax { Expression: { } expression }:
                throw Thrown(expression, frame);
            case EmptyStatementSyntax:
                return null;
            default:
                throw Unsupported(statement, frame, $"the language has no {Subset.Describe(statement)}");
        }
    }

    Value? Execute(SyntaxList<StatementSyntax> statements, Frame frame)
    {
        foreach (var statement in statements)
        {
            if (Execute(statement, frame) is { } result) return result;
        }

        return null;
    }

    Value? Execute(ForStatementSyntax loop, Frame frame)
    {
        if (loop.Declaration is { } declaration) Declare(declaration, frame);
        foreach (var initializer in loop.Initializers) ExecuteExpression(initializer, frame);
        for (int i = 0; ; i++)
        {
            var condition = loop.Condition is { } until ? Condition(until, frame) : new Constant(true);
            if (!(bool)condition.Item) return null;
            if (i == Limits.Iterations)
                throw Fail(Descriptors.LoopBound, condition.Sources, loop.Condition ?? (SyntaxNode)loop, frame, $"the loop 'for (…; {loop.Condition}; …)' takes more than {Limits.Iterations:N0} iterations");
            if (Guarded(condition, () => Execute(loop.Statement, frame.Inner())) is { } result) return result;
            foreach (var incrementor in loop.Incrementors) ExecuteExpression(incrementor, frame);
        }
    }

    Value? ForEach(CommonForEachStatementSyntax loop, Frame frame, Action<Value, Frame> declare)
    {
        if (Evaluate(loop.Expression, frame) is not ArrayValue array) throw Fail(Descriptors.LoopBound, loop.Expression, frame, $"'foreach' runs over an array, and '{Snippet.Of(loop.Expression)}' is none");
        for (int i = 0; i < array.Items.Length; i++)
        {
            var inner = frame.Inner();
            declare(At(array, i), inner);
            if (Execute(loop.Statement, inner) is { } result) return result;
        }

        return null;
    }

    void Declare(VariableDeclarationSyntax declaration, Frame frame)
    {
        var type = Declared(declaration.Type);
        foreach (var variable in declaration.Variables)
        {
            string name = variable.Identifier.ValueText;
            if (variable.Initializer is not { } initializer)
            {
                frame.Scope.Declare(name, type, Null.Instance);
                continue;
            }

            var value = Convert(Evaluate(initializer.Value, frame, type), type, initializer.Value, frame);
            if (value is TensorValue tensor) NameNode(tensor.Node, name, frame);
            frame.Scope.Declare(name, type, value);
        }
    }

    void ExecuteExpression(ExpressionSyntax expression, Frame frame)
    {
        switch (expression)
        {
            case AssignmentExpressionSyntax assignment when assignment.IsKind(SyntaxKind.SimpleAssignmentExpression):
                Assign(assignment.Left, Evaluate(assignment.Right, frame, (assignment.Left as IdentifierNameSyntax) is { } target ? frame.Scope.Find(target.Identifier.ValueText)?.Type : null), frame);
                break;
            case AssignmentExpressionSyntax assignment:
                var (left, right) = (Evaluate(assignment.Left, frame), Evaluate(assignment.Right, frame));
                var result = Binary(Compound[assignment.Kind()], left, right, assignment, frame);
                Assign(assignment.Left, result, frame);
                break;
            case PostfixUnaryExpressionSyntax { Operand: var operand } change when change.Kind() is SyntaxKind.PostIncrementExpression or SyntaxKind.PostDecrementExpression:
                Change(operand, change.IsKind(SyntaxKind.PostIncrementExpression), change, frame);
                break;
            case PrefixUnaryExpressionSyntax { Operand: var operand } change when change.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression:
                Change(operand, change.IsKind(SyntaxKind.PreIncrementExpression), change, frame);
                break;
            default:
                throw Unsupported(expression, frame, "only assignments stand alone: nothing else has an effect");
        }
    }

    void Change(ExpressionSyntax operand, bool up, SyntaxNode at, Frame frame) =>
        Assign(operand, Binary(up ? SyntaxKind.AddExpression : SyntaxKind.SubtractExpression, Evaluate(operand, frame), new Constant(1), at, frame), frame);

    static readonly Dictionary<SyntaxKind, SyntaxKind> Compound = new()
    {
        [SyntaxKind.AddAssignmentExpression] = SyntaxKind.AddExpression,
        [SyntaxKind.SubtractAssignmentExpression] = SyntaxKind.SubtractExpression,
        [SyntaxKind.MultiplyAssignmentExpression] = SyntaxKind.MultiplyExpression,
        [SyntaxKind.DivideAssignmentExpression] = SyntaxKind.DivideExpression,
        [SyntaxKind.ModuloAssignmentExpression] = SyntaxKind.ModuloExpression,
    };

    /// <summary>Assigns to a local, an array's element, or the parts of a tuple; declares what the target declares.</summary>
    void Assign(ExpressionSyntax target, Value value, Frame frame)
    {
        switch (target)
        {
            case IdentifierNameSyntax { Identifier.ValueText: "_" }:
                break;
            case IdentifierNameSyntax identifier:
                string name = identifier.Identifier.ValueText;
                if (frame.Scope.Find(name, out bool outside) is not { } variable)
                    throw Unsupported(target, frame, "only local variables are assigned; fields keep the value of their initialiser");
                if (outside) throw Fail(Descriptors.Repeat, target, frame, $"the body of a Repeat cannot assign '{name}', which lives outside it: what changes from iteration to iteration is the carried value");
                if (variable.Type is null && value is Constant or Varying) throw Unsupported(target, frame, "it starts as null, which does not say its type: declare it");
                variable.Value = Convert(value, variable.Type, target, frame);
                if (variable.Value is TensorValue tensor) NameNode(tensor.Node, name, frame);
                break;
            case ElementAccessExpressionSyntax { ArgumentList.Arguments: [{ Expression: var index }] } access:
                if (Evaluate(access.Expression, frame) is not ArrayValue array) throw Fail(Descriptors.Evaluation, target, frame, $"'{Snippet.Of(access.Expression)}' is not an array");
                if (graph.InLoop) throw Fail(Descriptors.Repeat, target, frame, "the body of a Repeat cannot assign elements of an array");
                if (array.IsKept) throw Unsupported(target, frame, "a field holds the array, and what one run puts there the next would find: assign elements of a copy, [.. array]");
                int position = Index(Evaluate(index, frame), array, target, frame);
                array.Items[position] = Convert(value, array.Element, target, frame);
                break;
            case TupleExpressionSyntax tuple:
                Deconstruct([.. tuple.Arguments.Select(a => a.Expression)], value, target, frame);
                break;
            case DeclarationExpressionSyntax declaration:
                Declare(declaration.Designation, Declared(declaration.Type), value, frame);
                break;
            default:
                throw Unsupported(target, frame, "only local variables are assigned");
        }
    }

    void Deconstruct(IReadOnlyList<ExpressionSyntax> targets, Value value, SyntaxNode at, Frame frame)
    {
        var parts = Parts(value, targets.Count, at, frame);
        for (int i = 0; i < targets.Count; i++) Assign(targets[i], parts[i], frame);
    }

    void Declare(VariableDesignationSyntax designation, TypeSyntax? type, Value value, Frame frame)
    {
        switch (designation)
        {
            case SingleVariableDesignationSyntax single:
                value = Convert(value, type, designation, frame);
                if (value is TensorValue tensor) NameNode(tensor.Node, single.Identifier.ValueText, frame);
                frame.Scope.Declare(single.Identifier.ValueText, type, value);
                break;
            case ParenthesizedVariableDesignationSyntax several:
                var parts = Parts(value, several.Variables.Count, designation, frame);
                for (int i = 0; i < parts.Count; i++) Declare(several.Variables[i], type, parts[i], frame);
                break;
        }
    }

    /// <summary>The parts of a tuple, or of a positional record, by the type that it is declared with.</summary>
    IReadOnlyList<Value> Parts(Value value, int count, SyntaxNode at, Frame frame)
    {
        IReadOnlyList<Value>? parts = value switch
        {
            TupleValue tuple => [.. tuple.Items.Select(i => i.Value)],
            ObjectValue record => record.Declared.Chain.Select(type => Positional(record, type, count, at, frame)).FirstOrDefault(p => p is not null),
            _ => null,
        };
        return parts?.Count == count ? parts : throw Fail(Descriptors.Evaluation, at, frame, $"{value.Kind} does not fall into {count} parts");
    }

    /// <summary>What a type of the record's adds to how it falls into parts; null if it has another number of them.</summary>
    IReadOnlyList<Value>? Positional(ObjectValue record, DefinitionType type, int count, SyntaxNode at, Frame frame)
    {
        if (type.Methods.ContainsKey("Deconstruct")) throw Unsupported(at, frame, $"a method Deconstruct of '{type.Name}' says what it falls into, and no method of a definition has out parameters");
        return type is { IsRecord: true, Parameters.Parameters: var parameters } && parameters.Count == count ? [.. parameters.Select(p => Member(record, type, p.Identifier.ValueText, at, frame)!)] : null;
    }

    /// <summary>Gives a node its variable's name; the first one counts.</summary>
    void NameNode(int node, string variable, Frame frame) => graph.Name(node, variable, IsLibrary(frame.Owner));

    static TypeSyntax? Declared(TypeSyntax type) => type is IdentifierNameSyntax { Identifier.ValueText: "var" } ? null : type;
}
