namespace AlbertCompiled.Training;

/// <summary>Parameter arenas as safetensors files: names and shapes of the model's description, vectors one-dimensional.</summary>
public static class ModelWeights
{
    const int NamedDifferences = 4;

    // published checkpoints hold some tensors twice, and a constant table
    static readonly HashSet<string> Copies = ["predictions.decoder.weight", "predictions.decoder.bias", "albert.embeddings.position_ids"];

    /// <summary>Writes the weights, or the moments, to a file.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="states">Which arenas; names of all but the weights are prefixed with the arena's.</param>
    public static void Save(this CompiledModel model, string path, params ReadOnlySpan<ParameterState> states)
    {
        if (states.Length == 0) states = [ParameterState.Value];
        var sources = new List<SafetensorsSource>();
        foreach (var state in states)
            foreach (var p in model.Description.Parameters)
                sources.Add(new(Prefix(state) + p.Name, Shape(p), () => Read(model.Parameters, state, p)));
        Safetensors.Write(path, sources, new Dictionary<string, string> { ["model"] = model.Description.Name });
    }

    /// <summary>Reads the weights, or the moments, of a file that <see cref="Save"/> wrote; weights also of published files with the same names.</summary>
    /// <exception cref="TrainingException">The file is no such file, or belongs to another configuration; nothing was changed.</exception>
    public static void Load(this CompiledModel model, string path, params ReadOnlySpan<ParameterState> states)
    {
        if (states.Length == 0) states = [ParameterState.Value];
        try
        {
            using var file = Safetensors.Open(path);
            foreach (var state in states) Check(model.Description, file, Prefix(state), path);
            foreach (var state in states)
                foreach (var p in model.Description.Parameters)
                    model.Parameters.Write(state, p.Offset, file.ReadSingles(Prefix(state) + p.Name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new TrainingException($"cannot read {path}: {e.Message}", e);
        }
    }

    /// <summary>
    /// Takes those weights from a file that the model has by name, such as the encoder's from a checkpoint of pretraining. What the
    /// file lacks stays as it is, such as a new classifier, and is told.
    /// </summary>
    /// <exception cref="TrainingException">The file is no such file, a weight has another shape there, or none has a name of the model's; nothing was changed.</exception>
    public static WeightMatch LoadMatching(this CompiledModel model, string path)
    {
        try
        {
            using var file = Safetensors.Open(path);
            var (found, missing) = (model.Description.Parameters.Where(p => file.Contains(p.Name)).ToList(), model.Description.Parameters.Where(p => !file.Contains(p.Name)).ToList());
            if (found.Count == 0) throw new TrainingException($"{path} has no weight of {model.Description.Name}: it belongs to another architecture");
            Refuse(model.Description, path, [.. found.Select(p => Difference(p, file, "")).OfType<string>()]);
            foreach (var p in found) model.Parameters.Write(ParameterState.Value, p.Offset, file.ReadSingles(p.Name));
            var names = found.Select(p => p.Name).ToHashSet();
            return new([.. found.Select(p => p.Name)], [.. missing.Select(p => p.Name)], [.. file.Entries.Select(e => e.Name).Where(n => !names.Contains(n) && !Copies.Contains(n))]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new TrainingException($"cannot read {path}: {e.Message}", e);
        }
    }

    static void Check(ModelDescription model, Safetensors file, string prefix, string path)
    {
        var differences = new List<string>();
        foreach (var p in model.Parameters)
            if (!file.Contains(prefix + p.Name)) differences.Add($"{p.Name} is missing");
            else if (Difference(p, file, prefix) is { } difference) differences.Add(difference);
        var known = model.Parameters.Select(p => prefix + p.Name).ToHashSet();
        foreach (var entry in file.Entries)
            if (Owner(entry.Name) == prefix && !known.Contains(entry.Name) && !Copies.Contains(entry.Name)) differences.Add($"{entry.Name[prefix.Length..]} is unknown");
        Refuse(model, path, differences);
    }

    static string? Difference(ParameterInfo p, Safetensors file, string prefix) =>
        file[prefix + p.Name].Shape.AsSpan().SequenceEqual(Shape(p)) ? null : $"{p.Name} is [{string.Join(", ", file[prefix + p.Name].Shape)}], not [{string.Join(", ", Shape(p))}]";

    static void Refuse(ModelDescription model, string path, List<string> differences)
    {
        if (differences.Count == 0) return;
        string named = string.Join("; ", differences.Take(NamedDifferences)), more = differences.Count > NamedDifferences ? $"; and {differences.Count - NamedDifferences} more" : "";
        throw new TrainingException($"{path} belongs to another configuration than {model.Name}: {named}{more}");
    }

    // the prefix of the arena that a tensor belongs to
    static string Owner(string name) => Enum.GetValues<ParameterState>().Select(Prefix).FirstOrDefault(p => p.Length > 0 && name.StartsWith(p, StringComparison.Ordinal)) ?? "";

    static string Prefix(ParameterState state) => state switch
    {
        ParameterState.Value => "",
        ParameterState.Gradient => "gradient.",
        ParameterState.FirstMoment => "first_moment.",
        _ => "second_moment.",
    };

    static long[] Shape(ParameterInfo p) => p.IsVector ? [p.Columns] : [p.Rows, p.Columns];

    static float[] Read(ParameterSet parameters, ParameterState state, ParameterInfo p)
    {
        var values = new float[p.Length];
        parameters.Read(state, p.Offset, values);
        return values;
    }
}
