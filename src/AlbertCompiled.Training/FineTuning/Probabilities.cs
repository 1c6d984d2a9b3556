namespace AlbertCompiled.Training;

/// <summary>Probabilities and choices from vectors of numbers.</summary>
static class Probabilities
{
    /// <summary>The softmax of logits.</summary>
    public static float[] Of(ReadOnlySpan<float> logits)
    {
        float largest = logits[Largest(logits)];
        double sum = 0;
        var values = new float[logits.Length];
        foreach (float logit in logits) sum += Math.Exp(logit - largest);
        for (int i = 0; i < values.Length; i++) values[i] = (float)(Math.Exp(logits[i] - largest) / sum);
        return values;
    }

    /// <summary>The place of the largest; of equals the first.</summary>
    public static int Largest(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
            if (values[i] > values[best]) best = i;
        return best;
    }
}
