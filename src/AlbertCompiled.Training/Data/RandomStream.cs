namespace AlbertCompiled.Training;

/// <summary>What a stream of random numbers is for; each purpose has its own.</summary>
public enum RandomPurpose : ulong
{
    /// <summary>Order of documents, target lengths, cuts and swaps of an epoch.</summary>
    Packing = 1,

    /// <summary>Order of an epoch's sequences.</summary>
    Order = 2,

    /// <summary>Which end of a segment truncation takes from.</summary>
    Truncation = 3,

    /// <summary>Masked positions and what stands there instead.</summary>
    Masking = 4,

    /// <summary>Which documents the windows of an epoch hold.</summary>
    Blocks = 5,
}

/// <summary>
/// A small random generator (SplitMix64, Steele et al. 2014) keyed by what it is for, so that any draw of a run can be repeated
/// without the draws before it. The sequence is part of what a resumed run relies on: it never changes.
/// </summary>
public struct RandomStream
{
    const ulong Increment = 0x9E3779B97F4A7C15;

    ulong state;

    /// <summary>The stream of one purpose at one place, such as an epoch or a step and a sequence in it.</summary>
    public RandomStream(ulong seed, RandomPurpose purpose, long place, long inner = 0) =>
        state = Mix(Mix(Mix(Mix(seed) + (ulong)purpose) + (ulong)place) + (ulong)inner);

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(state += Increment);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1L << 53));

    /// <summary>Uniform in [0, <paramref name="bound"/>).</summary>
    public int Next(int bound) => (int)(((NextBits() >> 32) * (ulong)bound) >> 32); // off uniform by at most bound / 2³²

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>].</summary>
    public int Next(int low, int high) => low + Next(high - low + 1);

    /// <summary>Brings <paramref name="items"/> into random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
