namespace AlbertCompiled.Training;

/// <summary>The names that published files give to a model's parameters, beside the model's own.</summary>
static class PublishedNames
{
    static readonly string[] Prefixes = ["albert.", "bert."];

    // what old files say, and what the model says
    static readonly (string Published, string Own)[] Endings = [(".gamma", ".weight"), (".beta", ".bias")];

    // some files hold one tensor under two names, some under the second alone
    static readonly Dictionary<string, string> Twins = new()
    {
        ["albert.embeddings.word_embeddings.weight"] = "predictions.decoder.weight",
        ["predictions.bias"] = "predictions.decoder.bias",
        ["bert.embeddings.word_embeddings.weight"] = "cls.predictions.decoder.weight",
        ["cls.predictions.bias"] = "cls.predictions.decoder.bias",
    };

    // constants that old versions stored
    static readonly string[] Constants = ["embeddings.position_ids", "embeddings.token_type_ids"];

    /// <summary>Names to look for, the likeliest first.</summary>
    public static IEnumerable<string> Of(string parameter)
    {
        yield return parameter;
        if (Short(parameter) != parameter) yield return Short(parameter);
        foreach (var (published, own) in Endings)
        {
            if (!parameter.EndsWith(own, StringComparison.Ordinal)) continue;
            string old = parameter[..^own.Length] + published;
            yield return old;
            if (Short(old) != old) yield return Short(old);
        }

        if (Twin(parameter) is { } twin) yield return twin;
    }

    /// <summary>The second name under which files repeat a parameter.</summary>
    public static string? Twin(string parameter) => Twins.GetValueOrDefault(parameter);

    /// <summary>The name as a bare encoder's file has it.</summary>
    public static string Short(string name) => Prefixes.FirstOrDefault(p => name.StartsWith(p, StringComparison.Ordinal)) is { } prefix ? name[prefix.Length..] : name;

    /// <summary>True for what a file may hold beside parameters.</summary>
    public static bool IsConstant(string tensor) => Constants.Contains(Short(tensor));

    /// <summary>True if a model is nothing without the parameter: it belongs to the encoder. Heads and the pooler may be new.</summary>
    public static bool IsEncoder(string parameter) => Short(parameter) is var name && name != parameter && !name.StartsWith("pooler.", StringComparison.Ordinal);
}
