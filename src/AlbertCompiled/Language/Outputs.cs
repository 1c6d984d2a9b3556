namespace AlbertCompiled;

/// <summary>The named results of a program. In a training program "loss" is differentiated.</summary>
/// <param name="Values">Names and values, in order.</param>
public sealed record Outputs(params (string Name, Tensor Value)[] Values)
{
    /// <summary>The output called <paramref name="name"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Tensor this[string name]
    {
        get
        {
            foreach (var (n, value) in Values)
                if (n == name) return value;
            throw new KeyNotFoundException($"the program has no output {name}; it has {string.Join(", ", Values.Select(v => v.Name))}");
        }
    }
}
