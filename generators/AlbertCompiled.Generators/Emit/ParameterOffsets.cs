using System.Globalization;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit;

/// <summary>Offsets of parameters as C#: a constant, or a method of the layer.</summary>
internal static class ParameterOffsets
{
    /// <summary>The expression inside a program.</summary>
    public static string Of(ParameterBuffer buffer, string iteration) =>
        $"Offset.{Identifier.Pascal(buffer.Name)}{(buffer.Reference.Varies ? $"({iteration})" : "")}";

    /// <summary>Prints the class Offset.</summary>
    public static void Print(CSharpWriter w, IEnumerable<ParameterBuffer> buffers, ParameterLayout layout)
    {
        w.Block("static class Offset", () =>
        {
            foreach (var b in buffers.GroupBy(b => b.Name).Select(g => g.First()).OrderBy(b => layout.OffsetsOf(b.Reference)[0]))
            {
                var offsets = layout.OffsetsOf(b.Reference);
                string name = Identifier.Pascal(b.Name);
                w.Blank();
                w.Line($"// {CSharpWriter.OneLine(string.Join(" + ", b.Reference.Choices[0].Select(p => layout.Parameters[p].Name)))} {b.Shape}");
                if (!b.Reference.Varies)
                {
                    w.Line($"public const long {name} = {offsets[0].ToString(CultureInfo.InvariantCulture)};");
                    continue;
                }

                // one after another, or for a group of layers at a time
                int group = Enumerable.Range(1, offsets.Length - 1).First(i => i == offsets.Length - 1 || offsets[i] != offsets[0]);
                long step = offsets[group] - offsets[0];
                bool even = Enumerable.Range(0, offsets.Length).All(i => offsets[i] == offsets[0] + i / group * step);
                string body = even
                    ? FormattableString.Invariant($"{offsets[0]} + layer{(group > 1 ? FormattableString.Invariant($" / {group}") : "")} * {step}L")
                    : $"layer switch {{ {string.Join(", ", offsets.Select((o, i) => FormattableString.Invariant($"{(i == offsets.Length - 1 ? "_" : i.ToString(CultureInfo.InvariantCulture))} => {o}")))} }}";
                w.Line($"public static long {name}(int layer) => {body};");
            }
        });
    }
}
