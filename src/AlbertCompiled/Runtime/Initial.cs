namespace AlbertCompiled;

/// <summary>How a parameter starts.</summary>
/// <param name="Kind">The distribution.</param>
/// <param name="Scale">Standard deviation (Normal) or amplitude (Sinusoidal); unused otherwise.</param>
public readonly record struct Initial(InitialKind Kind, double Scale = 0)
{
    /// <summary>All zeros.</summary>
    public static Initial Zero => new(InitialKind.Zero);

    /// <summary>All ones.</summary>
    public static Initial One => new(InitialKind.One);

    /// <summary>Normal with this standard deviation, redrawn beyond two of them.</summary>
    public static Initial Normal(double deviation) => new(InitialKind.Normal, deviation);

    /// <summary>Sines and cosines of the row over geometric wavelengths (2π to 128π): a position table that starts ordered, then learns.</summary>
    public static Initial Sinusoidal(double amplitude) => new(InitialKind.Sinusoidal, amplitude);

    /// <summary>Fills a row-major matrix, or a part of it that begins with element <paramref name="first"/>.</summary>
    internal void Fill(Span<float> values, int columns, ulong seed, long first = 0)
    {
        switch (Kind)
        {
            case InitialKind.One:
                values.Fill(1);
                break;
            case InitialKind.Normal:
                FillNormal(values, CounterRandom.Mix(seed) + (ulong)first * CounterRandom.Golden64);
                break;
            case InitialKind.Sinusoidal:
                for (int i = 0; i < values.Length; i++)
                {
                    long row = (first + i) / columns, column = (first + i) % columns;
                    double frequency = Math.Pow(1.0 / 64, column / 2 / (columns / 2.0));
                    values[i] = (float)(Scale * (column % 2 == 0 ? Math.Sin(row * frequency) : Math.Cos(row * frequency)));
                }

                break;
            default:
                values.Clear();
                break;
        }
    }

    // the inverse of the distribution at a random place: redrawing what lies beyond two deviations is to leave its ends out
    void FillNormal(Span<float> values, ulong key)
    {
        const float within = 0.9544997f; // of a normal distribution's mass lies within two deviations
        float scale = (float)(Scale * Math.Sqrt(2));
        for (int i = 0; i < values.Length; i++)
        {
            float uniform = ((CounterRandom.Mix(key + (ulong)i * CounterRandom.Golden64) >> 40) + 0.5f) * (2f / (1 << 24)) - 1;
            values[i] = scale * InverseErf(within * uniform);
        }
    }

    // M. Giles, "Approximating the erfinv function" (2010), the branch of |x| < 0.9966
    static float InverseErf(float x)
    {
        float w = -MathF.Log((1 - x) * (1 + x)) - 2.5f;
        float p = 2.81022636e-08f;
        p = p * w + 3.43273939e-07f;
        p = p * w - 3.5233877e-06f;
        p = p * w - 4.39150654e-06f;
        p = p * w + 0.00021858087f;
        p = p * w - 0.00125372503f;
        p = p * w - 0.00417768164f;
        p = p * w + 0.246640727f;
        p = p * w + 1.50140941f;
        return p * x;
    }
}

/// <summary>The distributions of <see cref="Initial"/>.</summary>
public enum InitialKind
{
    /// <summary>0.</summary>
    Zero,

    /// <summary>1.</summary>
    One,

    /// <summary>Truncated normal.</summary>
    Normal,

    /// <summary>Sines and cosines.</summary>
    Sinusoidal,
}
