using System.Globalization;
using Xunit.Abstractions;

namespace AlbertCompiled.Tests.Training.Fuzz;

/// <summary>Every parser against damaged inputs. ALBERT_FUZZ sets their number for a long run, ALBERT_FUZZ_SEED another beginning.</summary>
public class FuzzTests(ITestOutputHelper output)
{
    static readonly long LongRun = Number("ALBERT_FUZZ", 0);
    static readonly int Seed = (int)Number("ALBERT_FUZZ_SEED", 1);

    public static TheoryData<string> Names => [.. FuzzedParsers.All.Select(p => p.Name)];

    [Theory, MemberData(nameof(Names))]
    public void A_damaged_input_is_read_or_refused(string name)
    {
        var parser = FuzzedParsers.All.Single(p => p.Name == name);
        long count = LongRun > 0 ? LongRun : parser.ShortRun;
        var report = Fuzzer.Run(parser, count, Seed);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {report.Inputs:#,0} inputs, {report.Accepted:#,0} read, {report.Messages} kinds of refusal, at most {report.LargestAllocation:#,0} bytes allocated, {report.Seconds:0.0} s"));
        Assert.Equal(count, report.Inputs);
        Assert.InRange(report.Accepted, 1, report.Inputs - 1);
    }

    [Fact]
    public void The_fuzzer_finds_what_it_looks_for()
    {
        byte[][] good = [[1, 2, 3, 4, 5, 6, 7, 8]];
        static void Accept(byte[] data)
        {
        }

        Assert.Contains("KeyNotFoundException", Broken(d => { if (d.Length > 9) throw new KeyNotFoundException(); }));
        Assert.Contains("it allocated", Broken(d => { if (d.Length > 9) GC.KeepAlive(new byte[1 << 20]); }));
        Assert.Contains("reads none of its good inputs", Broken(_ => throw new InvalidDataException()));
        Assert.Equal(500, Fuzzer.Run(new("sound", () => good, Accept, typeof(InvalidDataException)), 500, 1).Accepted);

        string Broken(Action<byte[]> parse) => Assert.Throws<FuzzException>(() => Fuzzer.Run(new("broken", () => good, parse, typeof(InvalidDataException)), 500, 1)).Message;
    }

    static long Number(string variable, long otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;
}
