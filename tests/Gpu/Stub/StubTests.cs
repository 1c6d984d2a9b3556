namespace AlbertCompiled.Tests.Gpu.Stub;

/// <summary>What a model asks of the CUDA driver, call by call.</summary>
public sealed class StubTests
{
    /// <summary>What fills a buffer that the device reads at a fixed place.</summary>
    static readonly string[] Staged =
    [
        "cuEventSynchronize",   // the slot is free
        "cuStreamWaitEvent",    // what was sent before has left the landing place
        "cuMemcpyHtoDAsync",    // on the stream of uploads
        "cuEventRecord",
        "cuStreamWaitEvent",    // it has arrived
        "cuMemcpyAsync",        // to its place
        "cuEventRecord",
    ];

    /// <summary>Nothing but this happens in a step once it is recorded.</summary>
    static readonly string[] Replayed =
    [
        .. Staged,              // the batch
        .. Staged,              // its rows by what they name, for the gradients of three tables
        .. Staged,
        .. Staged,
        "cuEventSynchronize",   // the slot of the state is free
        "cuMemcpyHtoDAsync",    // the state
        "cuEventRecord",
        "cuGraphLaunch",
        "cuEventRecord",
        "cuEventSynchronize",   // the results are there
    ];

    [StubTheory]
    [InlineData("float32")]
    [InlineData("bfloat16")]
    public void A_step_is_queued_then_recorded_then_one_launch(string precision)
    {
        var log = StubDriver.Run(precision);
        Assert.DoesNotContain(log.Lines, l => l.StartsWith("violation", StringComparison.Ordinal));
        foreach (string run in (string[])["adamw", "lamb", "evaluate"])
        {
            // the first: every launch by itself
            string[] planned = Launches(log.Part($"{run} 0"), "launch");
            Assert.NotEmpty(planned);

            // the second, on a batch of other sizes: the same launches with the same arguments, recorded
            string[] recorded = log.Part($"{run} 1");
            Assert.Equal(planned, Launches(recorded, "captured"));
            Assert.Empty(Launches(recorded, "launch"));
            Assert.Contains($"cuGraphInstantiate {planned.Length}", recorded);
            Assert.Contains($"cuGraphLaunch {planned.Length} 1", recorded);

            // the third and all others: one launch, and the few calls around it
            string[] replayed = log.Part($"{run} 4");
            Assert.Equal(Replayed, replayed.Select(l => l.Split(' ')[0]));
            Assert.Contains($"cuGraphLaunch {planned.Length} 1", replayed);
            Assert.Equal(replayed, log.Part($"{run} 5"));
        }

        // an update from three parts: the gradients alone, once more behind those that are there, and with the update
        string[] gradients = Launches(log.Part("gradients"), "captured"), lamb = Launches(log.Part("lamb 0"), "launch"), parts = Launches(log.Part("parts 1"), "captured");
        Assert.Equal(gradients.Length + lamb.Length, parts.Length);
        Assert.Equal(gradients[1..].Select(Kernel), parts[..(gradients.Length - 1)].Select(Kernel));                // nothing is zeroed
        Assert.DoesNotContain(Kernel(parts[gradients.Length - 1]), gradients.Concat(lamb).Select(Kernel));           // losses are added to those before
        foreach (string step in (string[])["parts 2", "parts 3"])
        {
            Assert.Equal([gradients.Length, gradients.Length, lamb.Length], log.Part(step).Where(l => l.StartsWith("cuGraphLaunch ", StringComparison.Ordinal)).Select(l => int.Parse(l.Split(' ')[1])));
            Assert.Empty(Launches(log.Part(step), "launch"));
        }

        Assert.Contains("# managed bytes 0", log.Lines);
        Assert.Equal(Launches(log.Part("adamw 0"), "launch").Length + 2, Launches(log.Part("lamb 0"), "launch").Length);     // ratios, last pass
    }

    [StubTheory]
    [InlineData(0)]     // every stream as late as it may
    [InlineData(1)]     // computation at once, uploads as late as they may
    [InlineData(2)]     // uploads at once, computation as late as it may
    public void Every_step_runs_on_its_own_batch_however_the_streams_run(int eager)
    {
        var log = StubDriver.Run("ahead", ("STUB_CUDA_EAGER", $"{eager}"));
        string[] expected = [.. log.All("#").Select(l => l["expected ".Length..])];
        Assert.Equal(10, expected.Distinct().Count());
        Assert.Equal(expected, log.All("seen"));
    }

    [StubFact]
    public void Growing_memory_makes_a_step_be_recorded_anew()
    {
        var log = StubDriver.Run("growth");
        Assert.Contains("cuGraphExecDestroy", log.Part("grown"));
        Assert.Contains(log.Part("grown"), l => l.StartsWith("cuGraphInstantiate", StringComparison.Ordinal));
        Assert.Equal(Replayed, log.Part("replayed").Select(l => l.Split(' ')[0]));
    }

    [StubFact]
    public void Memory_that_could_not_grow_makes_a_step_be_recorded_anew() => Assert.All((string[])["unable", "unable-once"], scenario =>
    {
        var log = StubDriver.Run(scenario);
        Assert.Contains(log.All("#"), t => t.StartsWith("DeviceException ", StringComparison.Ordinal));
        Assert.Contains(log.Part("after"), l => l.StartsWith("cuGraphInstantiate", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, l => l.StartsWith("violation", StringComparison.Ordinal));
    });

    [StubFact]
    public void Reading_rows_allocates_nothing() => Assert.Equal(["managed bytes 0"], StubDriver.Run("encoding").All("#"));

    [StubFact]
    public void A_lost_device_is_told_by_the_name_of_the_error() =>
        Assert.All(((string, string)[])[("lost", "ILLEGAL_ADDRESS"), ("not-ready", "SYSTEM_NOT_READY")], scenario =>   // ILGPU knows but one of them
        {
            string[] told = StubDriver.Run(scenario.Item1).All("#");
            Assert.Equal(3, told.Length);
            Assert.All(told, t => Assert.Matches($"^DeviceException .*CUDA_ERROR_{scenario.Item2}", t));
        });

    [StubFact]
    public void A_run_that_fails_leaves_no_outputs()
    {
        string[] told = StubDriver.Run("failed").All("#");
        Assert.Equal(2, told.Length);
        Assert.Matches("^InvalidOperationException .* has no outputs of predict", told[1]);
    }

    [StubFact]
    public void Disposing_twice_frees_once() => Assert.DoesNotContain(StubDriver.Run("twice").Lines, l => l.StartsWith("violation", StringComparison.Ordinal));

    [StubFact]
    public void What_outlives_its_device_is_refused()
    {
        string[] told = StubDriver.Run("closed").All("#");
        Assert.Equal(7, told.Length);
        Assert.All(told[..2], t => Assert.StartsWith("ArgumentOutOfRangeException ", t));
        Assert.All(told[2..], t => Assert.StartsWith("ObjectDisposedException ", t));
    }

    [StubFact]
    public void A_long_product_stays_within_the_grid() => Assert.Equal(["queued"], StubDriver.Run("long").All("#"));

    [StubFact]
    public void Too_little_memory_is_told_with_what_would_fit_before_anything_is_allocated()
    {
        var log = StubDriver.Run("memory", ("STUB_CUDA_MEMORY", "1000000000"));
        string told = log.All("#")[^1];
        Assert.Matches(@"^DeviceException AlbertTiny needs .* GB for batches of 1,048,576 tokens, .* of it for parameters; Stand-in card, 1.0 GB has .* free: batches of up to [\d,]+ tokens fit$", told);
        Assert.DoesNotContain(log.Part("before"), l => l.StartsWith("cuMemAlloc ", StringComparison.Ordinal));
    }

    [StubFact]
    public void An_allocation_that_fails_leaves_nothing_behind()
    {
        string told = Assert.Single(StubDriver.Run("refused").All("#"));
        Assert.InRange(int.Parse(told["after ".Length..]), 20, 1000);
    }

    [StubFact]
    public void What_is_freed_is_freed_in_the_device_s_context() =>
        Assert.DoesNotContain(StubDriver.Run("elsewhere").Lines, l => l.StartsWith("violation", StringComparison.Ordinal));

    [StubFact]
    public void Of_several_cards_bfloat16_comes_first_and_each_has_a_word() =>
        Assert.Equal(
        [
            "cuda is cuda, Stand-in card 1, 40.0 GB", "nothing",
            "cuda:0 is cuda, Stand-in card, 80.0 GB", "nothing",
            "cuda:1 is cuda, Stand-in card 1, 40.0 GB", "nothing",
            "DeviceException no cuda:2 device: the driver reports 2 cards, numbered from 0",
            "cuda Stand-in card 1, 40.0 GB", "cuda:0 Stand-in card, 80.0 GB", "cuda:1 Stand-in card 1, 40.0 GB",
        ], StubDriver.Run("cards", ("STUB_CUDA_ARCH", "75,90")).All("#"));

    [StubTheory]
    [InlineData(0, "cuda: nothing")]
    [InlineData(100, "cpu: nothing")]       // no card
    [InlineData(999, "cpu: the CUDA driver failed in cuInit: CUDA_ERROR_UNKNOWN")]
    public void Auto_tells_of_a_card_that_fails(int init, string told) => Assert.Equal([told], StubDriver.Run("auto", ("STUB_CUDA_INIT", $"{init}")).All("#"));

    [StubFact]
    public void What_is_planned_is_what_is_allocated()
    {
        string[] told = StubDriver.Run("need").All("#");
        Assert.Equal(6, told.Length);
        Assert.All(told, t =>
        {
            string[] words = t.Split(' ');
            Assert.Equal(words[4], words[6]);
        });
    }

    [StubFact]
    public void A_card_without_bfloat16_says_so_and_computes_in_float32()
    {
        string[] told = StubDriver.Run("old", ("STUB_CUDA_ARCH", "75")).All("#");
        Assert.Matches("^DeviceException .*BFloat16.*Float32", told[0]);
        Assert.Equal(["nothing", "nothing", "nothing"], told[1..]);
    }

    static string Kernel(string launch) => launch.Split(' ')[0];

    /// <summary>Kernel, grid, group, shared memory, stream and arguments of each launch.</summary>
    static string[] Launches(string[] lines, string word) =>
        [.. lines.Where(l => l.StartsWith(word + " ", StringComparison.Ordinal)).Select(l => l[(word.Length + 1)..])];
}
