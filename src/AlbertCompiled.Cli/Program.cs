using System.Globalization;
using System.Text;
using AlbertCompiled;
using AlbertCompiled.Cli;

// one language throughout: that of this program's own messages
CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
// a terminal takes the letters of its charset; files and pipes take UTF-8, which loses none
Console.SetOut(new StandardOutput(Console.IsOutputRedirected ? new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true } : Console.Out));
return CommandLine.Run(args, new(
    Console.Out, Console.Error, ModelRegistry.Zoo, Device.Open, () => [.. Device.List().Select(d => d.ToString())],
    Interruption.FromSignals, !Console.IsOutputRedirected));
