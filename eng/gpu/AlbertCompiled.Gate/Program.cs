using System.Globalization;
using System.Reflection;
using AlbertCompiled.Gate;

// One program for a machine without an SDK: the tests, the benchmarks and the command line.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return args switch
{
    ["tests", .. var rest] => TestRun.Run(rest),
    ["curves", .. var rest] => CurveComparison.Run(rest),
    ["trim"] => Trim.Run(),
    ["report", .. var rest] => Report.Run(rest),
    ["bench", .. var rest] => Call("AlbertCompiled.Bench", rest),
    ["albert", .. var rest] => Call("albert", rest),
    _ => Usage(),
};

static int Call(string assembly, string[] arguments) => (int)Assembly.Load(assembly).EntryPoint!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [arguments], null)!;

static int Usage()
{
    Console.Error.WriteLine("""
        gate tests [--class TEXT] [--filter TEXT] [--need KIND] [--json FILE] [--list classes|tests]
                                                                               the tests whose class and name contain the texts
        gate curves EXPECTED ACTUAL [--tolerance 0.1] [--json FILE]            two metrics.jsonl of one recipe on two devices
        gate report FOLDER | results.json [--write docs/benchmarks-gpu.md]       results.json and results.md of what run left; its tables into a page
        gate trim                                                              removes files that a machine with a card does not need
        gate bench NAME [key=value ...]                                        a benchmark
        gate albert COMMAND ...                                                the command line
        """);
    return 2;
}
