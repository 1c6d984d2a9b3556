namespace AlbertCompiled.Training;

/// <summary>
/// Lets a classifier that was compiled for some number of classes tell fewer apart. Unused classes get weights of 0 and a bias so low that their
/// probability is exactly 0 in float32, and with it their gradient: loss and updates are those of a classifier compiled for fewer. Weight decay
/// leaves zeros as they are, and no bias decays.
/// </summary>
public static class UnusedClasses
{
    /// <summary>What the names of a classifier's weights begin with.</summary>
    internal const string Head = "classifier.";

    const float Bias = -10_000;
    const string Weight = Head + "weight", BiasName = Head + "bias";

    /// <summary>Classes that a model was compiled for; null if it has no classifier.</summary>
    public static int? Compiled(ModelDescription model) => model.Parameters.FirstOrDefault(p => p.Name == Weight)?.Rows;

    /// <summary>Rules out the classes from <paramref name="used"/> on.</summary>
    /// <param name="model">A model with the weights classifier.weight, [classes, hidden], and classifier.bias.</param>
    /// <param name="used">Classes of the task: 1 at least.</param>
    /// <exception cref="TrainingException">The task has more classes than the model was compiled for.</exception>
    public static void Silence(CompiledModel model, int used)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(used, 1);
        int compiled = Compiled(model.Description) ?? throw new TrainingException($"{model.Description.Name} has no {Weight}: it tells no classes apart");
        if (used > compiled)
            throw new TrainingException($"the task has {used} labels, {model.Description.Name} was compiled for {compiled}: declare a model of your own with [Classification(labels: {used})]");
        float[] weight = model.Parameters.Read(Weight), bias = model.Parameters.Read(BiasName);
        weight.AsSpan(weight.Length / compiled * used).Clear();
        bias.AsSpan(used).Fill(Bias);
        model.Parameters.Write(Weight, weight);
        model.Parameters.Write(BiasName, bias);
    }
}
