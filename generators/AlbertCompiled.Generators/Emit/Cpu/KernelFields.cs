using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit.Cpu;

/// <summary>The constructor parameters of a kernel struct and the arguments that its call passes.</summary>
internal sealed class KernelFields(Func<Lower.Buffer, string> address)
{
    readonly List<(string Key, string Type, string Name, string Argument)> fields = [];

    public string Parameters => string.Join(", ", fields.Select(f => $"{f.Type} {f.Name}"));

    public string Arguments => string.Join(", ", fields.Select(f => f.Argument));

    public bool IsEmpty => fields.Count == 0;

    /// <summary>A buffer's first row.</summary>
    public string Of(Lower.Buffer buffer)
    {
        string argument = address(buffer);
        string name = buffer is ParameterBuffer { Gradient: true } ? buffer.Name + "Gradient" : buffer.Name;
        return Add($"float*:{argument}", "float*", name, argument);
    }

    /// <summary>An index vector of the batch.</summary>
    public string Index(string index) => Add($"int*:{index}", "int*", char.ToLowerInvariant(index[0]) + index[1..] + "Index", $"Pointer(Batch.{index})");

    /// <summary>The dropout key of a site.</summary>
    public string Key(int site, string iteration) => Add($"uint:{site}", "uint", $"key{site}", $"DropoutKey({site}, {iteration})");

    /// <summary>The size of a dimension.</summary>
    public string Count(Graph.Dim dimension) => Add($"float:{dimension}", "float", $"{dimension}Count", Sizes.Of(dimension));

    string Add(string key, string type, string name, string argument)
    {
        foreach (var f in fields)
            if (f.Key == key) return f.Name;
        string unique = name;
        for (int i = 2; fields.Any(f => f.Name == unique); i++) unique = name + i;
        fields.Add((key, type, unique, argument));
        return unique;
    }
}

/// <summary>Sizes as C# expressions of a program.</summary>
internal static class Sizes
{
    public static string Of(Graph.Dim dimension) => dimension.IsConstant ? dimension.ToString() : dimension.Kind.ToString();
}
