using System.Globalization;

namespace AlbertCompiled;

/// <summary>What the operations of a running definition need besides their operands. One per thread; without one they only compute.</summary>
internal sealed class EagerScope(Tape? tape, bool training, ulong seed, long step, IEagerObserver? observer) : IDisposable
{
    [ThreadStatic]
    static EagerScope? current;

    readonly CultureInfo culture = CultureInfo.CurrentCulture;
    int sites;
    int iteration;
    bool inLoop;

    public static EagerScope? Current => current;

    /// <summary>Where to note operations; null if no gradient is asked for.</summary>
    public Tape? Tape { get; } = tape;

    public static EagerScope Open(Tape? tape, bool training, ulong seed, long step, IEagerObserver? observer = null)
    {
        if (current is not null) throw new InvalidOperationException("a run cannot start inside a run");
        current = new(tape, training, seed, step, observer);
        // numbers in strings are written as the compiler writes them
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        return current;
    }

    /// <summary>The key of the next dropout site, or null if nothing is dropped here. Probability 0 takes no site.</summary>
    public static uint? NextSite(double probability)
    {
        if (!(probability >= 0 && probability < 1)) throw new ArgumentException($"a dropout probability lies in [0, 1), not at {probability}");
        return probability > 0 && current is { } scope ? scope.Take() : null;
    }

    /// <summary>Runs a loop whose body counts its dropout sites once.</summary>
    public static Tensor Loop(int count, Tensor x, Func<Tensor, int, Tensor> body)
    {
        if (count <= 0) throw new ArgumentException($"Repeat needs a positive number of iterations, not {count}");
        using var scope = current is null ? Open(null, false, 0, 0) : null;
        return current!.Iterate(count, x, body);
    }

    /// <summary>Shows a head's probabilities to whoever observes the run.</summary>
    public static void Attended(int sequence, int head, AttentionTile tile) => current?.Show(sequence, head, tile);

    public void Dispose()
    {
        current = null;
        CultureInfo.CurrentCulture = culture;
    }

    void Show(int sequence, int head, AttentionTile tile) => observer?.Attended(iteration, sequence, head, tile.Probabilities);

    Tensor Iterate(int count, Tensor x, Func<Tensor, int, Tensor> body)
    {
        if (inLoop) throw new InvalidOperationException("a Repeat cannot stand inside a Repeat");
        inLoop = true;
        int first = sites, last = -1;
        for (iteration = 0; iteration < count; iteration++)
        {
            sites = first;
            var next = body(x, iteration);
            if (next.Rows != x.Rows || next.Columns != x.Columns) throw new ArgumentException($"Repeat carries {x} but its body returns {next}");
            if (last >= 0 && sites != last) throw new InvalidOperationException("the body of a Repeat must have the same dropout sites in each iteration");
            observer?.Iterated(iteration, x, next);
            (x, last) = (next, sites);
        }

        (iteration, inLoop) = (0, false);
        return x;
    }

    uint? Take()
    {
        int site = sites++;
        return training ? CounterRandom.Key(seed, step, site, iteration) : null;
    }
}
