using System.Collections.Immutable;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

// The configuration, records and the definition's instance.
internal sealed partial class Interpreter
{
    readonly Dictionary<(DefinitionType, string), Value?> statics = [];

    /// <summary>The attribute's properties: initialisers are defaults, arguments replace them, and each value knows its property.</summary>
    ObjectValue Configure(Frame caller)
    {
        var type = definitions.Root(declaration.Architecture);
        var configuration = new ObjectValue(type);
        Construct(configuration, type, [], type.Syntax, caller);
        var frame = new Frame(type, configuration, new(null));
        foreach (var argument in declaration.Arguments)
        {
            var (owner, member) = type.Chain.SelectMany(t => t.Stored.Select(m => (t, m))).FirstOrDefault(m => m.m.Name == argument.Name);
            if (type.Chain.Select(t => t.Computed.TryGetValue(argument.Name, out var property) ? property : null).FirstOrDefault(p => p is not null) is { } computed)
                throw Unsupported(computed, frame, "a property that the attribute sets stores what it is given: { get; set; }");
            if (member is null) throw new TraceException(Descriptors.UnknownName, declaration.AtAttribute([argument.Name]), $"'{type.Name}' has no property '{argument.Name}'");
            var value = Evaluate(SyntaxFactory.ParseExpression(argument.Expression), frame, member.Type);
            configuration.Members[(owner, argument.Name)] = Convert(value, member.Type, member.Syntax, frame);
        }

        var settings = ImmutableArray.CreateBuilder<(string, Constant)>();
        foreach (var (owner, member) in type.Chain.Reverse().SelectMany(t => t.Stored.Select(m => (t, m))).Where(m => !m.m.IsStatic))
        {
            if (configuration.Members[(owner, member.Name)] is not Constant value || type.Chain.First(t => t.Declares(member.Name)) != owner) continue;
            var known = new Constant(value.Item, [member.Name]);
            configuration.Members[(owner, member.Name)] = known;
            // what only a task sets is no setting of a model without it
            bool unset = owner.Name == "ArchitectureAttribute" && value.Item is 0 or false or 0.0;
            if (member.IsSettable && !unset) settings.Add((member.Name, known));
        }

        Configuration = settings.ToImmutable();
        return configuration;
    }

    /// <summary>Runs the primary constructor of <paramref name="type"/> on <paramref name="self"/>: its initialisers in order, then its base's, as C# does.</summary>
    void Construct(ObjectValue self, DefinitionType type, ImmutableArray<Value?> arguments, SyntaxNode at, Frame caller)
    {
        var parameters = type.Parameters?.Parameters ?? default;
        var scope = new Scope(null);
        var frame = new Frame(type, self, scope) { Caller = (at, caller), Path = caller.Path };
        Approve(type, frame);
        if (type.Parameters is { } list) Approve(list, frame);
        for (int i = 0; i < parameters.Count; i++)
        {
            string name = parameters[i].Identifier.ValueText;
            var value = (i < arguments.Length ? arguments[i] : null) ?? Default(parameters[i], frame);
            value = Convert(value, parameters[i].Type, at, frame);
            scope.Declare(name, parameters[i].Type, value);
            if (type.IsRecord && type.Modifiers(name) is null && type.Base?.Chain.Any(t => t.Declares(name)) != true) self.Members[(type, name)] = value;
        }

        if (!type.IsRecord) self.Parameters[type] = scope;
        foreach (var member in type.Stored.Where(m => !m.IsStatic)) self.Members[(type, member.Name)] = Initialize(member, frame);
        if (type.Base is not { } parent) return;
        var given = type.BaseSyntax is PrimaryConstructorBaseTypeSyntax { ArgumentList: { } passed } ? Arguments(passed.Arguments, frame) : [];
        var bound = Bind(parent.Parameters?.Parameters ?? default, given)
            ?? throw Fail(Descriptors.Evaluation, type.BaseSyntax!, frame, $"'{parent.Name}' cannot be constructed from {Kinds(given)}");
        Construct(self, parent, bound.Values, type.BaseSyntax!, frame);
    }

    Value Initialize(StoredMember member, Frame frame)
    {
        Approve(member.Type, frame);
        if (member.Initializer is not { } initializer) return Zero(member.Type);
        Approve(initializer, frame);
        Mark(member.Syntax, frame);
        return Convert(Evaluate(initializer, frame, member.Type), member.Type, initializer, frame);
    }

    /// <summary>What a member without an initialiser holds.</summary>
    Value Zero(TypeSyntax type) => Definitions.SimpleName(type) switch
    {
        _ when type is NullableTypeSyntax => new Null(type),
        "int" => new Constant(0),
        "double" => new Constant(0.0),
        "bool" => new Constant(false),
        _ when definitions.FindEnum(type) is { Zero: var zero } => new Constant(zero),
        _ => new Null(type),
    };

    Value Default(ParameterSyntax parameter, Frame frame) => parameter.Default is { } value
        ? Evaluate(value.Value, frame, parameter.Type)
        : throw Fail(Descriptors.Evaluation, parameter, frame, $"the parameter '{parameter.Identifier.ValueText}' has no argument");

    readonly List<(DefinitionType Type, StoredMember Member)> initialising = [];

    /// <summary>A static field, initialised when first read, in an order that C# gives the same values.</summary>
    Value Static(DefinitionType type, StoredMember member, SyntaxNode at, Frame frame)
    {
        bool isConst = member.Syntax.Modifiers.Any(SyntaxKind.ConstKeyword);
        foreach (var (_, earlier) in initialising.Where(i => i.Type == type && !isConst && type.Stored.IndexOf(i.Member) < type.Stored.IndexOf(member)))
            throw Fail(Descriptors.Evaluation, at, frame, $"'{earlier.Name}' is initialised before '{member.Name}', so C# would find nothing there yet: declare '{member.Name}' first");
        if (statics.TryGetValue((type, member.Name), out var value))
            return value ?? throw Fail(Descriptors.Evaluation, at, frame, $"'{member.Name}' depends on itself");
        statics[(type, member.Name)] = null;
        Approve(type, frame);
        if (!isConst) initialising.Add((type, member));
        value = Initialize(member, new(type, null, new(null)) { Caller = (at, frame), Path = frame.Path });
        if (!isConst) initialising.RemoveAt(initialising.Count - 1);
        statics[(type, member.Name)] = value;
        Keep(value);
        return value;
    }

    /// <summary>Marks the arrays of what a field holds.</summary>
    void Keep(Value value)
    {
        IEnumerable<Value> parts = value switch
        {
            ArrayValue array => array.Items,
            TupleValue tuple => tuple.Items.Select(item => item.Value),
            ObjectValue instance when kept.Add(instance.Members) => instance.Members.Values,
            _ => [],
        };
        if (value is ArrayValue { IsKept: false } found) found.IsKept = true;
        else if (value is ArrayValue) return;
        foreach (var part in parts) Keep(part);
    }

    /// <summary>Members of objects whose arrays are marked.</summary>
    readonly HashSet<object> kept = [];

    /// <summary><c>new Type(...)</c>.</summary>
    Value New(TypeSyntax type, BaseObjectCreationExpressionSyntax creation, Frame frame)
    {
        if (creation.Initializer is { } initializer) throw Unsupported(initializer, frame, "objects are made by their constructor's arguments alone");
        string name = Definitions.SimpleName(type);
        var syntaxes = creation.ArgumentList?.Arguments ?? default;
        if (name == "Outputs") return Outputs(creation, syntaxes, frame);
        if (definitions.Find(type, definitions.Enclosing(type) ?? frame.Owner) is not { IsRecord: true } record)
            throw Fail(Descriptors.UnknownName, creation, frame, $"'{name}' is not a record of the definition; records stand inside the class or in its file");
        if (record.Chain.FirstOrDefault(t => t.LacksBase) is { } lacking)
            throw Unsupported(creation, frame, $"'{lacking.Name}' derives from '{lacking.BaseSyntax!.Type}', whose text the definition does not have: a base stands inside the class or in its file");
        var arguments = Arguments(syntaxes, frame);
        var bound = Bind(record.Parameters?.Parameters ?? default, arguments)
            ?? throw Fail(Descriptors.Evaluation, creation, frame, $"the record '{name}' cannot be made from {Kinds(arguments)}");
        var value = new ObjectValue(record);
        Construct(value, record, bound.Values, creation, frame);
        return value;
    }

    OutputsValue Outputs(SyntaxNode creation, SeparatedSyntaxList<ArgumentSyntax> syntaxes, Frame frame)
    {
        var values = new List<Value>();
        foreach (var argument in syntaxes)
        {
            // each output is a statement of its own to the reader of the generated code
            if (argument.Expression is TupleExpressionSyntax) Mark(argument, frame);
            var value = Evaluate(argument.Expression, frame);
            if (value is ArrayValue array) values.AddRange(array.Items);
            else values.Add(value);
        }

        var items = ImmutableArray.CreateBuilder<(string, int)>();
        foreach (var value in values)
        {
            if (value is not TupleValue { Items: [{ Value: Constant { Item: string name } }, { Value: var result }] })
                throw Fail(Descriptors.Outputs, creation, frame, $"an output is a name and a tensor, (\"loss\", loss), not {value.Kind}");
            int node = Node(result, creation, frame);
            NameNode(node, name, frame);
            items.Add((name, node));
        }

        return new(items.ToImmutable(), creation);
    }
}
