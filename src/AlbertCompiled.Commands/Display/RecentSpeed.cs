namespace AlbertCompiled.Commands;

/// <summary>Averages over the last 30 steps or so.</summary>
sealed class RecentSpeed
{
    const double SteadyWeight = 0.03; // of a new value

    double tokens;
    long steps;

    /// <summary>The loss.</summary>
    public double Loss { get; private set; }

    /// <summary>Time of a step.</summary>
    public double Seconds { get; private set; }

    public double TokensPerSecond => tokens / Math.Max(Seconds, 1e-9);

    /// <summary>Counts a step.</summary>
    public void Add(double loss, double tokensRead, double seconds)
    {
        steps++;
        (Loss, tokens, Seconds) = (Next(Loss, loss), Next(tokens, tokensRead), Next(Seconds, seconds));
    }

    /// <summary>The average of anything else, the last step counted.</summary>
    public double Next(double average, double value) => average + Math.Max(SteadyWeight, 1.0 / steps) * (value - average); // a plain mean at first
}
