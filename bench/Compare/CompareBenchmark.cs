using System.Globalization;

namespace AlbertCompiled.Bench;

/// <summary>Ours beside libtorch and ONNX Runtime: each in a process of its own, in alternating pairs. Prints tables, and writes them into the documentation.</summary>
internal static class CompareBenchmark
{
    static readonly string Ours = typeof(CompareBenchmark).Assembly.Location;

    /// <summary>How a runtime without packing can be fed.</summary>
    static readonly (string Name, int Size, string Order)[] Batching =
    [
        ("one by one", 1, "given"), ("padded batches of 8", 8, "given"), ("padded batches of 32", 32, "given"),
        ("padded batches of 8, sorted by length", 8, "sorted"), ("padded batches of 32, sorted by length", 32, "sorted"),
    ];

    public static void Run(Options options)
    {
        string document = options.Text("write", "");
        string[] parts = Choice(options, "what", "train", "finetune", "infer", "start");
        if (Machine.Load() > 0.5) Console.Error.WriteLine($"warning: the machine is busy (load {Machine.Load()}); figures will be worse than they need to be");
        string peers = PeerBuild.Assembly();
        foreach (string part in parts)
        {
            string rows = part switch
            {
                "train" => Pairs.Table(Training(options, peers)),
                "finetune" => Pairs.Table(FineTuning(options, peers)),
                "infer" => Pairs.Table(Inference(options, peers)),
                _ => Start(options, peers),
            };
            string table = $"{Machine.Describe()}; {options.Number("threads", 2)} threads; `bench compare what={part}`.\n\n{rows}\n";
            Console.WriteLine(table);
            if (document.Length > 0) File.WriteAllText(document, MarkedText.Replace(File.ReadAllText(document), $"compare:{part}", table));
        }
    }

    static Contestant Best(IReadOnlyList<Contestant> contestants)
    {
        var figures = contestants.Select(c => (Contestant: c, Figure: c.TokensPerSecond())).ToList();
        foreach (var (contestant, figure) in figures) Console.Error.WriteLine($"{contestant.Name}: {figure:F0} tokens/s");
        return figures.MaxBy(f => f.Figure).Contestant;
    }

    static List<Pairs> Training(Options options, string peers)
    {
        var rows = new List<Pairs>();
        string? fast = PeerBuild.FastMkl();
        foreach (string config in Choice(options, "config", "small", "base"))
            foreach (string dtype in Choice(options, "dtype", "fp32", "bf16"))
                foreach (string dropout in Choice(options, "dropout", "0", "0.1"))
                    foreach (string mkl in Choice(options, "mkl", "default", "fast"))
                    {
                        if (mkl == "fast" && fast is null) Console.Error.WriteLine("no row for MKL's fast path: it takes Linux and a C compiler (cc)");
                        if (mkl == "fast" && (fast is null || dropout != "0")) continue;
                        string work = $"config={config} dtype={dtype} dropout={dropout} optimizer={options.Text("optimizer", "adamw")} threads={options.Number("threads", 2)} steps={options.Number("steps", 6)}";
                        rows.Add(Measure(
                            $"{config}, {dtype}, dropout {dropout}",
                            new("ours", Ours, $"train {work}"),
                            new(mkl == "fast" ? "libtorch, MKL's fast path" : "libtorch", peers, $"torch-train {work}", mkl == "fast" ? fast : null),
                            options));
                    }

        return rows;
    }

    /// <summary>Updates of a classifier on the same sentences: ours packs them, libtorch pads each update to its longest sentence.</summary>
    static List<Pairs> FineTuning(Options options, string peers)
    {
        string folder = Directory.CreateTempSubdirectory("albert-compare").FullName, sentences = Path.Combine(folder, "sentences.txt");
        int steps = options.Number("steps", 4), batch = options.Number("batch", 32);
        SentenceFile.Write(sentences, steps * batch);
        var rows = new List<Pairs>();
        string? fast = PeerBuild.FastMkl();
        foreach (string config in Choice(options, "config", "small", "base"))
            foreach (string dtype in Choice(options, "dtype", "fp32", "bf16"))
                foreach (string dropout in Choice(options, "dropout", "0", "0.1"))
                    foreach (string order in Choice(options, "order", "given", "sorted"))
                        foreach (string mkl in Choice(options, "mkl", "default", "fast"))
                        {
                            if (mkl == "fast" && (fast is null || dropout != "0" || order != "given")) continue;
                            string work = $"config={config} dtype={dtype} dropout={dropout} order={order} threads={options.Number("threads", 2)} steps={steps} batch={batch} sentences={sentences}";
                            rows.Add(Measure(
                                $"{config}, {dtype}, dropout {dropout}{(order == "sorted" ? ", sorted by length" : "")}",
                                new("ours", Ours, $"finetune {work}"),
                                new(mkl == "fast" ? "libtorch, padded, MKL's fast path" : "libtorch, padded", peers, $"torch-finetune {work}", mkl == "fast" ? fast : null),
                                options));
                        }

        Directory.Delete(folder, recursive: true);
        return rows;
    }

    static List<Pairs> Inference(Options options, string peers)
    {
        string folder = Directory.CreateTempSubdirectory("albert-compare").FullName, model = Path.Combine(folder, "base.onnx"), sentences = Path.Combine(folder, "sentences.txt");
        int threads = options.Number("threads", 2), runs = options.Number("runs", 20);
        new Contestant("ours", Ours, $"infer runs=1 threads={threads} onnx={model}").TokensPerSecond();
        SentenceFile.Write(sentences, options.Number("count", 256));
        var rows = new List<Pairs>();
        foreach (string dtype in Choice(options, "dtype", "fp32", "bf16"))
        {
            var ours = new Contestant("ours", Ours, $"infer dtype={dtype} threads={threads} runs={runs}");
            rows.Add(Measure($"one sequence of 128, {dtype}", ours, new("ONNX Runtime, fp32", peers, $"onnx-infer model={model} threads={threads} runs={runs}"), options));
            rows.Add(Measure($"one sequence of 128, {dtype}", ours, new($"libtorch, {dtype}", peers, $"torch-infer dtype={dtype} threads={threads} runs={runs}"), options));
        }

        // sorting takes a file that is there as a whole; requests come in an order of their own
        foreach (string order in (string[])["given", "sorted"])
        {
            var best = Best([.. Batching.Where(b => b.Order == order).Select(b => new Contestant(
                $"ONNX Runtime, fp32, {b.Name}", peers, $"onnx-infer model={model} threads={threads} runs=1 sentences={sentences} batch={b.Size} order={b.Order}"))]);
            foreach (string dtype in Choice(options, "dtype", "fp32", "bf16"))
                rows.Add(Measure($"paragraphs of 8 to 256, {dtype}", new("ours", Ours, $"infer dtype={dtype} threads={threads} runs=1 sentences={sentences}"), best, options));
        }

        Directory.Delete(folder, recursive: true);
        return rows;
    }

    /// <summary>From the start of a process to the end of its first training step of ALBERT base.</summary>
    static string Start(Options options, string peers)
    {
        var lines = new List<string> { "| work | ours, ms | libtorch, ms | medians |", "|---|---|---|---|" };
        foreach (string dtype in Choice(options, "dtype", "fp32", "bf16"))
        {
            string work = $"config=base dtype={dtype} threads={options.Number("threads", 2)}";
            Contestant ours = new("ours", Ours, $"start {work}"), peer = new("libtorch", peers, $"torch-train {work} steps=1");
            var figures = Enumerable.Range(0, options.Number("pairs", 5)).Select(_ => (Ours: ours.Run()("first_step_ms"), Peer: peer.Run()("first_step_ms"))).ToList();
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"| first step of base, {dtype} | {string.Join(", ", figures.Select(f => f.Ours))} | {string.Join(", ", figures.Select(f => f.Peer))} "
                + $"| {Median.Of(figures.Select(f => f.Ours))}, {Median.Of(figures.Select(f => f.Peer))} |"));
            Console.Error.WriteLine(lines[^1]);
        }

        return string.Join('\n', lines);
    }

    static Pairs Measure(string work, Contestant ours, Contestant peer, Options options)
    {
        int pairs = options.Number("pairs", 5);
        if (pairs < 1) throw new ArgumentException($"pairs={pairs} must be 1 or more");
        var result = Pairs.Measure(work, ours, peer, pairs);
        Console.Error.WriteLine($"{work}, beside {peer.Name}: {result.Ratio:F2}");
        return result;
    }

    /// <summary>The value of an option, or all there are.</summary>
    static string[] Choice(Options options, string key, params string[] values) => options.Text(key, "all") switch
    {
        "all" => values,
        var one when values.Contains(one) => [one],
        var other => throw new ArgumentException($"{key}={other} is none of {string.Join(", ", values)}, all"),
    };
}
