namespace AlbertCompiled.Training;

/// <summary>What scores are standardised by: a model learns how many deviations a score lies from the mean, whatever the unit of scores is.</summary>
/// <param name="Mean">Mean of the training scores.</param>
/// <param name="Deviation">Their standard deviation, above 0.</param>
public sealed record ScoreScale(double Mean, double Deviation)
{
    const string Weight = "classifier.weight", Bias = "classifier.bias";

    /// <summary>Mean and deviation of scores; where all are equal, 1 stands for the deviation.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static ScoreScale Of(IReadOnlyCollection<double> scores)
    {
        if (scores.Count == 0) throw new ArgumentException("a scale of no scores");
        double mean = scores.Average(), deviation = scores.Min() == scores.Max() ? 0 : Math.Sqrt(scores.Average(s => (s - mean) * (s - mean)));
        return new(mean, deviation > 0 ? deviation : 1);
    }

    /// <summary>A score as a model learns it.</summary>
    public double Standard(double score) => (score - Mean) / Deviation;

    /// <summary>The score that a model's output stands for.</summary>
    public double Score(double standard) => Mean + Deviation * standard;

    /// <summary>Lets a model answer with scores themselves: for who reads its outputs without knowing of a scale, such as an ONNX runtime.</summary>
    /// <param name="model">A model with the weights classifier.weight, [1, hidden], and classifier.bias.</param>
    public void Fold(CompiledModel model)
    {
        model.Parameters.Write(Weight, [.. model.Parameters.Read(Weight).Select(w => (float)(Deviation * w))]);
        model.Parameters.Write(Bias, [.. model.Parameters.Read(Bias).Select(b => (float)Score(b))]);
    }
}
