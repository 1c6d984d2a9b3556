using System.Globalization;
using AlbertCompiled.Bench;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length == 0 || args[0] is "--help" or "-h" || !Benchmarks.Table.TryGetValue(args[0], out var benchmark))
{
    Console.WriteLine("bench <name> [key=value ...]");
    foreach (var (name, b) in Benchmarks.Table) Console.WriteLine($"  {name,-8} {b.Help}");
    return args.Length == 0 || args[0] is "--help" or "-h" ? 0 : 1;
}

try
{
    benchmark.Run(Options.Parse(args[1..]));
    return 0;
}
catch (CheckException e)
{
    Console.Error.WriteLine($"bench {args[0]}: {e.Message}");
    return 1;
}
catch (Exception e) when (e is ArgumentException or FormatException or IOException or UnauthorizedAccessException or AlbertCompiled.DeviceException)
{
    Console.Error.WriteLine($"bench {args[0]}: {e.Message}");
    return 2;
}
