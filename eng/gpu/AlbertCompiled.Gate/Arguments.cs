namespace AlbertCompiled.Gate;

/// <summary>Options with a value each, and what is left.</summary>
sealed class Arguments
{
    readonly List<(string Name, string Value)> options = [];

    public List<string> Rest { get; } = [];

    public static bool TryParse(string[] words, out Arguments arguments, params string[] known)
    {
        arguments = new();
        for (int i = 0; i < words.Length; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal))
            {
                arguments.Rest.Add(words[i]);
                continue;
            }

            if (!known.Contains(words[i]) || i + 1 == words.Length)
            {
                Complain($"gate: {words[i]} {(known.Contains(words[i]) ? "wants a value" : $"is none of {string.Join(", ", known)}")}");
                return false;
            }

            arguments.options.Add((words[i], words[++i]));
        }

        return true;
    }

    public string? Text(string name) => options.LastOrDefault(o => o.Name == name).Value;

    /// <summary>Every value of an option that may be repeated or hold several between commas.</summary>
    public string[] Texts(string name) => [.. options.Where(o => o.Name == name).SelectMany(o => o.Value.Split(',', StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>Prints one line and returns the exit code of a wrong call.</summary>
    public static int Complain(string line)
    {
        Console.Error.WriteLine(line);
        return 2;
    }
}
