using System.Collections.Immutable;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Graph;
using Microsoft.CodeAnalysis;

namespace AlbertCompiled.Generators.Trace;

/// <summary>Values that take turns over the iterations of a Repeat, as one value.</summary>
internal static class Selection
{
    /// <summary>One constant if all are equal.</summary>
    public static Value Uniform(ImmutableArray<Constant> items) => items.All(i => i.Item.Equals(items[0].Item)) ? items[0] : new Varying(items);

    /// <summary>The value that is <paramref name="items"/>[i] in iteration i: part by part for bundles; null if these cannot take turns.</summary>
    public static Value? Combine(ImmutableArray<Value> items)
    {
        var first = items[0];
        if (items.All(i => ReferenceEquals(i, first))) return first;
        return first switch
        {
            Null when items.All(i => i is Null) => first,
            Constant when items.All(i => i is Constant) => Uniform([.. items.Cast<Constant>()]),
            TensorValue tensor when items.All(i => i is TensorValue other && other.Node == tensor.Node) => first,
            WeightValue when items.All(i => i is WeightValue { Reference.Varies: false }) =>
                new WeightValue(new ParameterReference([.. items.Select(i => ((WeightValue)i).Reference.Choices[0])])),
            ObjectValue { Type: { IsRecord: true } type, Declared: var declared } when items.All(i => i is ObjectValue other && other.Type == type && other.Declared == declared) => Records([.. items.Cast<ObjectValue>()]),
            TupleValue tuple when items.All(i => i is TupleValue other && other.Items.Length == tuple.Items.Length) => Tuples([.. items.Cast<TupleValue>()]),
            ArrayValue array when items.All(i => i is ArrayValue other && other.Items.Length == array.Items.Length) => Arrays([.. items.Cast<ArrayValue>()]),
            _ => null,
        };
    }

    /// <summary>What a value is in one iteration.</summary>
    public static Value At(Value value, int iteration, int count) => value switch
    {
        Varying varying when varying.Items.Length == count => varying.Items[iteration],
        WeightValue { Reference: { Varies: true } reference } when reference.Choices.Length == count => new WeightValue(new([reference.Choices[iteration]])),
        ObjectValue { Type.IsRecord: true } record => Record(record, member => At(member, iteration, count)),
        TupleValue tuple => new TupleValue([.. tuple.Items.Select(item => (item.Name, At(item.Value, iteration, count)))]),
        ArrayValue array => new ArrayValue([.. array.Items.Select(item => At(item, iteration, count))], array.Element),
        _ => value,
    };

    static ObjectValue Record(ObjectValue record, Func<Value, Value> change)
    {
        var result = record.Blank();
        foreach (var member in record.Members) result.Members.Add(member.Key, change(member.Value));
        return result;
    }

    static Value? Records(ImmutableArray<ObjectValue> items)
    {
        var result = items[0].Blank();
        foreach (var member in items[0].Members.Keys)
        {
            if (Combine([.. items.Select(i => i.Members[member])]) is not { } value) return null;
            result.Members.Add(member, value);
        }

        return result;
    }

    static Value? Tuples(ImmutableArray<TupleValue> items)
    {
        var parts = items[0].Items.Select((part, p) => (part.Name, Value: Combine([.. items.Select(i => i.Items[p].Value)]))).ToImmutableArray();
        return parts.Any(p => p.Value is null) ? null : new TupleValue([.. parts.Select(p => (p.Name, p.Value!))]);
    }

    static Value? Arrays(ImmutableArray<ArrayValue> items)
    {
        var parts = items[0].Items.Select((_, p) => Combine([.. items.Select(i => i.Items[p])])).ToArray();
        return parts.Any(p => p is null) ? null : new ArrayValue(parts!, items[0].Element);
    }
}

internal sealed partial class Interpreter
{
    Value Combine(ImmutableArray<Value> items, SyntaxNode at, Frame frame)
    {
        foreach (var item in items.OfType<ObjectValue>()) Step(at, frame, item.Members.Count);
        return Selection.Combine(items) ?? throw Fail(Descriptors.Iteration, at, frame,
            $"'{Snippet.Of(at)}' chooses among values that cannot take turns in a Repeat: weights, constants and equal bundles of them can, computed tensors and null cannot");
    }

    /// <summary>The iterations of the Repeat for which the running expression counts; null: all of them.</summary>
    ImmutableArray<bool>? active;

    /// <summary>Evaluates what only some of the iterations take; null if none of those that count does.</summary>
    Value? During(ImmutableArray<bool> iterations, Func<Value> evaluate)
    {
        var outer = active;
        active = outer is { } others ? [.. iterations.Select((taken, i) => taken && others[i])] : iterations;
        var value = active.Value.Contains(true) ? evaluate() : null;
        active = outer;
        return value;
    }

    /// <summary>A value for each iteration that counts; the others repeat one of these.</summary>
    ImmutableArray<T> PerIteration<T>(int count, Func<int, T> value)
    {
        if (active is not { } taken || taken.Length != count) return [.. Enumerable.Range(0, count).Select(value)];
        int first = taken.IndexOf(true);
        var any = value(first);
        return [.. Enumerable.Range(0, count).Select(i => taken[i] && i != first ? value(i) : any)];
    }
}
