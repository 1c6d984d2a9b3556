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

    /// <summary>Fills a row-major matrix.</summary>
    internal void Fill(Span<float> values, int columns, ulong seed)
    {
        switch (Kind)
        {
            case InitialKind.One:
                values.Fill(1);
                break;
            case InitialKind.Normal:
                var random = new Random(unchecked((int)(seed ^ (seed >> 32))));
                for (int i = 0; i < values.Length; i++) values[i] = (float)(Scale * TruncatedNormal(random));
                break;
            case InitialKind.Sinusoidal:
                for (int i = 0; i < values.Length; i++)
                {
                    int row = i / columns, column = i % columns;
                    double frequency = Math.Pow(1.0 / 64, column / 2 / (columns / 2.0));
                    values[i] = (float)(Scale * (column % 2 == 0 ? Math.Sin(row * frequency) : Math.Cos(row * frequency)));
                }

                break;
            default:
                values.Clear();
                break;
        }
    }

    static double TruncatedNormal(Random random)
    {
        while (true)
        {
            double x = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            if (Math.Abs(x) <= 2) return x;
        }
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
