using System.Collections.Immutable;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Passes;

namespace AlbertCompiled.Generators.Lower;

/// <summary>
/// C# names of the parameters that programs read: the shortest ending of the checkpoint's dotted name that is unique, without
/// the numbers of layers: albert.encoder.albert_layer_groups.0.albert_layers.0.attention.query.weight → queryWeight. Where
/// several references differ in nothing but those numbers, as the blocks of one layer do, a number tells them apart.
/// </summary>
internal sealed class ParameterNames
{
    const int LongestEnding = 12;

    readonly ImmutableArray<ParameterDeclaration> parameters;
    readonly Dictionary<ParameterReference, string> names = [];

    /// <param name="parameters">All declared parameters.</param>
    /// <param name="programs">The programs that share the names.</param>
    public ParameterNames(ImmutableArray<ParameterDeclaration> parameters, IEnumerable<ModelGraph> programs)
    {
        this.parameters = parameters;
        var roles = RoleNames();
        // each becomes a member of the class Offset
        var taken = new HashSet<string>(["Offset", .. Names.OfObject]);
        var references = programs.SelectMany(p => p.Nodes).Where(n => n.Op == Op.Parameter).Select(n => n.Parameter!).Distinct().ToList();
        foreach (var group in references.GroupBy(r => NameOf(r, roles)))
        {
            var numbers = group.Select(r => Numbers(parameters[r.Choices[0][0]].Name)).ToList();
            int place = Enumerable.Range(0, numbers.Min(n => n.Length)).FirstOrDefault(p => numbers.Select(n => n[p]).Distinct().Count() == numbers.Count);
            foreach (var (reference, number) in group.Zip(numbers, (r, n) => (r, n)))
            {
                string name = numbers.Count > 1 && number.Length > place ? group.Key + number[place] : group.Key;
                string unique = name;
                for (int i = 2; Names.Words.Contains(unique) || !taken.Add(Identifier.Pascal(unique)); i++) unique = FormattableString.Invariant($"{name}{i}");
                names[reference] = unique;
            }
        }
    }

    public string Of(ParameterReference reference) => names[reference];

    // the name of the first part, and of the last one if several are stacked
    string NameOf(ParameterReference reference, Dictionary<string, string> roles)
    {
        var parts = reference.Choices[0];
        string first = roles[Role(parameters[parts[0]].Name)], last = roles[Role(parameters[parts[^1]].Name)];
        if (parts.Length == 1) return first;
        return parts.Length == 3 && first.Contains("uery") ? first.Replace("Query", "QueryKeyValue").Replace("query", "queryKeyValue") : first + "To" + Identifier.Pascal(last);
    }

    Dictionary<string, string> RoleNames()
    {
        var names = new Dictionary<string, string>();
        var roles = parameters.Select(p => Role(p.Name)).Distinct().ToList();
        for (int take = 1; names.Count < roles.Count && take <= LongestEnding; take++)
        {
            foreach (var ending in roles.GroupBy(r => Ending(r, take)).ToList())
            {
                // one word such as "weight" says too little
                bool good = ending.Count() == 1 && (take > 1 || !ending.Key.Contains("eight") && !ending.Key.Contains("ias"));
                if (!good && take < LongestEnding) continue;
                foreach (string role in ending.Where(r => !names.ContainsKey(r))) names[role] = ending.Key;
            }
        }

        return names;
    }

    // what a parameter is, whichever layer it belongs to
    static string Role(string name) => string.Join(".", name.Split('.').Where(s => !s.All(char.IsDigit)));

    static string[] Numbers(string name) => [.. name.Split('.').Where(s => s.Length > 0 && s.All(char.IsDigit))];

    static string Ending(string role, int take)
    {
        var parts = role.Split('.');
        string name = string.Concat(parts.Skip(Math.Max(0, parts.Length - take)).SelectMany(p => p.Split('_')).Where(w => w.Length > 0).Select(Identifier.Pascal));
        if (name.Length == 0 || char.IsDigit(name[0])) name = "Weight" + name;
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
