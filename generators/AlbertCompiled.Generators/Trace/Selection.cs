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
            Constant when items.All(i => i is Constant) => Uniform([.. items.Cast<Constant>()]),
            TensorValue tensor when items.All(i => i is TensorValue other && other.Node == tensor.Node) => first,
            WeightValue when items.All(i => i is WeightValue { Reference.Varies: false }) =>
                new WeightValue(new ParameterReference([.. items.Select(i => ((WeightValue)i).Reference.Choices[0])])),
            ObjectValue { Type: { IsRecord: true } type } when items.All(i => i is ObjectValue other && other.Type == type) => Records([.. items.Cast<ObjectValue>()]),
            TupleValue tuple when items.All(i => i is TupleValue other && other.Items.Length == tuple.Items.Length) => Tuples([.. items.Cast<TupleValue>()]),
            ArrayValue array when items.All(i => i is ArrayValue other && other.Items.Length == array.Items.Length) => Arrays([.. items.Cast<ArrayValue>()]),
            _ => null,
        };
    }

    static Value? Records(ImmutableArray<ObjectValue> items)
    {
        var result = new ObjectValue(items[0].Type);
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

    /// <summary>One of two values per iteration.</summary>
    Value Select(ImmutableArray<bool> choose, Value yes, Value no, SyntaxNode at, Frame frame)
    {
        // a side that varies itself is taken apart where it is a constant; weights that vary already cannot vary again
        Value Pick(Value value, int iteration) => value is Varying varying && varying.Items.Length == choose.Length ? varying.Items[iteration] : value;
        return Combine([.. choose.Select((c, i) => Pick(c ? yes : no, i))], at, frame);
    }
}
