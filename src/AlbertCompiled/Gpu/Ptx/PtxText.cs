using System.Globalization;
using System.Text;

namespace AlbertCompiled.Gpu.Ptx;

/// <summary>Instructions of PTX as they are written: a statement a line, labels that are unique within the text.</summary>
/// <param name="prefix">What labels begin with: different in texts that share a scope.</param>
internal sealed class PtxText(string prefix = "TP")
{
    readonly StringBuilder registers = new(), text = new();
    int labels;

    /// <summary>A statement, without its semicolon. Declarations of registers go to the top.</summary>
    public void Line(FormattableString statement)
    {
        string line = statement.ToString(CultureInfo.InvariantCulture);
        (line.StartsWith(".reg", StringComparison.Ordinal) ? registers : text).Append('\t').Append(line).Append(";\n");
    }

    /// <summary>A name for a label that no other has.</summary>
    public string Label(string name) => string.Create(CultureInfo.InvariantCulture, $"{prefix}_{name}_{labels++}");

    /// <summary>Places a label.</summary>
    public void Mark(string label) => text.Append(label).Append(":\n");

    /// <summary>Registers <paramref name="stem"/>0, <paramref name="stem"/>1, … as an operand in braces.</summary>
    public static string Vector(string stem, int first, int count) =>
        "{" + string.Join(", ", Enumerable.Range(first, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{stem}{i}"))) + "}";

    /// <summary>The whole as a block, within which its registers live.</summary>
    public override string ToString() => $"\t{{\n{registers}{text}\t}}\n";

    /// <summary>The whole without a block: its registers live to the end of the kernel.</summary>
    public string Open() => $"{registers}{text}";
}
