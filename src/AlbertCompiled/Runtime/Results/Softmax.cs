namespace AlbertCompiled;

/// <summary>Softmax on the host, over a few numbers.</summary>
internal static class Softmax
{
    /// <summary>The place of the largest; of equals the first.</summary>
    public static int Largest(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
            if (values[i] > values[best]) best = i;
        return best;
    }

    /// <summary>ln Σ exp.</summary>
    public static float LogSum(ReadOnlySpan<float> values)
    {
        float largest = values[Largest(values)], sum = 0;
        foreach (float value in values) sum += MathF.Exp(value - largest);
        return largest + MathF.Log(sum);
    }
}
