namespace AlbertCompiled.Training;

/// <summary>How often each class was taken for each: what every figure about classes is computed from. Undefined figures (0/0) are 0.</summary>
public sealed class ConfusionMatrix
{
    readonly long[,] counts;

    /// <summary>Counts pairs of classes.</summary>
    /// <param name="gold">The true class of each example, below <paramref name="classes"/>.</param>
    /// <param name="predicted">The predicted class of each example.</param>
    /// <param name="classes">Number of classes.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a class is none of so many.</exception>
    public ConfusionMatrix(IReadOnlyList<int> gold, IReadOnlyList<int> predicted, int classes)
    {
        if (gold.Count != predicted.Count) throw new ArgumentException($"{gold.Count} labels but {predicted.Count} predictions");
        counts = new long[classes, classes];
        for (int i = 0; i < gold.Count; i++)
        {
            if ((uint)gold[i] >= (uint)classes || (uint)predicted[i] >= (uint)classes) throw new ArgumentException($"example {i} is of class {gold[i]} and was taken for {predicted[i]}: there are {classes} classes, from 0");
            counts[gold[i], predicted[i]]++;
        }

        Total = gold.Count;
    }

    /// <summary>Number of classes.</summary>
    public int Classes => counts.GetLength(0);

    /// <summary>Examples.</summary>
    public long Total { get; }

    /// <summary>Examples of class <paramref name="gold"/> that were taken for <paramref name="predicted"/>.</summary>
    public long this[int gold, int predicted] => counts[gold, predicted];

    /// <summary>Share of examples whose class was found.</summary>
    public double Accuracy => Ratio(Correct, Total);

    /// <summary>Mean of the F1 of all classes that occur among labels or predictions, each counting the same.</summary>
    public double MacroF1 => Enumerable.Range(0, Classes).Where(c => Gold(c) + Predicted(c) > 0).Select(F1).DefaultIfEmpty(0).Average();

    /// <summary>
    /// Matthews correlation (Matthews 1975) in the form for any number of classes (Gorodkin 2004), in [-1, 1]; 0 if all labels or all
    /// predictions are of one class.
    /// </summary>
    public double Matthews
    {
        get
        {
            double agreement = (double)Correct * Total, predictedSquares = 0, goldSquares = 0, square = (double)Total * Total;
            for (int c = 0; c < Classes; c++)
            {
                double p = Predicted(c), g = Gold(c);
                agreement -= p * g;
                predictedSquares += p * p;
                goldSquares += g * g;
            }

            return Ratio(agreement, Math.Sqrt(square - predictedSquares) * Math.Sqrt(square - goldSquares));
        }
    }

    long Correct => Enumerable.Range(0, Classes).Sum(c => counts[c, c]);

    /// <summary>Examples of a class.</summary>
    public long Gold(int c) => Enumerable.Range(0, Classes).Sum(p => counts[c, p]);

    /// <summary>Examples that were taken for a class.</summary>
    public long Predicted(int c) => Enumerable.Range(0, Classes).Sum(g => counts[g, c]);

    /// <summary>Share of a class among what was taken for it.</summary>
    public double Precision(int c) => Ratio(counts[c, c], Predicted(c));

    /// <summary>Share of a class that was found.</summary>
    public double Recall(int c) => Ratio(counts[c, c], Gold(c));

    /// <summary>Harmonic mean of precision and recall of a class: 2·TP / (2·TP + FP + FN).</summary>
    public double F1(int c) => Ratio(2 * counts[c, c], Gold(c) + Predicted(c));

    static double Ratio(double part, double whole) => whole == 0 ? 0 : part / whole;
}
