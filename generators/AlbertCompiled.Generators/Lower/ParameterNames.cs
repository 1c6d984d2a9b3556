using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Passes;

namespace AlbertCompiled.Generators.Lower;

/// <summary>
/// C# names of parameters: the shortest ending of the checkpoint's dotted name that is unique, without the numbers of layers.
/// albert.encoder.albert_layer_groups.0.albert_layers.0.attention.query.weight → attentionQueryWeight.
/// </summary>
internal sealed class ParameterNames
{
    readonly ImmutableArray<ParameterDeclaration> parameters;
    readonly Dictionary<string, string> byKey = [];

    public ParameterNames(ImmutableArray<ParameterDeclaration> parameters)
    {
        this.parameters = parameters;
        var roles = parameters.Select(p => Role(p.Name)).Distinct().ToList();
        for (int take = 1; byKey.Count < roles.Count && take < 12; take++)
        {
            foreach (var ending in roles.Where(r => !byKey.ContainsKey(r)).GroupBy(r => Ending(r, take)).ToList())
            {
                bool unique = ending.Count() == 1 && roles.Count(r => Ending(r, take) == ending.Key) == 1;
                // one word such as "weight" says too little
                if (unique && (take > 1 || !ending.Key.Contains("eight") && !ending.Key.Contains("ias")) || take == 11) byKey[ending.First()] = ending.Key;
            }
        }
    }

    /// <summary>All names that single parameters have.</summary>
    public IEnumerable<string> All => byKey.Values;

    /// <summary>The name of the first part, and of the last one if several are stacked.</summary>
    public string Of(ParameterReference reference)
    {
        var parts = reference.Choices[0];
        string first = byKey[Role(parameters[parts[0]].Name)];
        if (parts.Length == 1) return first;
        string last = byKey[Role(parameters[parts[^1]].Name)];
        return parts.Length == 3 && first.Contains("uery") ? first.Replace("Query", "QueryKeyValue").Replace("query", "queryKeyValue") : first + "To" + Names.Pascal(last);
    }

    // what a parameter is, whichever layer it belongs to
    static string Role(string name) => string.Join(".", name.Split('.').Where(s => !s.All(char.IsDigit)));

    static string Ending(string role, int take)
    {
        var parts = role.Split('.');
        var words = parts.Skip(Math.Max(0, parts.Length - take)).SelectMany(p => p.Split('_')).Select(Names.Pascal);
        string name = string.Concat(words);
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
