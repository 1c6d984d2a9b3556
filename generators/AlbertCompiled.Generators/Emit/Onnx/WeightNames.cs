using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Emit.Onnx;

/// <summary>Names of weights as C# strings; where they change from layer to layer, as functions of the layer.</summary>
internal static class WeightNames
{
    /// <summary>The name of one of the adjacent parts of a reference.</summary>
    public static string Of(ParameterReference reference, int part, ImmutableArray<ParameterDeclaration> parameters)
    {
        var names = reference.Choices.Select(c => parameters[c[part]].Name.Split('.')).ToList();
        if (!reference.Varies) return CSharpWriter.Quote(string.Join(".", names[0]));
        bool similar = names.All(n => n.Length == names[0].Length);
        var segments = similar ? Enumerable.Range(0, names[0].Length).Select(s => Segment([.. names.Select(n => n[s])])).ToList() : [null];
        return segments.All(s => s is not null)
            ? "$" + CSharpWriter.Quote(string.Join(".", segments))
            : Switch([.. names.Select(n => CSharpWriter.Quote(string.Join(".", n)))]);
    }

    // the text of an interpolated string, or null if the segments are no numbers
    static string? Segment(string[] choices)
    {
        if (choices.Distinct().Count() == 1) return choices[0].Replace("{", "{{").Replace("}", "}}");
        return choices.All(c => int.TryParse(c, out int number) && number.ToString() == c) ? $"{{{Number([.. choices.Select(int.Parse)])}}}" : null;
    }

    // the first formula that gives these numbers
    static string Number(int[] values)
    {
        int first = values[0], step = values[1] - first, distinct = values.Max() + 1;
        bool Is(Func<int, int> formula) => values.Select((v, layer) => v == formula(layer)).All(same => same);
        if (Is(layer => first + step * layer))
        {
            if (step < 0) return step == -1 ? $"{first} - layer" : $"{first} - {-step} * layer";
            return (step == 1 ? "layer" : $"{step} * layer") + (first == 0 ? "" : $" + {first}");
        }

        if (values.Length % distinct == 0 && Is(layer => layer / (values.Length / distinct))) return $"layer / {values.Length / distinct}";
        if (Is(layer => layer % distinct)) return $"layer % {distinct}";
        return Is(layer => layer * distinct / values.Length) ? $"layer * {distinct} / {values.Length}" : $"({Switch([.. values.Select(v => $"{v}")])})";
    }

    static string Switch(string[] values) => $"layer switch {{ {string.Join(", ", values.Select((v, i) => $"{(i == values.Length - 1 ? "_" : $"{i}")} => {v}"))} }}";
}
