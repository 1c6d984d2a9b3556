using System.Globalization;
using AlbertCompiled;
using AlbertCompiled.Cli;

// one language throughout: that of this program's own messages
CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
Console.SetOut(new StandardOutput(Console.Out));
return CommandLine.Run(args, new(
    Console.Out, Console.Error, ModelRegistry.Zoo, Device.Open, () => [.. Device.List().Select(d => d.ToString())],
    Interruption.FromSignals, !Console.IsOutputRedirected));
