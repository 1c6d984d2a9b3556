using System.Globalization;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit;

/// <summary>The constructor parameters of a kernel struct and the arguments that its call passes.</summary>
/// <param name="dialect">The device's types.</param>
/// <param name="address">A buffer as an argument.</param>
/// <param name="index">An index vector as an argument.</param>
/// <param name="iteration">The variable of the loop around the call, or 0.</param>
internal sealed class KernelFields(Dialect dialect, Func<Lower.Buffer, string> address, Func<string, string> index, string iteration)
{
    readonly List<(string Key, string Type, string Name, string Argument)> fields = [];

    readonly HashSet<string> values = [];

    /// <summary>The heading of the struct.</summary>
    public string Heading(string name, string contract) => CSharpWriter.Listed($"internal readonly struct {name}(", fields.Select(f => $"{f.Type} {f.Name}"), $") : {contract}");

    public IEnumerable<string> Arguments => fields.Select(f => f.Argument);

    public IEnumerable<string> Names => fields.Select(f => f.Name);

    /// <summary>Leaves names to the values that the kernel computes, where two buffers have one name.</summary>
    public void Avoid(IEnumerable<Instruction> instructions) => values.UnionWith(instructions.Select(Elements.TargetOf));

    /// <summary>A buffer's first row.</summary>
    public string Of(Lower.Buffer buffer)
    {
        string argument = address(buffer);
        return Add($"buffer:{argument}", dialect.TypeOf(buffer), LocalNames.FieldOf(buffer), argument);
    }

    /// <summary>An index vector of the batch.</summary>
    public string Index(string vector) => Add($"index:{vector}", dialect.Integers, LocalNames.FieldOfIndex(vector), index(vector));

    /// <summary>The dropout key of a site.</summary>
    public string Key(Site site) => Add($"key:{site.Ordinal}", dialect.Key, LocalNames.FieldOf(site), KeyOf(site, iteration));

    /// <summary>The call of a site's key, in a kernel that runs at an iteration.</summary>
    public static string KeyOf(Site site, string iteration) => FormattableString.Invariant($"DropoutKey({site.Ordinal}, {(site.InLoop ? iteration : "0")})");

    /// <summary>The size of a dimension in the whole batch, of which the program may run on a part.</summary>
    public string Count(Dim dimension) => dialect.CountOf(Add($"count:{dimension}", dialect.Count, LocalNames.FieldOf(dimension), $"Whole{dimension.Kind}"));

    /// <summary>The arguments of a mask after its row's key.</summary>
    public static string MaskArguments(string key, string column, double probability) =>
        $"{key}, {column}, 0x{((uint)(probability * 4294967296.0)).ToString("X8", CultureInfo.InvariantCulture)}u, {CSharpWriter.Float(1 / (1 - probability))}";

    /// <summary>A size as a member of the program.</summary>
    public static string SizeOf(Dim dimension) => dimension.IsConstant ? dimension.ToString() : dimension.Kind.ToString();

    string Add(string key, string type, string name, string argument)
    {
        foreach (var f in fields)
            if (f.Key == key) return f.Name;
        string unique = name;
        for (int i = 2; values.Contains(unique) || fields.Any(f => f.Name == unique); i++) unique = FormattableString.Invariant($"{name}{i}");
        fields.Add((key, type, unique, argument));
        return unique;
    }
}
