using System.Text.RegularExpressions;
using AlbertCompiled.Commands;
using AlbertCompiled.Cpu;

namespace AlbertCompiled.Tests;

/// <summary>The command line run in this process, with the fake model and device.</summary>
internal sealed class CliRun
{
    CliRun(int code, string output, string error) => (Code, Output, Error) = (code, output, error);

    public int Code { get; }

    public string Output { get; }

    public string Error { get; }

    public string LastLine => Output.TrimEnd('\n').Split('\n')[^1];

    static readonly ModelDescription Encoder = FakeModel.Describe("Coder") with { Programs = [new("encode", new(2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0), 10, 20, 0, 1, [new("hidden", Dimension.Tokens, 2)])] };

    public static CliRun Of(params string[] args) => With(FakeModel.Describe(), -1, -1, args);

    /// <summary>A run that is interrupted, as by Ctrl-C, in the step after <paramref name="interruptAt"/> steps.</summary>
    public static CliRun Interrupted(long interruptAt, params string[] args) => With(FakeModel.Describe(), -1, interruptAt, args);

    /// <summary>A run with compiled models, on the processor.</summary>
    public static CliRun Compiled(ModelRegistry models, params string[] args)
    {
        using var interruption = new Interruption();
        return Run(models, (_, _) => new CpuDevice(2), interruption, args);
    }

    /// <summary>A run with the models of the zoo, on the processor.</summary>
    public static CliRun Zoo(params string[] args) => Compiled(ModelRegistry.Zoo, args);

    /// <summary>A run with compiled models, on the processor, that reads <paramref name="input"/>.</summary>
    public static CliRun WithInput(string input, params string[] args) => WithInput(System.Text.Encoding.UTF8.GetBytes(input), args);

    /// <summary>The same with bytes that need not be text.</summary>
    public static CliRun WithInput(byte[] input, params string[] args)
    {
        using var interruption = new Interruption();
        return Run(ModelRegistry.Zoo, (_, _) => new CpuDevice(2), interruption, args, input);
    }

    public static CliRun With(ModelDescription model, long nanAt, long interruptAt, params string[] args)
    {
        using var interruption = new Interruption();
        var registry = new ModelRegistry([
            new RegisteredModel(model, (_, capacity, seed, precision) =>
            {
                var created = FakeModel.Create(model, capacity, seed, nanAt, precision ?? Compute.Float32);
                created.BeforeStep = step =>
                {
                    if (step == interruptAt) interruption.Request();
                };
                return created;
            }),
            new RegisteredModel(FakeModel.Describe("Other", vocabulary: 100), (_, capacity, seed, _) => FakeModel.Create(FakeModel.Describe("Other", vocabulary: 100), capacity, seed)),
            new RegisteredModel(Encoder, (_, capacity, seed, _) => FakeModel.Create(Encoder, capacity, seed)),
            .. ModelRegistry.Zoo.Heads]);
        return Run(registry, (word, _) => word is "auto" or "cpu" or "fake" ? new FakeDevice() : throw new DeviceException($"there is no device called {word}"), interruption, args);
    }

    /// <summary>A run with compiled models that is interrupted, as by Ctrl-C, when it has written a line that begins so.</summary>
    public static CliRun InterruptedAfter(string line, params string[] args)
    {
        using var interruption = new Interruption();
        return Run(ModelRegistry.Zoo, (_, _) => new CpuDevice(2), interruption, args, output: new Watched(line, interruption.Request) { NewLine = "\n" });
    }

    /// <summary>The same, where a line says after every step where the work stands.</summary>
    public static CliRun InterruptedWithin(string line, params string[] args)
    {
        using var interruption = new Interruption();
        return Run(ModelRegistry.Zoo, (_, _) => new CpuDevice(2), interruption, args, output: new Watched(line, interruption.Request) { NewLine = "\n" }, between: TimeSpan.Zero);
    }

    /// <summary>A run with compiled models, and something to do when it has written a line that begins so.</summary>
    public static CliRun Watching(string line, Action then, params string[] args)
    {
        using var interruption = new Interruption();
        return Run(ModelRegistry.Zoo, (_, _) => new CpuDevice(2), interruption, args, output: new Watched(line, then) { NewLine = "\n" });
    }

    /// <summary>A run whose output cannot be written from the line on that begins so, as on a full disk.</summary>
    public static CliRun Broken(string line, params string[] args) =>
        Broken(new(new RegisteredModel(FakeModel.Describe(), (_, capacity, seed, _) => FakeModel.Create(FakeModel.Describe(), capacity, seed))), () => new FakeDevice(), line, args);

    /// <summary>The same with compiled models.</summary>
    public static CliRun BrokenCompiled(string line, params string[] args) => Broken(ModelRegistry.Zoo, () => new CpuDevice(2), line, args);

    static CliRun Broken(ModelRegistry models, Func<Device> device, string line, string[] args)
    {
        using var interruption = new Interruption();
        bool broken = false;
        var output = new Watched(line, () => broken = true) { NewLine = "\n", Fails = () => broken };
        return Run(models, (_, _) => device(), interruption, args, output: output);
    }

    static CliRun Run(ModelRegistry models, Func<string, int, Device> device, Interruption interruption, string[] args, byte[]? input = null, StringWriter? output = null, TimeSpan? between = null)
    {
        output ??= new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        int code = CommandLine.Run(args, new CommandContext(output, error, models, device, () => ["fake  a device of the tests"], () => interruption, false) { In = () => new MemoryStream(input ?? []), BetweenLines = between ?? TimeSpan.FromHours(1) });
        return new(code, output.ToString(), error.ToString());
    }

    sealed class Watched(string line, Action then) : StringWriter
    {
        public Func<bool> Fails { get; init; } = () => false;

        public override void WriteLine(string? value)
        {
            if (Fails()) throw new OutputException(new IOException("it broke"));
            base.WriteLine(value);
            if (value?.StartsWith(line, StringComparison.Ordinal) == true) then();
        }
    }

    /// <summary>The lines of a metrics file, without what the clock says.</summary>
    public static string[] Measured(string metrics) => [.. File.ReadLines(metrics).Select(l => Regex.Replace(l, "\"(tokens_per_s|time|wait)\":[0-9.E+-]+", ""))];

    /// <summary>Asserts a failure told in one line on standard error.</summary>
    public CliRun Fails(params string[] parts)
    {
        Assert.NotEqual(0, Code);
        string line = Assert.Single(Error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("error: ", line);
        foreach (string part in parts) Assert.Contains(part, line);
        return this;
    }

    public CliRun Succeeds()
    {
        Assert.True(Code == 0, $"{Code}: {Error}");
        Assert.Empty(Error);
        return this;
    }
}
