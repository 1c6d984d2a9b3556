using System.Globalization;
using System.Text;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>A text of attention: its lines, numbers and names, and the arithmetic of softmax and masks.</summary>
internal abstract class AttentionText
{
    /// <summary>Declares and fills the registers of dropout from the arguments %0 to %2.</summary>
    public const string DropoutArguments = """
        .reg .b32 key, threshold;
        .reg .f32 keepScale;
        mov.b32 key, %0;
        mov.b32 threshold, %1;
        mov.f32 keepScale, %2;

        """;

    /// <summary>log₂ e and ln 2.</summary>
    protected const float Log2E = 1.44269504f, Ln2 = 0.693147181f;

    readonly StringBuilder text = new();
    int labels;

    /// <summary>The text so far.</summary>
    public override string ToString() => text.ToString();

    protected void Line(string line) => text.Append(line).Append('\n');

    /// <summary>A label of its own in the text.</summary>
    protected string Label(string name) => $"AT_{name}_{labels++}";

    /// <summary>An immediate float.</summary>
    protected static string Immediate(float value) => "0f" + BitConverter.SingleToUInt32Bits(value).ToString("X8", CultureInfo.InvariantCulture);

    protected static string Immediate(uint value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>count·Golden as an immediate.</summary>
    protected static string Golden(int count) => Immediate(unchecked((uint)count * CounterRandom.Golden));

    /// <summary>name0, name1, …</summary>
    internal static string List(string name, int first, int count) => "{" + string.Join(", ", Enumerable.Range(first, count).Select(i => name + i)) + "}";

    /// <summary>Adds up, or takes the largest, over the four lanes of a row.</summary>
    protected void OverQuad(string operation, string register)
    {
        for (int distance = 1; distance <= 2; distance *= 2)
        {
            Line($"shfl.sync.bfly.b32 f7, {register}, {distance}, 31, 4294967295;");
            Line($"{operation}.f32 {register}, {register}, f7;");
        }
    }

    /// <summary>hash = Mix(hash): <see cref="CounterRandom.Mix(uint)"/>.</summary>
    protected void Mix()
    {
        Line("shr.u32 hash2, hash, 16;");
        Line("xor.b32 hash, hash, hash2;");
        Line($"mul.lo.u32 hash, hash, {Immediate(CounterRandom.Multiplier1)};");
        Line("shr.u32 hash2, hash, 15;");
        Line("xor.b32 hash, hash, hash2;");
        Line($"mul.lo.u32 hash, hash, {Immediate(CounterRandom.Multiplier2)};");
        Line("shr.u32 hash2, hash, 16;");
        Line("xor.b32 hash, hash, hash2;");
    }

    /// <summary>target = the key of a query's masks, <see cref="CounterRandom.RowKey"/>.</summary>
    protected void RowKey(string target, string queryRow)
    {
        Line($"mad.lo.u32 hash, {queryRow}, heads, head;");
        Line($"mad.lo.u32 hash, hash, {Golden(1)}, key;");
        Mix();
        Line($"mov.b32 {target}, hash;");
    }

    /// <summary>pr = whether the element is dropped.</summary>
    protected void Dropped(string rowKey, string offset)
    {
        Line($"add.u32 hash, {rowKey}, {offset};");
        Mix();
        Line("setp.lt.u32 pr, hash, threshold;");
    }
}
