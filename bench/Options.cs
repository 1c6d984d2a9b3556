using System.Globalization;

namespace AlbertCompiled.Bench;

/// <summary>key=value arguments.</summary>
internal sealed class Options
{
    readonly Dictionary<string, string> values = [];

    public static Options Parse(IEnumerable<string> arguments)
    {
        var options = new Options();
        foreach (string argument in arguments)
        {
            var parts = argument.TrimStart('-').Split('=', 2);
            if (parts.Length != 2) throw new ArgumentException($"{argument} is not key=value");
            options.values[parts[0]] = parts[1];
        }

        return options;
    }

    public string Text(string key, string otherwise) => values.GetValueOrDefault(key, otherwise);

    public int Number(string key, int otherwise) => values.TryGetValue(key, out string? v) ? int.Parse(v, CultureInfo.InvariantCulture) : otherwise;
}
