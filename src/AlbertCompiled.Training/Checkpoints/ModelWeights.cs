namespace AlbertCompiled.Training;

/// <summary>Parameter arenas as safetensors files: names and shapes of the model's description, vectors one-dimensional.</summary>
public static class ModelWeights
{
    const int NamedDifferences = 4;

    /// <summary>Writes the weights, or the moments, to a file: aside, and renamed once it is whole. The model's configuration lies beside them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="states">Which arenas; names of all but the weights are prefixed with the arena's.</param>
    /// <exception cref="IOException">The file cannot be written; what was there before is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Save(this CompiledModel model, string path, params ReadOnlySpan<ParameterState> states)
    {
        if (states.Length == 0) states = [ParameterState.Value];
        var sources = new List<SafetensorsSource>();
        foreach (var state in states)
            foreach (var p in model.Description.Parameters) sources.Add(Source(model, p, Prefix(state) + p.Name, ElementType.F32, state));
        Safetensors.Write(path, sources, new Dictionary<string, string>([KeyValuePair.Create("model", model.Description.Name), .. RecordedConfiguration.Of(model.Description)]));
    }

    /// <summary>Reads the weights, or the moments, of a file that <see cref="Save"/> wrote; weights also of published files.</summary>
    /// <exception cref="TrainingException">The file is no such file, or belongs to another configuration; nothing was changed. A weight holds what is no number; those before it were loaded.</exception>
    public static void Load(this CompiledModel model, string path, params ReadOnlySpan<ParameterState> states)
    {
        if (states.Length == 0) states = [ParameterState.Value];
        using var files = TensorFiles.Open(path);
        var plans = new List<(ParameterState State, WeightPlan Plan)>();
        foreach (var state in states)
        {
            var plan = state == ParameterState.Value ? WeightPlan.Of(model.Description, files) : WeightPlan.Of(model.Description, files, Prefix(state));
            Refuse(model.Description, path, plan, files, partly: false, [.. plan.Missing.Select(n => $"{n} is missing"), .. plan.Unused.Select(n => $"{n} is unknown")]);
            plans.Add((state, plan));
        }

        foreach (var (state, plan) in plans) Copy(model, path, files, plan, state);
    }

    /// <summary>
    /// Takes those weights from a file that the model has by name, such as the encoder's from a checkpoint of pretraining. What the
    /// file lacks stays as it is, such as a new classifier, and is told.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="except">Beginnings of names that are left out, such as "classifier.": another task's head.</param>
    /// <exception cref="TrainingException">The file is no such file, a weight has another shape there or was trained with other heads, another activation or epsilon, or none has a name of the model's; nothing was changed. A weight holds what is no number; those before it were loaded.</exception>
    public static WeightMatch LoadMatching(this CompiledModel model, string path, params IReadOnlyList<string> except)
    {
        using var files = TensorFiles.Open(path);
        return LoadMatching(model, path, files, except);
    }

    internal static WeightMatch LoadMatching(CompiledModel model, string path, TensorFiles files, params IReadOnlyList<string> except)
    {
        var plan = WeightPlan.Of(model.Description, files).Without(except);
        Refuse(model.Description, path, plan, files, partly: true, []);
        Copy(model, path, files, plan, ParameterState.Value);
        return plan.Match;
    }

    /// <summary>Throws if nothing of files fits a model, something has another shape, or they say that another model was trained.</summary>
    internal static void Refuse(ModelDescription model, string path, WeightPlan plan, TensorFiles files, bool partly, IReadOnlyList<string> more)
    {
        if (plan.Pairs.Count == 0) throw new TrainingException($"{path} has no weight of {model.Name}: it belongs to another architecture");
        string[] differences = [.. plan.Differences, .. more];
        if (differences.Length == 0) differences = [.. RecordedConfiguration.Differences(files.Metadata, model, partly)]; // sizes show in the shapes
        if (differences.Length == 0) return;
        string named = string.Join("; ", differences.Take(NamedDifferences)), rest = differences.Length > NamedDifferences ? $"; and {differences.Length - NamedDifferences} more" : "";
        throw new TrainingException($"{path} belongs to another configuration than {model.Name}: {named}{rest}");
    }

    /// <summary>A parameter as a tensor to write.</summary>
    internal static SafetensorsSource Source(CompiledModel model, ParameterInfo p, string name, ElementType type, ParameterState state = ParameterState.Value) =>
        new(name, p.Shape(), (first, values) => model.Parameters.Read(state, p.Offset + first, values), type);

    internal static long[] Shape(this ParameterInfo p) => p.IsVector ? [p.Columns] : [p.Rows, p.Columns];

    static void Copy(CompiledModel model, string path, TensorFiles files, WeightPlan plan, ParameterState state) => TensorFiles.Guard(path, () =>
    {
        plan.Copy(files, model.Parameters, state);
        return true;
    });

    /// <summary>True for what training keeps beside a weight.</summary>
    internal static bool IsOfTraining(string tensor) =>
        Enum.GetValues<ParameterState>().Select(Prefix).Any(p => p.Length > 0 && tensor.StartsWith(p, StringComparison.Ordinal));

    static string Prefix(ParameterState state) => state switch
    {
        ParameterState.Value => "",
        ParameterState.Gradient => "gradient.",
        ParameterState.FirstMoment => "first_moment.",
        _ => "second_moment.",
    };
}
