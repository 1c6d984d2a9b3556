namespace AlbertCompiled.Tests.Training.Fuzz;

/// <summary>What a run of the fuzzer saw.</summary>
/// <param name="Inputs">Inputs tried.</param>
/// <param name="Accepted">Inputs that were read.</param>
/// <param name="LargestAllocation">The most bytes that an input made the parser allocate.</param>
/// <param name="Messages">Different refusals, numbers and names left out: how many places of the parser were reached.</param>
/// <param name="Seconds">Time taken.</param>
internal sealed record FuzzReport(long Inputs, long Accepted, long LargestAllocation, int Messages, double Seconds);

/// <summary>Feeds a parser with damaged inputs. It may read or refuse them: no other exception, no hang, no memory that the input does not justify.</summary>
internal static class Fuzzer
{
    static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    /// <summary>Runs a parser on inputs that follow from the seed.</summary>
    /// <exception cref="FuzzException">An input broke it; the message has the input.</exception>
    public static FuzzReport Run(FuzzedParser parser, long count, int seed)
    {
        var run = new Progress();
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Feed(parser, count, seed, run);
            }
            catch (Exception e)
            {
                failure = e;
            }
        })
        { IsBackground = true, Name = "fuzzed parser" };
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        thread.Start();
        for (long seen = -1; !thread.Join(Hang); seen = Volatile.Read(ref run.Inputs))
            if (seen == Volatile.Read(ref run.Inputs)) throw new FuzzException(parser, seed, run.Current, $"it did not return within {Hang.TotalSeconds} s");
        if (failure is not null) throw failure as FuzzException ?? new FuzzException(parser, seed, run.Current, $"{failure}");
        return new(run.Inputs, run.Accepted, run.LargestAllocation, run.Messages.Count, System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    static void Feed(FuzzedParser parser, long count, int seed, Progress run)
    {
        var random = new Random(seed);
        var seeds = parser.Seeds();
        foreach (byte[] good in seeds) Try(parser, run, good);
        long sound = run.Accepted;
        if (sound == 0) throw new FuzzException(parser, seed, seeds[0], "it reads none of its good inputs");
        var mutator = new Mutator(seeds, random);
        for (long i = seeds.Count; i < count; i++)
        {
            byte[] data = mutator.Next();
            if (parser.Repair is { } repair && data.Length >= 8 && random.Next(2) == 0) data = repair(data);
            run.Current = data;
            Try(parser, run, data);
            long limit = (long)parser.Allocation.PerByte * data.Length + parser.Allocation.Fixed;
            if (run.LastAllocation > limit) throw new FuzzException(parser, seed, data, $"it allocated {run.LastAllocation} bytes for {data.Length}");
        }
    }

    static void Try(FuzzedParser parser, Progress run, byte[] data)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            parser.Parse(data);
            run.Accepted++;
        }
        catch (Exception e) when (parser.Refusal.IsInstanceOfType(e))
        {
            run.Messages.Add(Form(e.Message));
        }

        run.LastAllocation = GC.GetAllocatedBytesForCurrentThread() - before;
        run.LargestAllocation = Math.Max(run.LargestAllocation, run.LastAllocation);
        Volatile.Write(ref run.Inputs, run.Inputs + 1);
    }

    // the words before the first name or number
    static string Form(string message) => string.Join(' ', message.Split(' ').Where(w => w.All(c => c is >= 'a' and <= 'z' or '.')).Take(8));

    sealed class Progress
    {
        public long Inputs, Accepted, LargestAllocation, LastAllocation;
        public byte[] Current = [];
        public readonly HashSet<string> Messages = [];
    }
}

/// <summary>An input that broke a parser.</summary>
internal sealed class FuzzException(FuzzedParser parser, int seed, byte[] input, string what)
    : Exception($"{parser.Name}, seed {seed}: {what}\ninput (base64): {Convert.ToBase64String(input)}");
