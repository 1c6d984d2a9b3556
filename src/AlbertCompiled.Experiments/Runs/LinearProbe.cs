using AlbertCompiled.Training;

namespace AlbertCompiled.Experiments;

/// <summary>
/// How much of a task can be read off a trained model by a linear classifier on its pooled vectors, weights frozen. A head that was trained for one
/// question answers another badly even where the vectors hold the answer.
/// </summary>
public static class LinearProbe
{
    const int Iterations = 12;
    const double Ridge = 1; // keeps the weights of a separable sample finite

    /// <summary>Share of held-out sequences that the classifier tells.</summary>
    /// <param name="model">The model.</param>
    /// <param name="training">Batches to learn from.</param>
    /// <param name="heldOut">Batches to score.</param>
    public static double Accuracy(CompiledModel model, IReadOnlyList<TokenBatch> training, IReadOnlyList<TokenBatch> heldOut)
    {
        var learnt = Pooled(model, training);
        var scored = Pooled(model, heldOut);
        double[] weights = Fit(learnt);
        return scored.Average(row => (Score(weights, row.Features) > 0) == row.Label ? 1.0 : 0.0);
    }

    /// <summary>Logistic regression by Newton's method; the last weight is the bias.</summary>
    internal static double[] Fit(IReadOnlyList<(double[] Features, bool Label)> rows)
    {
        int n = rows[0].Features.Length + 1;
        double[] weights = new double[n];
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            var hessian = new double[n, n];
            double[] gradient = new double[n];
            for (int i = 0; i < n - 1; i++) (hessian[i, i], gradient[i]) = (Ridge, Ridge * weights[i]);
            foreach (var (features, label) in rows)
            {
                double p = 1 / (1 + Math.Exp(-Score(weights, features))), slope = Math.Max(p * (1 - p), 1e-9);
                for (int i = 0; i < n; i++)
                {
                    double x = i < n - 1 ? features[i] : 1;
                    gradient[i] += (p - (label ? 1 : 0)) * x;
                    for (int j = 0; j <= i; j++) hessian[i, j] += slope * x * (j < n - 1 ? features[j] : 1);
                }
            }

            double[] step = Solve(hessian, gradient);
            for (int i = 0; i < n; i++) weights[i] -= step[i];
        }

        return weights;
    }

    static double Score(double[] weights, double[] features)
    {
        double score = weights[^1];
        for (int i = 0; i < features.Length; i++) score += weights[i] * features[i];
        return score;
    }

    // Cholesky, of the lower triangle
    static double[] Solve(double[,] a, double[] b)
    {
        int n = b.Length;
        double[] x = [.. b];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = a[i, j];
                for (int k = 0; k < j; k++) sum -= a[i, k] * a[j, k];
                a[i, j] = i == j ? Math.Sqrt(sum) : sum / a[j, j];
            }

            for (int k = 0; k < i; k++) x[i] -= a[i, k] * x[k];
            x[i] /= a[i, i];
        }

        for (int i = n - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < n; k++) x[i] -= a[k, i] * x[k];
            x[i] /= a[i, i];
        }

        return x;
    }

    static List<(double[] Features, bool Label)> Pooled(CompiledModel model, IReadOnlyList<TokenBatch> batches)
    {
        var rows = new List<(double[], bool)>();
        foreach (var batch in batches)
        {
            var pooled = model.Infer("predict", batch)["pooled"];
            for (int i = 0; i < pooled.Count; i++)
            {
                double[] features = new double[pooled.Columns];
                for (int c = 0; c < features.Length; c++) features[c] = pooled[i][c];
                rows.Add((features, batch.Order.Buffer[i] == 1));
            }
        }

        return rows;
    }
}
