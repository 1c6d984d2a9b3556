namespace AlbertCompiled.Training;

/// <summary>Which tensor of a file becomes which parameter of a model.</summary>
/// <param name="Pairs">The parameters found, and the tensors' names.</param>
/// <param name="Missing">Parameters that the file lacks.</param>
/// <param name="Unused">Tensors that the model lacks.</param>
/// <param name="Differences">Tensors that have another shape than the parameter of their name, or hold no floating point: nothing can be loaded.</param>
sealed record WeightPlan(
    IReadOnlyList<(ParameterInfo Parameter, string Tensor)> Pairs, IReadOnlyList<string> Missing, IReadOnlyList<string> Unused, IReadOnlyList<string> Differences)
{
    const int Slice = 1 << 20; // floats that travel at once: a model is never in memory twice

    public WeightMatch Match => new([.. Pairs.Select(p => p.Parameter.Name)], Missing, Unused);

    /// <summary>Finds the weights of a model by the names that it or a published file gives them.</summary>
    public static WeightPlan Of(ModelDescription model, TensorFiles files) =>
        Of(model.Parameters, files, p => PublishedNames.Of(p.Name).FirstOrDefault(files.Contains), tensor => PublishedNames.IsConstant(tensor) || ModelWeights.IsOfTraining(tensor));

    /// <summary>Finds what is kept under a parameter's name with a prefix, such as its moments.</summary>
    public static WeightPlan Of(ModelDescription model, TensorFiles files, string prefix) =>
        Of(model.Parameters, files, p => files.Contains(prefix + p.Name) ? prefix + p.Name : null, tensor => !tensor.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The plan without parameters whose names begin so: they stay as they are, whatever the file has.</summary>
    public WeightPlan Without(IReadOnlyList<string> beginnings)
    {
        bool IsLeftOut(string name) => beginnings.Any(b => name.StartsWith(b, StringComparison.Ordinal));
        return this with
        {
            Pairs = [.. Pairs.Where(p => !IsLeftOut(p.Parameter.Name))],
            Missing = [.. Missing, .. Pairs.Select(p => p.Parameter.Name).Where(IsLeftOut)],
            Unused = [.. Unused, .. Pairs.Where(p => IsLeftOut(p.Parameter.Name)).Select(p => p.Tensor)],
            Differences = [.. Differences.Where(d => !IsLeftOut(d))],
        };
    }

    /// <summary>Copies the values.</summary>
    /// <exception cref="TrainingException">A weight holds what is no number.</exception>
    public void Copy(TensorFiles files, ParameterSet parameters, ParameterState state = ParameterState.Value)
    {
        var buffer = new float[Math.Min(Slice, Pairs.Select(p => p.Parameter.Length).DefaultIfEmpty(0).Max())];
        foreach (var (p, tensor) in Pairs)
            for (long first = 0; first < p.Length; first += Slice)
            {
                var slice = buffer.AsSpan(0, (int)Math.Min(Slice, p.Length - first));
                files.ReadSingles(tensor, first, slice);
                if (state == ParameterState.Value) RequireFinite(files, tensor, first, slice);
                parameters.Write(state, p.Offset + first, slice);
            }
    }

    /// <summary>Refuses weights that are no numbers.</summary>
    /// <exception cref="TrainingException">A value is infinite or not a number.</exception>
    public static void RequireFinite(TensorFiles files, string tensor, long first, ReadOnlySpan<float> values)
    {
        if (Elements.FirstNotFinite(values) is >= 0 and var at)
            throw new TrainingException(FormattableString.Invariant($"{files.FileOf(tensor)}: {tensor} holds {values[at]} in place {first + at}, no number, so that its weights are of no use: restore the file, or take other weights"));
    }

    static WeightPlan Of(IReadOnlyList<ParameterInfo> parameters, TensorFiles files, Func<ParameterInfo, string?> find, Func<string, bool> isOther)
    {
        var pairs = new List<(ParameterInfo, string)>();
        List<string> missing = [], differences = [];
        HashSet<string> used = [];
        foreach (var p in parameters)
        {
            if (find(p) is not { } tensor)
            {
                missing.Add(p.Name);
                continue;
            }

            pairs.Add((p, tensor));
            used.Add(tensor);
            if (Difference(p, files[tensor]) is { } difference) differences.Add(difference);
            else if (PublishedNames.Twin(p.Name) is { } twin && files.Contains(twin) && AreEqual(files, tensor, twin)) used.Add(twin);
        }

        return new(pairs, missing, [.. files.Entries.Select(e => e.Name).Where(n => !used.Contains(n) && !isOther(n))], differences);
    }

    static string? Difference(ParameterInfo p, SafetensorsEntry entry) =>
        !entry.Shape.AsSpan().SequenceEqual(p.Shape()) ? $"{p.Name} is [{string.Join(", ", entry.Shape)}], not [{string.Join(", ", p.Shape())}]"
        : entry.Type.IsReal() ? null : $"{p.Name} holds {entry.Type}, not floating point";

    static bool AreEqual(TensorFiles files, string a, string b)
    {
        if (a == b) return true;
        if (!files[a].Shape.AsSpan().SequenceEqual(files[b].Shape) || !files[b].Type.IsReal()) return false;
        long count = files[a].Count;
        float[] left = new float[Math.Min(Slice, count)], right = new float[left.Length];
        for (long first = 0; first < count; first += Slice)
        {
            int length = (int)Math.Min(Slice, count - first);
            files.ReadSingles(a, first, left.AsSpan(0, length));
            files.ReadSingles(b, first, right.AsSpan(0, length));
            if (!left.AsSpan(0, length).SequenceEqual(right.AsSpan(0, length))) return false;
        }

        return true;
    }
}
